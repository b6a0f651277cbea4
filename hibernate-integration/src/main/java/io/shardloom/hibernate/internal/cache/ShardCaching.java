package io.shardloom.hibernate.internal.cache;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.cache.internal.EnabledCaching;
import org.hibernate.cache.spi.QueryResultsCache;
import org.hibernate.cache.spi.access.CollectionDataAccess;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.NaturalIdDataAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.model.domain.NavigableRole;
import org.jspecify.annotations.Nullable;

/** Hibernate's cache over any provider's regions, with the entries kept apart by {@link CacheScope}. */
@SuppressWarnings("deprecation") // these are the methods Hibernate asks for the regions
final class ShardCaching extends EnabledCaching {
    private final ShardingRuntime runtime;
    private final Map<NavigableRole, EntityDataAccess> entities = new ConcurrentHashMap<>();
    private final Map<NavigableRole, NaturalIdDataAccess> naturalIds = new ConcurrentHashMap<>();
    private final Map<NavigableRole, CollectionDataAccess> collections = new ConcurrentHashMap<>();

    ShardCaching(SessionFactoryImplementor factory, ShardingRuntime runtime) {
        super(factory);
        this.runtime = runtime;
    }

    @Override
    public @Nullable EntityDataAccess getEntityRegionAccess(NavigableRole root) {
        var cache = super.getEntityRegionAccess(root);
        return cache == null ? null : entities.computeIfAbsent(root, role -> new EntityCache(cache, scope(role)));
    }

    @Override
    public @Nullable NaturalIdDataAccess getNaturalIdCacheRegionAccessStrategy(NavigableRole root) {
        var cache = super.getNaturalIdCacheRegionAccessStrategy(root);
        return cache == null ? null : naturalIds.computeIfAbsent(root, role -> new NaturalIdCache(cache, scope(role)));
    }

    @Override
    public @Nullable CollectionDataAccess getCollectionRegionAccess(NavigableRole collection) {
        var cache = super.getCollectionRegionAccess(collection);
        return cache == null
                ? null
                : collections.computeIfAbsent(collection, role -> new CollectionCache(cache, scope(role)));
    }

    private CacheScope scope(NavigableRole role) {
        return new CacheScope(runtime, home(role.getFullPath()));
    }

    /** A collection's role is its owner's name and a path. */
    private @Nullable EntityHome home(String role) {
        return runtime.model().entities().entrySet().stream()
                .filter(entity -> role.equals(entity.getKey()) || role.startsWith(entity.getKey() + "."))
                .max(Comparator.comparingInt(entity -> entity.getKey().length()))
                .map(Map.Entry::getValue)
                .orElse(null);
    }

    @Override
    public @Nullable QueryResultsCache getDefaultQueryResultsCache() {
        return fresh(super.getDefaultQueryResultsCache());
    }

    @Override
    public @Nullable QueryResultsCache getQueryResultsCache(@Nullable String region) {
        return fresh(super.getQueryResultsCache(region));
    }

    @Override
    public @Nullable QueryResultsCache getQueryResultsCacheStrictly(@Nullable String region) {
        return fresh(super.getQueryResultsCacheStrictly(region));
    }

    private @Nullable QueryResultsCache fresh(@Nullable QueryResultsCache cache) {
        return cache == null || cache instanceof FreshQueryResults ? cache : new FreshQueryResults(runtime, cache);
    }
}
