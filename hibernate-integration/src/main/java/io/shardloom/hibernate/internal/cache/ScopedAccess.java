package io.shardloom.hibernate.internal.cache;

import org.hibernate.cache.spi.DomainDataRegion;
import org.hibernate.cache.spi.access.AccessType;
import org.hibernate.cache.spi.access.CachedDomainDataAccess;
import org.hibernate.cache.spi.access.SoftLock;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/** The cache of a provider, which reads and fills only what the session may. */
abstract class ScopedAccess<C extends CachedDomainDataAccess> implements CachedDomainDataAccess {
    final C cache;
    final CacheScope scope;

    ScopedAccess(C cache, CacheScope scope) {
        this.cache = cache;
        this.scope = scope;
    }

    @Override
    public final @Nullable Object get(SharedSessionContractImplementor session, Object key) {
        return scope.mayRead(session) ? cache.get(session, key) : null;
    }

    @Override
    public final boolean putFromLoad(
            SharedSessionContractImplementor session, Object key, Object value, @Nullable Object version) {
        return mayFill(session) && cache.putFromLoad(session, key, value, version);
    }

    @Override
    public final boolean putFromLoad(
            SharedSessionContractImplementor session,
            Object key,
            Object value,
            @Nullable Object version,
            boolean minimalPut) {
        return mayFill(session) && cache.putFromLoad(session, key, value, version, minimalPut);
    }

    private boolean mayFill(SharedSessionContractImplementor session) {
        return scope.mayFill(session, cache.getAccessType() == AccessType.READ_ONLY);
    }

    /** Tells whether the keys the session makes are those of the entries that its writes make wrong. */
    boolean knowsEntries(SharedSessionContractImplementor session) {
        return scope.knowsEntries(session);
    }

    @Override
    public final DomainDataRegion getRegion() {
        return cache.getRegion();
    }

    @Override
    public final AccessType getAccessType() {
        return cache.getAccessType();
    }

    @Override
    public final @Nullable SoftLock lockItem(
            SharedSessionContractImplementor session, Object key, @Nullable Object version) {
        if (!knowsEntries(session)) {
            cache.evictAll();
            return null;
        }
        return cache.lockItem(session, key, version);
    }

    @Override
    public final void unlockItem(SharedSessionContractImplementor session, Object key, @Nullable SoftLock lock) {
        if (knowsEntries(session)) {
            cache.unlockItem(session, key, lock);
        } else {
            cache.evictAll(); // again, now that others read what was written
        }
    }

    @Override
    public final void remove(SharedSessionContractImplementor session, Object key) {
        if (knowsEntries(session)) {
            cache.remove(session, key);
        } else {
            cache.evictAll();
        }
    }

    @Override
    public final void removeAll(SharedSessionContractImplementor session) {
        cache.removeAll(session);
    }

    @Override
    public final boolean contains(Object key) {
        return cache.contains(key);
    }

    @Override
    public final @Nullable SoftLock lockRegion() {
        return cache.lockRegion();
    }

    @Override
    public final void unlockRegion(@Nullable SoftLock lock) {
        cache.unlockRegion(lock);
    }

    @Override
    public final void evict(Object key) {
        cache.evict(key);
    }

    @Override
    public final void evictAll() {
        cache.evictAll();
    }
}
