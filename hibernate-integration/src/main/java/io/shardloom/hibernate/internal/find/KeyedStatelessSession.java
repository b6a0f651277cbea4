package io.shardloom.hibernate.internal.find;

import org.hibernate.LockMode;
import org.hibernate.engine.creation.internal.SessionCreationOptions;
import org.hibernate.internal.SessionFactoryImpl;
import org.hibernate.internal.StatelessSessionImpl;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's stateless session, which gets rows by the rest of their ids also where they are cached: it looks into the
 * second-level cache before it asks a persister, and tells no listener. One thread at a time.
 */
@SuppressWarnings("unchecked") // what Hibernate's class inherits
public class KeyedStatelessSession extends StatelessSessionImpl {
    private static final long serialVersionUID = 1L;

    /**
     * Opens a session.
     *
     * @param factory Hibernate's own
     * @param options what its builder was told
     */
    public KeyedStatelessSession(SessionFactoryImpl factory, SessionCreationOptions options) {
        super(factory, options);
    }

    /** All other ways to get one row end here. */
    @Override
    public @Nullable Object get(String entityName, Object id, LockMode lockMode) {
        checkOpen();
        var entity = getFactory().getMappingMetamodel().findEntityDescriptor(entityName);
        return super.get(
                entityName,
                entity instanceof KeyedEntity keyed ? keyed.keyedId().whole(id, this) : id,
                lockMode);
    }
}
