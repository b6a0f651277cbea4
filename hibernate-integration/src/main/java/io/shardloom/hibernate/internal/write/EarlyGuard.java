package io.shardloom.hibernate.internal.write;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import org.hibernate.event.spi.DeleteContext;
import org.hibernate.event.spi.DeleteEvent;
import org.hibernate.event.spi.DeleteEventListener;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what the {@link WriteGuard} would refuse at the flush already where the caller asks for it: the error stands at
 * the line that is wrong, no statement has been sent, and no commit wraps it.
 */
final class EarlyGuard implements PersistEventListener, MergeEventListener, DeleteEventListener {
    private static final long serialVersionUID = 1L;

    private final transient ShardingRuntime runtime;
    private final transient WriteGuard guard;
    private final transient References references;

    EarlyGuard(ShardingRuntime runtime, WriteGuard guard, References references) {
        this.runtime = runtime;
        this.guard = guard;
        this.references = references;
    }

    @Override
    public void onPersist(PersistEvent event) {
        if (event.getSession().getPersistenceContextInternal().getEntry(event.getObject()) == null) {
            var session = event.getSession();
            var persister = check("insert", session, event.getEntityName(), event.getObject());
            if (persister != null && session.getTenantIdentifierValue() instanceof ClusterScope) {
                // at once: other nodes may be written to before this one is flushed
                references.checkAll(persister, event.getObject(), session);
            }
        }
    }

    @Override
    public void onPersist(PersistEvent event, PersistContext alreadyCascaded) {
        onPersist(event);
    }

    /** Rows that are not sharded come here with a graph that is merged, and are not written unless they changed. */
    @Override
    public void onMerge(MergeEvent event) {
        var entity = event.getOriginal();
        if (entity != null && !(entity instanceof HibernateProxy)) {
            var persister = event.getSession().getEntityPersister(event.getEntityName(), entity);
            if (runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded) {
                check("merge", event.getSession(), event.getEntityName(), entity);
                guard.fillIn(persister, entity, event.getSession()); // else it would be taken for a new one
            }
        }
    }

    @Override
    public void onMerge(MergeEvent event, MergeContext copiedAlready) {
        onMerge(event);
    }

    @Override
    public void onDelete(DeleteEvent event) {
        check("delete", event.getSession(), event.getEntityName(), event.getObject());
    }

    @Override
    public void onDelete(DeleteEvent event, DeleteContext transientEntities) {
        onDelete(event);
    }

    /** Returns the entity's persister, null if there was nothing to check. */
    private @Nullable EntityPersister check(
            String verb, EventSource session, @Nullable String name, @Nullable Object entity) {
        if (entity == null || entity instanceof HibernateProxy) {
            return null;
        }
        var persister = session.getEntityPersister(name, entity);
        guard.check(verb, persister, session.getTenantIdentifierValue(), entity, null, true);
        return persister;
    }
}
