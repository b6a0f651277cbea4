package io.shardloom.hibernate.internal.persister;

import io.shardloom.hibernate.internal.find.KeyedEntity;
import io.shardloom.hibernate.internal.find.KeyedId;

/** An entity persister that restricts its rows to the session's key. */
interface KeyedPersister extends KeyedEntity {
    /** Returns the restriction; for an entity that is not sharded, one that restricts nothing. */
    KeyPredicate key();

    @Override
    default KeyedId keyedId() {
        return key().id();
    }
}
