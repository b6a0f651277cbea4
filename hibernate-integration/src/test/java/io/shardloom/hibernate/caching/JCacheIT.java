package io.shardloom.hibernate.caching;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.WithCluster;
import org.hibernate.cache.internal.SimpleCacheKeysFactory;
import org.hibernate.cache.jcache.internal.JCacheRegionFactory;

/** A JCache provider that keeps copies, behind keys that by themselves would not tell one shard key from another. */
@WithCluster(nodes = 2, replicas = 1)
class JCacheIT extends CachingContract {
    @Override
    Boot withProvider(Boot boot) {
        return boot.with(
                        "hibernate.cache.region.factory_class",
                        new JCacheRegionFactory(SimpleCacheKeysFactory.INSTANCE))
                .with(
                        "hibernate.javax.cache.provider",
                        "com.github.benmanes.caffeine.jcache.spi.CaffeineCachingProvider")
                .with("hibernate.javax.cache.missing_cache_strategy", "create");
    }
}
