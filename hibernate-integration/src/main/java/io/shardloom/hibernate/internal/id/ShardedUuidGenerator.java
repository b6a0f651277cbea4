package io.shardloom.hibernate.internal.id;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.find.KeyedEntity;
import io.shardloom.hibernate.internal.find.KeyedId;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.id.ShardedUuids;
import io.shardloom.key.GroupKey;
import java.util.EnumSet;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.BeforeExecutionGenerator;
import org.hibernate.generator.EventType;
import org.hibernate.generator.EventTypeSets;
import org.hibernate.generator.GeneratorCreationContext;
import org.jspecify.annotations.Nullable;

/** Makes the UUIDv7 of {@code @ShardedUuid}. */
public final class ShardedUuidGenerator implements BeforeExecutionGenerator {
    private static final long serialVersionUID = 1L;

    private final transient ShardingRuntime runtime;

    /**
     * Called by Hibernate.
     *
     * @param annotation the annotation
     * @param context names the attribute
     */
    public ShardedUuidGenerator(io.shardloom.hibernate.ShardedUuid annotation, GeneratorCreationContext context) {
        runtime = context.getServiceRegistry().requireService(ShardingRuntime.class);
    }

    @Override
    public Object generate(
            SharedSessionContractImplementor session,
            Object owner,
            @Nullable Object currentValue,
            EventType eventType) {
        if (currentValue != null) {
            return currentValue;
        }
        var key = runtime.enabled() ? key(session, owner) : null;
        if (key != null) {
            var hash = runtime.sharding().group(key.group()).strategy().hashOf(key.value());
            if (hash.isPresent()) {
                return ShardedUuids.next(hash.getAsLong());
            }
        }
        return ShardedUuids.next();
    }

    private @Nullable GroupKey key(SharedSessionContractImplementor session, Object owner) {
        if (session.getTenantIdentifierValue() instanceof GroupKey key) {
            return key;
        }
        return session.getTenantIdentifierValue() instanceof ClusterScope ? ownKey(session, owner) : null;
    }

    /** A cluster session has many keys; the row's own is in its owner. */
    private @Nullable GroupKey ownKey(SharedSessionContractImplementor session, Object owner) {
        var persister = session.getEntityPersister(null, owner);
        if (!(runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home)) {
            return null;
        }
        @Nullable Object key;
        if (home.partOfId()) {
            var id = persister instanceof KeyedEntity keyed ? keyed.keyedId() : KeyedId.of(persister, home);
            key = id.keyOf(owner);
        } else {
            key = persister.getPropertyValue(owner, home.attribute());
        }
        return key == null ? null : runtime.sharding().key(home.group(), key);
    }

    @Override
    public EnumSet<EventType> getEventTypes() {
        return EventTypeSets.INSERT_ONLY;
    }

    @Override
    public boolean allowAssignedIdentifiers() {
        return true;
    }
}
