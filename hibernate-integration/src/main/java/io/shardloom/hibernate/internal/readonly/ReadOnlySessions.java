package io.shardloom.hibernate.internal.readonly;

import io.shardloom.failure.ReadOnlyException;
import io.shardloom.hibernate.internal.find.KeyedStatelessSession;
import jakarta.persistence.EntityGraph;
import org.hibernate.ReplicationMode;
import org.hibernate.StatelessSessionBuilder;
import org.hibernate.engine.creation.internal.SessionBuilderImpl;
import org.hibernate.engine.creation.internal.SessionCreationOptions;
import org.hibernate.engine.creation.internal.StatelessSessionBuilderImpl;
import org.hibernate.engine.creation.spi.SessionBuilderImplementor;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.engine.spi.StatelessSessionImplementor;
import org.hibernate.internal.SessionFactoryImpl;
import org.hibernate.internal.SessionImpl;
import org.jspecify.annotations.Nullable;

/**
 * Builds Hibernate's own sessions; those that are read-only say for themselves what they refuse, as Hibernate would say
 * it in its own words, or be silent, before any listener is asked.
 */
public final class ReadOnlySessions {
    private ReadOnlySessions() {}

    /**
     * Returns what Hibernate's factory returns, with read-only sessions of our own.
     *
     * @param factory Hibernate's own
     */
    public static SessionBuilderImplementor builder(SessionFactoryImpl factory) {
        return new SessionBuilderImpl(factory) {
            @Override
            protected SessionImplementor createSession() {
                return isReadOnly() ? new Reader(factory, this) : new SessionImpl(factory, this);
            }
        };
    }

    /**
     * Returns what Hibernate's factory returns, with stateless read-only sessions of our own.
     *
     * @param factory Hibernate's own
     */
    public static StatelessSessionBuilder statelessBuilder(SessionFactoryImpl factory) {
        return new StatelessSessionBuilderImpl(factory) {
            @Override
            protected StatelessSessionImplementor createStatelessSession() {
                return isReadOnly() ? new StatelessReader(factory, this) : new KeyedStatelessSession(factory, this);
            }
        };
    }

    private static ReadOnlyException refusal(
            SharedSessionContractImplementor session, String verb, @Nullable String entity, Object object) {
        session.checkOpen();
        return ReadOnlyWork.refusal(
                verb + " " + ReadOnlyWork.simple(entity != null ? entity : session.bestGuessEntityName(object)));
    }

    @SuppressWarnings("unchecked") // what Hibernate's class inherits
    private static final class Reader extends SessionImpl {
        private static final long serialVersionUID = 1L;

        Reader(SessionFactoryImpl factory, SessionCreationOptions options) {
            super(factory, options);
        }

        @Override
        public void persist(Object object) {
            throw refusal(this, "persist", null, object);
        }

        @Override
        public void persist(@Nullable String entityName, Object object) {
            throw refusal(this, "persist", entityName, object);
        }

        @Override
        public <T> T merge(T object) {
            throw refusal(this, "merge", null, object);
        }

        @Override
        public <T> T merge(@Nullable String entityName, T object) {
            throw refusal(this, "merge", entityName, object);
        }

        @Override
        public <T> T merge(T object, EntityGraph<? super T> loadGraph) {
            throw refusal(this, "merge", null, object);
        }

        @Override
        public void remove(Object entity) {
            throw refusal(this, "remove", null, entity);
        }

        @Override
        @SuppressWarnings("deprecation") // Hibernate still offers it
        public void replicate(Object obj, ReplicationMode replicationMode) {
            throw refusal(this, "replicate", null, obj);
        }

        @Override
        @SuppressWarnings("deprecation")
        public void replicate(@Nullable String entityName, Object obj, ReplicationMode replicationMode) {
            throw refusal(this, "replicate", entityName, obj);
        }

        /** Writes nothing, and so says what it does not write. */
        @Override
        public void flush() {
            checkOpen();
            ChangeCheck.check(this, "flush");
        }
    }

    /** Its other calls, for many objects or without the entity's name, end in these. */
    @SuppressWarnings("unchecked") // what Hibernate's class inherits
    private static final class StatelessReader extends KeyedStatelessSession {
        private static final long serialVersionUID = 1L;

        StatelessReader(SessionFactoryImpl factory, SessionCreationOptions options) {
            super(factory, options);
        }

        @Override
        public Object insert(@Nullable String entityName, Object entity) {
            throw refusal(this, "insert", entityName, entity);
        }

        @Override
        public void update(@Nullable String entityName, Object entity) {
            throw refusal(this, "update", entityName, entity);
        }

        @Override
        public void delete(@Nullable String entityName, Object entity) {
            throw refusal(this, "delete", entityName, entity);
        }

        @Override
        public void upsert(@Nullable String entityName, Object entity) {
            throw refusal(this, "upsert", entityName, entity);
        }
    }
}
