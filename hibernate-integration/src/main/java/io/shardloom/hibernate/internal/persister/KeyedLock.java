package io.shardloom.hibernate.internal.persister;

import org.hibernate.LockMode;
import org.hibernate.LockOptions;
import org.hibernate.Locking;
import org.hibernate.StaleObjectStateException;
import org.hibernate.dialect.lock.LockingStrategy;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Locks a row whose key is beside the id. Hibernate's own lock statement names the row by its id alone; loading it
 * again with the lock carries the key; its version is compared once nobody else can change it.
 *
 * @param persister of the entity
 */
@SuppressWarnings("removal") // Locking.Scope and LockOptions are what Hibernate hands over and takes
record KeyedLock(EntityPersister persister, LockMode mode, Locking.Scope scope) implements LockingStrategy {
    @Override
    @SuppressWarnings("deprecation") // the form that Hibernate calls
    public void lock(
            Object id, @Nullable Object version, Object entity, int timeout, SharedSessionContractImplementor session) {
        var options = new LockOptions(mode).setScope(scope);
        options.setTimeOut(timeout);
        boolean found = persister.load(id, null, options, session) != null;
        if (!found
                || (persister.isVersioned()
                        && !persister.getVersionType().isEqual(version, persister.getCurrentVersion(id, session)))) {
            throw new StaleObjectStateException(persister.getEntityName(), id);
        }
    }
}
