/** What really goes over the wire. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.wire;
