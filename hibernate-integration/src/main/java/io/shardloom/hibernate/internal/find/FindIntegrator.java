package io.shardloom.hibernate.internal.find;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.integrator.spi.Integrator;

/** Found by Hibernate: lets the sessions of a sharded unit find rows by the rest of their ids. */
public final class FindIntegrator implements Integrator {
    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
        if (factory.getServiceRegistry().requireService(ShardingRuntime.class).enabled()) {
            factory.getEventListenerRegistry().prependListeners(EventType.LOAD, new RestOfIdListener());
        }
    }
}
