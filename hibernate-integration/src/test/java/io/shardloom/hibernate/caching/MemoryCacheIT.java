package io.shardloom.hibernate.caching;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.WithCluster;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.boot.spi.SessionFactoryOptions;
import org.hibernate.cache.cfg.spi.DomainDataRegionBuildingContext;
import org.hibernate.cache.cfg.spi.DomainDataRegionConfig;
import org.hibernate.cache.spi.support.DomainDataStorageAccess;
import org.hibernate.cache.spi.support.RegionFactoryTemplate;
import org.hibernate.cache.spi.support.StorageAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/** A provider of one's own, as Hibernate's documentation has it: entries in maps, nothing else. */
@WithCluster(nodes = 2, replicas = 1)
class MemoryCacheIT extends CachingContract {
    @Override
    Boot withProvider(Boot boot) {
        return boot.with("hibernate.cache.region.factory_class", Maps.class.getName());
    }

    public static final class Maps extends RegionFactoryTemplate {
        private static final long serialVersionUID = 1L;

        @Override
        protected void prepareForUse(SessionFactoryOptions settings, Map<String, Object> configuration) {}

        @Override
        protected void releaseFromUse() {}

        @Override
        protected DomainDataStorageAccess createDomainDataStorageAccess(
                DomainDataRegionConfig region, DomainDataRegionBuildingContext context) {
            return new Entries();
        }

        @Override
        protected StorageAccess createQueryResultsRegionStorageAccess(
                String region, SessionFactoryImplementor factory) {
            return new Entries();
        }

        @Override
        protected StorageAccess createTimestampsRegionStorageAccess(String region, SessionFactoryImplementor factory) {
            return new Entries();
        }
    }

    private static final class Entries implements DomainDataStorageAccess {
        private final Map<Object, Object> entries = new ConcurrentHashMap<>();

        @Override
        public boolean contains(Object key) {
            return entries.containsKey(key);
        }

        @Override
        public Object getFromCache(Object key, SharedSessionContractImplementor session) {
            return entries.get(key);
        }

        @Override
        public void putIntoCache(Object key, Object value, SharedSessionContractImplementor session) {
            entries.put(key, value);
        }

        @Override
        public void removeFromCache(Object key, SharedSessionContractImplementor session) {
            entries.remove(key);
        }

        @Override
        public void clearCache(SharedSessionContractImplementor session) {
            entries.clear();
        }

        @Override
        public void evictData(Object key) {
            entries.remove(key);
        }

        @Override
        public void evictData() {
            entries.clear();
        }

        @Override
        public void release() {
            entries.clear();
        }
    }
}
