/** Which statements of a key session carry the key, by mapping. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.coverage;
