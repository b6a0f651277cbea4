package io.shardloom.hibernate.internal.persister;

import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.find.KeyedEntity;
import io.shardloom.hibernate.internal.find.KeyedId;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/** An entity persister that restricts its rows to the session's key. */
interface KeyedPersister extends KeyedEntity {
    /** Returns the restriction; for an entity that is not sharded, one that restricts nothing. */
    KeyPredicate key();

    @Override
    default KeyedId keyedId() {
        return key().id();
    }

    /** Tells whether an object is a row of a reference table that another part of the same cluster session has. */
    default boolean isKnownReference(Object entity, SharedSessionContractImplementor session) {
        return session.getTenantIdentifierValue() instanceof ClusterScope scope
                && scope.writes().isReference(entity);
    }
}
