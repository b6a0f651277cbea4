package io.shardloom.hibernate.internal.cache;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import java.util.List;
import java.util.Set;
import org.hibernate.cache.spi.QueryKey;
import org.hibernate.cache.spi.QueryResultsCache;
import org.hibernate.cache.spi.QueryResultsRegion;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Cached results of queries, none of them from a replica: it may not have seen yet what the timestamps say has changed.
 *
 * @param runtime the unit's sharding
 * @param cache Hibernate's own, whose keys hold the session's shard key
 */
record FreshQueryResults(ShardingRuntime runtime, QueryResultsCache cache) implements QueryResultsCache {
    @Override
    public QueryResultsRegion getRegion() {
        return cache.getRegion();
    }

    @Override
    public boolean put(QueryKey key, List<?> results, SharedSessionContractImplementor session) {
        return CacheScope.mayTrust(runtime, session) && cache.put(key, results, session);
    }

    @Override
    public @Nullable List<?> get(QueryKey key, Set<String> spaces, SharedSessionContractImplementor session) {
        return cache.get(key, spaces, session);
    }

    @Override
    public @Nullable List<?> get(QueryKey key, String[] spaces, SharedSessionContractImplementor session) {
        return cache.get(key, spaces, session);
    }

    @Override
    public void clear() {
        cache.clear();
    }

    @Override
    public void destroy() {
        cache.destroy();
    }
}
