package io.shardloom.hibernate.internal.persister;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.DeleteCoordinatorSoft;
import org.jspecify.annotations.Nullable;

/** As {@link KeyedDelete}, where deleting a row marks it as deleted. */
final class KeyedSoftDelete extends DeleteCoordinatorSoft {
    KeyedSoftDelete(EntityPersister persister, SessionFactoryImplementor factory) {
        super(persister, factory);
    }

    @Override
    protected void doStaticDelete(
            @Nullable Object entity,
            Object id,
            @Nullable Object rowId,
            Object @Nullable [] loadedState,
            @Nullable Object version,
            SharedSessionContractImplementor session) {
        var state = loadedState == null && entity != null ? entityPersister().getValues(entity) : loadedState;
        super.doStaticDelete(entity, id, rowId, state, version, session);
    }
}
