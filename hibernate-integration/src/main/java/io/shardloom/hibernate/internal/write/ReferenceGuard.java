package io.shardloom.hibernate.internal.write;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import org.hibernate.engine.spi.EntityEntry;
import org.hibernate.engine.spi.Status;
import org.hibernate.event.spi.FlushEntityEvent;
import org.hibernate.event.spi.FlushEntityEventListener;

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
        if (values == null
                || entry.getStatus() != Status.MANAGED
                || !(event.getSession().getTenantIdentifierValue() instanceof GroupKey bound)) {
            return;
        }
        var persister = entry.getPersister();
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

    /** Hibernate does not write a changed key, and would keep it to itself. */
    private void checkKeyBesideId(FlushEntityEvent event, EntityEntry entry, Object[] values, Object[] loaded) {
        var persister = entry.getPersister();
        if (runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home && !home.partOfId()) {
            int key = persister.getPropertyIndex(home.attribute());
            if (values[key] != loaded[key]) {
                var tenant = event.getSession().getTenantIdentifierValue();
                guard.check("update", persister, tenant, event.getEntity(), entry.getId(), false);
            }
        }
    }
}
