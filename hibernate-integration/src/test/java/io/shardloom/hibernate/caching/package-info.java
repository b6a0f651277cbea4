/** The second-level cache in a sharded unit. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.caching;
