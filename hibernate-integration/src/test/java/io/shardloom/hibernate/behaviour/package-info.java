/** What Hibernate does in a plain unit, it does in a sharded one. */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.hibernate.behaviour;
