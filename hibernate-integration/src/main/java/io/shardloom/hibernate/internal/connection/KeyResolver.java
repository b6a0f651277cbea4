package io.shardloom.hibernate.internal.connection;

import io.shardloom.context.ShardContext;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import org.hibernate.context.spi.CurrentTenantIdentifierResolver;

/** Tells Hibernate the key bound to the thread, or {@link Unbound}. */
public final class KeyResolver implements CurrentTenantIdentifierResolver<Object> {
    private final ShardingRuntime runtime;

    /**
     * Creates the resolver of one persistence unit.
     *
     * @param runtime the unit's sharding
     */
    public KeyResolver(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Object resolveCurrentTenantIdentifier() {
        var key = ShardContext.currentOrNull();
        return key == null ? Unbound.INSTANCE : runtime.sessionKey(key);
    }

    @Override
    public boolean validateExistingCurrentSessions() {
        return true;
    }

    /**
     * Hibernate enables the tenant filter for every session that is not root. Ours marks the sessions whose statements
     * carry no key predicate, so only those of a node are not root.
     */
    @Override
    public boolean isRoot(Object tenant) {
        return !(tenant instanceof NodeScope);
    }
}
