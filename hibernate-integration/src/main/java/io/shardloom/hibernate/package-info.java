/**
 * Sharded entities for Hibernate ORM and Jakarta Persistence: the annotations that say where a row lives, and
 * {@link io.shardloom.hibernate.Shardloom}, the door to sessions bound to one shard key.
 *
 * <p>Nothing needs wiring: a persistence unit that names {@code shardloom.node.*} properties is sharded.
 */
@org.jspecify.annotations.NullMarked
package io.shardloom.hibernate;
