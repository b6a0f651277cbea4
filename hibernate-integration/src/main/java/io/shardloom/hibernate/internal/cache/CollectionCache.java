package io.shardloom.hibernate.internal.cache;

import org.hibernate.cache.internal.DefaultCacheKeysFactory;
import org.hibernate.cache.spi.access.CollectionDataAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.persister.collection.CollectionPersister;
import org.jspecify.annotations.Nullable;

/** The cached elements of one collection role. */
final class CollectionCache extends ScopedAccess<CollectionDataAccess> implements CollectionDataAccess {
    CollectionCache(CollectionDataAccess cache, CacheScope scope) {
        super(cache, scope);
    }

    @Override
    @SuppressWarnings("removal") // nothing else says whether the owner is known by its id
    public Object generateCacheKey(
            Object owner, CollectionPersister collection, SessionFactoryImplementor factory, @Nullable String tenant) {
        var id = collection.getCollectionType().useLHSPrimaryKey() ? owner : null;
        return DefaultCacheKeysFactory.staticCreateCollectionKey(
                owner, collection, factory, scope.tenant(tenant, collection.getOwnerEntityPersister(), id, factory));
    }

    @Override
    public Object getCacheKeyId(Object key) {
        return DefaultCacheKeysFactory.staticGetCollectionId(key);
    }
}
