package io.shardloom.hibernate.internal.write;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.spi.BootstrapContext;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.event.spi.EventType;
import org.hibernate.integrator.spi.Integrator;

/** Found by Hibernate: puts the write guards around the other listeners of a sharded unit. */
public final class WriteGuardIntegrator implements Integrator {
    @Override
    public void integrate(Metadata metadata, BootstrapContext context, SessionFactoryImplementor factory) {
        var runtime = factory.getServiceRegistry().requireService(ShardingRuntime.class);
        if (!runtime.enabled()) {
            return;
        }
        var readers = new KeyReaders();
        var references = new References(runtime, readers);
        var guard = new WriteGuard(runtime, readers, references);
        var listeners = factory.getEventListenerRegistry();
        listeners.prependListeners(EventType.PRE_INSERT, guard);
        listeners.prependListeners(EventType.PRE_UPDATE, guard);
        listeners.prependListeners(EventType.PRE_DELETE, guard);
        listeners.prependListeners(EventType.PRE_UPSERT, guard);
        // after Hibernate's own, which finds out what has changed
        listeners.appendListeners(EventType.FLUSH_ENTITY, new ReferenceGuard(runtime, guard, references));
        listeners.prependListeners(EventType.PRE_COLLECTION_RECREATE, guard);
        listeners.prependListeners(EventType.PRE_COLLECTION_UPDATE, guard);
        listeners.prependListeners(EventType.PRE_COLLECTION_REMOVE, guard);
        var early = new EarlyGuard(runtime, guard, references);
        listeners.prependListeners(EventType.PERSIST, early);
        listeners.prependListeners(EventType.MERGE, early);
        listeners.prependListeners(EventType.DELETE, early);
    }
}
