package io.shardloom.hibernate.internal.persister;

/** An entity persister that restricts its rows to the session's key. */
interface KeyedPersister {
    /** Returns the restriction; for an entity that is not sharded, one that restricts nothing. */
    KeyPredicate key();
}
