package io.shardloom.hibernate.internal.id;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
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
        if (session.getTenantIdentifierValue() instanceof GroupKey key && runtime.enabled()) {
            var hash = runtime.sharding().group(key.group()).strategy().hashOf(key.value());
            if (hash.isPresent()) {
                return ShardedUuids.next(hash.getAsLong());
            }
        }
        return ShardedUuids.next();
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
