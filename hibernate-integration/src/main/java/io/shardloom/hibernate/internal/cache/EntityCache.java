package io.shardloom.hibernate.internal.cache;

import org.hibernate.cache.internal.DefaultCacheKeysFactory;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.SoftLock;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The cached rows of one entity and its subclasses. */
final class EntityCache extends ScopedAccess<EntityDataAccess> implements EntityDataAccess {
    EntityCache(EntityDataAccess cache, CacheScope scope) {
        super(cache, scope);
    }

    @Override
    public Object generateCacheKey(
            Object id, EntityPersister persister, SessionFactoryImplementor factory, @Nullable String tenant) {
        return DefaultCacheKeysFactory.staticCreateEntityKey(
                id, persister, factory, scope.tenant(tenant, persister, id, factory));
    }

    @Override
    public Object getCacheKeyId(Object key) {
        return DefaultCacheKeysFactory.staticGetEntityId(key);
    }

    @Override
    public boolean insert(
            SharedSessionContractImplementor session, Object key, Object value, @Nullable Object version) {
        return knowsEntries(session) && cache.insert(session, key, value, version);
    }

    @Override
    public boolean afterInsert(
            SharedSessionContractImplementor session, Object key, Object value, @Nullable Object version) {
        return knowsEntries(session) && cache.afterInsert(session, key, value, version);
    }

    @Override
    public boolean update(
            SharedSessionContractImplementor session,
            Object key,
            Object value,
            @Nullable Object version,
            @Nullable Object previousVersion) {
        return knowsEntries(session) && cache.update(session, key, value, version, previousVersion);
    }

    @Override
    public boolean afterUpdate(
            SharedSessionContractImplementor session,
            Object key,
            Object value,
            @Nullable Object version,
            @Nullable Object previousVersion,
            @Nullable SoftLock lock) {
        if (!knowsEntries(session)) {
            cache.evictAll();
            return false;
        }
        return cache.afterUpdate(session, key, value, version, previousVersion, lock);
    }
}
