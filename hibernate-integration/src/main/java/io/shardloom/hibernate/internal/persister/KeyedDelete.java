package io.shardloom.hibernate.internal.persister;

import org.hibernate.engine.jdbc.mutation.MutationExecutor;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.DeleteCoordinatorStandard;
import org.hibernate.sql.model.MutationOperationGroup;
import org.jspecify.annotations.Nullable;

/**
 * Deletes rows whose key is beside the id. Hibernate takes the key from the state it loaded, and a stateless session has
 * loaded none; the entity's own is then the same, because the write guard has compared it with the session's.
 */
final class KeyedDelete extends DeleteCoordinatorStandard {
    KeyedDelete(EntityPersister persister, SessionFactoryImplementor factory) {
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

    /** As Hibernate's own, which compares the loaded values, and leaves the key's place in the statement open. */
    @Override
    protected void applyDynamicDeleteTableDetails(
            Object id,
            @Nullable Object rowId,
            Object[] loadedState,
            MutationExecutor executor,
            MutationOperationGroup operations,
            SharedSessionContractImplementor session) {
        super.applyDynamicDeleteTableDetails(id, rowId, loadedState, executor, operations, session);
        bindPartitionColumnValueBindings(loadedState, session, executor.getJdbcValueBindings());
    }
}
