package io.shardloom.hibernate.internal.cache;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import org.hibernate.cache.internal.NoCachingRegionFactory;
import org.hibernate.cache.spi.CacheImplementor;
import org.hibernate.cache.spi.RegionFactory;
import org.hibernate.engine.spi.CacheInitiator;
import org.hibernate.service.spi.SessionFactoryServiceContributor;
import org.hibernate.service.spi.SessionFactoryServiceInitiatorContext;
import org.hibernate.service.spi.SessionFactoryServiceRegistryBuilder;

/** Found by Hibernate: gives a sharded unit that caches its {@link ShardCaching}. */
public final class ShardCachingContributor implements SessionFactoryServiceContributor {
    @Override
    public void contribute(SessionFactoryServiceRegistryBuilder builder) {
        builder.addInitiator(new Initiator());
    }

    private static final class Initiator extends CacheInitiator {
        @Override
        public CacheImplementor initiateService(SessionFactoryServiceInitiatorContext context) {
            var runtime = context.getServiceRegistry().requireService(ShardingRuntime.class);
            var regions = context.getServiceRegistry().requireService(RegionFactory.class);
            return runtime.enabled() && !(regions instanceof NoCachingRegionFactory)
                    ? new ShardCaching(context.getSessionFactory(), runtime)
                    : super.initiateService(context);
        }
    }
}
