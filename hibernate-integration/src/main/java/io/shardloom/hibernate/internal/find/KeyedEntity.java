package io.shardloom.hibernate.internal.find;

/** An entity whose id may hold the shard key. */
public interface KeyedEntity {
    /** Returns its id; of an entity that is not sharded, one that is always whole. */
    KeyedId keyedId();
}
