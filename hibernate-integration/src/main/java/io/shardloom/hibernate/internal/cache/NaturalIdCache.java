package io.shardloom.hibernate.internal.cache;

import io.shardloom.hibernate.internal.connection.ClusterScope;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.cache.MutableCacheKeyBuilder;
import org.hibernate.cache.internal.DefaultCacheKeysFactory;
import org.hibernate.cache.internal.NaturalIdCacheKey;
import org.hibernate.cache.spi.access.NaturalIdDataAccess;
import org.hibernate.cache.spi.access.SoftLock;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** The cached ids behind the natural ids of one entity. */
final class NaturalIdCache extends ScopedAccess<NaturalIdDataAccess> implements NaturalIdDataAccess {
    NaturalIdCache(NaturalIdDataAccess cache, CacheScope scope) {
        super(cache, scope);
    }

    @Override
    public Object generateCacheKey(
            Object naturalId, EntityPersister persister, SharedSessionContractImplementor session) {
        if (scope.isSharded()) {
            return DefaultCacheKeysFactory.staticCreateNaturalIdKey(naturalId, persister, session);
        }
        var key = new SharedKey(persister.getRootEntityName());
        persister.getNaturalIdMapping().addToCacheKey(key, naturalId, session);
        return key.build();
    }

    /** A natural id does not tell the key. */
    @Override
    boolean knowsEntries(SharedSessionContractImplementor session) {
        return !scope.isSharded() || !(session.getTenantIdentifierValue() instanceof ClusterScope);
    }

    /** As Hibernate builds it, without the tenant. */
    private static final class SharedKey implements MutableCacheKeyBuilder {
        private static final long serialVersionUID = 1L;

        private final String entity;
        private final transient List<@Nullable Object> values = new ArrayList<>();
        private int hash;

        SharedKey(String entity) {
            this.entity = entity;
        }

        @Override
        public void addValue(@Nullable Object value) {
            values.add(value);
        }

        @Override
        public void addHashCode(int part) {
            hash = 37 * hash + part;
        }

        @Override
        public NaturalIdCacheKey build() {
            return new NaturalIdCacheKey(values.toArray(), entity, null, hash);
        }
    }

    @Override
    public Object getNaturalIdValues(Object key) {
        return DefaultCacheKeysFactory.staticGetNaturalIdValues(key);
    }

    @Override
    public boolean insert(SharedSessionContractImplementor session, Object key, Object value) {
        return knowsEntries(session) && cache.insert(session, key, value);
    }

    @Override
    public boolean afterInsert(SharedSessionContractImplementor session, Object key, Object value) {
        return knowsEntries(session) && cache.afterInsert(session, key, value);
    }

    @Override
    public boolean update(SharedSessionContractImplementor session, Object key, Object value) {
        return knowsEntries(session) && cache.update(session, key, value);
    }

    @Override
    public boolean afterUpdate(
            SharedSessionContractImplementor session, Object key, Object value, @Nullable SoftLock lock) {
        if (!knowsEntries(session)) {
            cache.evictAll();
            return false;
        }
        return cache.afterUpdate(session, key, value, lock);
    }
}
