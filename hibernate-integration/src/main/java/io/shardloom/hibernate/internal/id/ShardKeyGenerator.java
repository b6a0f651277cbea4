package io.shardloom.hibernate.internal.id;

import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.util.EnumSet;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.BeforeExecutionGenerator;
import org.hibernate.generator.EventType;
import org.hibernate.generator.EventTypeSets;
import org.jspecify.annotations.Nullable;

/** Fills a null shard key of a new entity with the session's; a preset one is kept and checked by the write guard. */
public final class ShardKeyGenerator implements BeforeExecutionGenerator {
    private static final long serialVersionUID = 1L;

    private final transient EntityHome.Sharded home;

    /**
     * Creates the generator of one entity's key attribute.
     *
     * @param home where the entity lives
     */
    public ShardKeyGenerator(EntityHome.Sharded home) {
        this.home = home;
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
        if (session.getTenantIdentifierValue() instanceof GroupKey key
                && key.group().equals(home.group())) {
            return key.value();
        }
        throw new MissingShardKeyException("The " + home.attribute() + " of a new "
                + owner.getClass().getSimpleName() + " is null, and the session is not bound to a key of group '"
                + home.group() + "' to fill it from. Set it, or persist in Shardloom.of(emf).inTransaction(key, …).");
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
