package io.shardloom.hibernate.internal.write;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.util.Objects;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a flush must not write while Hibernate looks for what changed, so before any of its statements: entities
 * that point to rows of another key, and a key attribute beside the id that was set to another key.
 */
final class ReferenceGuard implements FlushEntityEventListener {
    private static final long serialVersionUID = 1L;

    private final transient ShardingRuntime runtime;
    private final transient WriteGuard guard;
    private final transient References references;

    ReferenceGuard(ShardingRuntime runtime, WriteGuard guard, References references) {
        this.runtime = runtime;
        this.guard = guard;
        this.references = references;
    }

    @Override
    public void onFlushEntity(FlushEntityEvent event) {
        var entry = event.getEntityEntry();
        var values = event.getPropertyValues();
        var persister = entry.getPersister();
        var bound = values == null || entry.getStatus() != Status.MANAGED
                ? null
                : boundTo(event.getSession().getTenantIdentifierValue(), persister, event.getEntity(), entry.getId());
        if (bound == null) {
            return;
        }
        var loaded = entry.isExistsInDatabase() ? entry.getLoadedState() : null;
        for (int i : references.of(persister)) {
            if (loaded == null || persister.getPropertyTypes()[i].isCollectionType() || values[i] != loaded[i]) {
                references.check(persister, i, values[i], bound, event.getSession());
            }
        }
        if (loaded != null) {
            checkKeyBesideId(event, entry, values, loaded);
        }
    }

    /** Returns the key to which a row's references are held, null where there is none. */
    private @Nullable GroupKey boundTo(Object tenant, EntityPersister persister, Object entity, @Nullable Object id) {
        if (tenant instanceof ClusterScope) {
            return references.keyOf(persister, entity, id);
        }
        return tenant instanceof GroupKey key ? key : null;
    }

    /** Hibernate does not write a changed key, and would keep it to itself. */
    private void checkKeyBesideId(FlushEntityEvent event, EntityEntry entry, Object[] values, Object[] loaded) {
        var persister = entry.getPersister();
        if (runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home && !home.partOfId()) {
            int key = persister.getPropertyIndex(home.attribute());
            if (event.getSession().getTenantIdentifierValue() instanceof ClusterScope) {
                if (!Objects.equals(values[key], loaded[key])) {
                    throw new WrongShardKeyException("Cannot change " + home.attribute() + " of "
                            + References.simpleName(persister) + " from " + loaded[key] + " to " + values[key]
                            + ": the shard key of a row never changes. Insert the row under its new key and delete the"
                            + " old one.");
                }
            } else if (values[key] != loaded[key]) {
                var tenant = event.getSession().getTenantIdentifierValue();
                guard.check("update", persister, tenant, event.getEntity(), entry.getId(), false);
            }
        }
    }
}
