package io.shardloom.hibernate.internal.cache;

import io.shardloom.context.ShardContext;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.find.KeyedId;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.sql.SQLException;
import java.util.Objects;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Says which cached entries of one entity a session may use. Entries of a sharded entity belong to one key, those of any
 * other are the same for all. Immutable and thread-safe.
 */
final class CacheScope {
    private final ShardingRuntime runtime;
    private final @Nullable EntityHome home;

    CacheScope(ShardingRuntime runtime, @Nullable EntityHome home) {
        this.runtime = runtime;
        this.home = home;
    }

    boolean isSharded() {
        return home instanceof EntityHome.Sharded;
    }

    /**
     * Returns what an entry's key says beside the id.
     *
     * @param tenant the text of the session's key, or of its node where it sees all of one; null for a call without a
     *     session, such as {@code Cache.evict}
     * @param persister of the entity, or of a collection's owner
     * @param id of the entity or the owner, or null where what is known of it is not its id
     * @return null where all sessions share the entry
     * @throws MissingShardKeyException if there is no session, and neither id nor thread know the key
     */
    @Nullable
    String tenant(
            @Nullable String tenant,
            EntityPersister persister,
            @Nullable Object id,
            SessionFactoryImplementor factory) {
        if (!(home instanceof EntityHome.Sharded sharded)) {
            return null;
        }
        return tenant != null && !(tenant.startsWith("@") && sharded.partOfId() && id != null)
                ? tenant
                : factory.getTenantIdentifierJavaType().toString(keyOfEntry(sharded, persister, id));
    }

    private Object keyOfEntry(EntityHome.Sharded sharded, EntityPersister persister, @Nullable Object id) {
        if (sharded.partOfId() && id != null) {
            var key = KeyedId.of(persister, sharded).key(id);
            return runtime.sharding().key(sharded.group(), Objects.requireNonNull(key));
        }
        var bound = ShardContext.currentOrNull();
        if (bound == null) {
            throw new MissingShardKeyException(
                    "Whose entry of " + persister.getEntityName() + " is meant? Its shard key "
                            + sharded.attribute() + " is not part of what was given. Call the cache inside"
                            + " ShardContext.with(key, …), or evict the entries of all keys with evict(entity class).");
        }
        return runtime.sessionKey(bound);
    }

    /** Tells whether a cluster session's entries are those of other sessions: their key is known by the id. */
    boolean knowsEntries(SharedSessionContractImplementor session) {
        return !(home instanceof EntityHome.Sharded sharded)
                || sharded.partOfId()
                || !(session.getTenantIdentifierValue() instanceof ClusterScope);
    }

    /** A session of a node sees every key's rows and only that node's, so no key's entry is an answer for it. */
    boolean mayRead(SharedSessionContractImplementor session) {
        return !isSharded() || session.getTenantIdentifierValue() instanceof GroupKey;
    }

    /** A replica may lag: what it gave could replace what a writer has just taken out of the cache. */
    boolean mayFill(SharedSessionContractImplementor session, boolean readOnlyEntries) {
        return mayRead(session)
                && ((readOnlyEntries && home instanceof EntityHome.Reference) || mayTrust(runtime, session));
    }

    /** Tells whether what a session has read is what its node's primary had. */
    static boolean mayTrust(ShardingRuntime runtime, SharedSessionContractImplementor session) {
        if (!runtime.pools().hasReplicas()) {
            return true;
        }
        var connection = session.getJdbcCoordinator().getLogicalConnection();
        try {
            return connection.isPhysicallyConnected()
                    && !connection.getPhysicalConnection().isReadOnly();
        } catch (SQLException e) {
            return false; // a broken connection vouches for nothing
        }
    }
}
