package io.shardloom.hibernate.internal.readonly;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.integrator.spi.Integrator;

/** Found by Hibernate: holds the read-only sessions of a sharded unit to reading. */
public final class ReadOnlyIntegrator implements Integrator {
    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
        if (!factory.getServiceRegistry().requireService(ShardingRuntime.class).enabled()) {
            return;
        }
        var listeners = factory.getEventListenerRegistry();
        var locks = new LockGuard();
        listeners.prependListeners(EventType.LOAD, locks);
        listeners.prependListeners(EventType.LOCK, locks);
        listeners.prependListeners(EventType.REFRESH, locks);
        var changes = new ChangeCheck();
        listeners.appendListeners(EventType.POST_LOAD, changes); // after the callbacks of the application
        listeners.appendListeners(EventType.REFRESH, changes);
        NoAutoFlush.install(listeners);
        var children = new ChildGuard();
        listeners.prependListeners(EventType.PERSIST, children);
        listeners.prependListeners(EventType.PERSIST_ONFLUSH, children);
        listeners.prependListeners(EventType.MERGE, children);
        listeners.prependListeners(EventType.DELETE, children);
        listeners.prependListeners(EventType.REPLICATE, children);
        listeners.prependListeners(EventType.PRE_INSERT, children);
        listeners.prependListeners(EventType.PRE_UPDATE, children);
        listeners.prependListeners(EventType.PRE_DELETE, children);
        listeners.prependListeners(EventType.PRE_UPSERT, children);
        listeners.prependListeners(EventType.PRE_COLLECTION_RECREATE, children);
        listeners.prependListeners(EventType.PRE_COLLECTION_UPDATE, children);
        listeners.prependListeners(EventType.PRE_COLLECTION_REMOVE, children);
    }
}
