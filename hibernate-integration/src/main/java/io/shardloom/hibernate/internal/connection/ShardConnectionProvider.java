package io.shardloom.hibernate.internal.connection;

import io.shardloom.ddl.RowSecurityDdl;
import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.schema.SchemaTarget;
import io.shardloom.key.GroupKey;
import io.shardloom.setting.EndingConnection;
import io.shardloom.setting.SettingConnection;
import io.shardloom.setting.TransactionSetting;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;

/** Gives each session a connection to the node that holds its key: the primary, or a replica for read-only work. */
public final class ShardConnectionProvider implements MultiTenantConnectionProvider<Object> {
    private static final long serialVersionUID = 1L;

    private static final String READ_COMMITTED = "TRANSACTION_READ_COMMITTED";

    private final transient ShardingRuntime runtime;

    /**
     * Creates the provider of one persistence unit.
     *
     * @param runtime the unit's sharding
     */
    public ShardConnectionProvider(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    /** Returns the error for a session without a key. */
    public static MissingShardKeyException noKey() {
        return new MissingShardKeyException("The session has no shard key, so there is no node to send it to. Open it"
                + " with Shardloom.of(emf).inTransaction(key, …), with emf.createEntityManager(Map.of(Shardloom.KEY,"
                + " key)), or inside ShardContext.with(key, …).");
    }

    @Override
    public Connection getAnyConnection() {
        var target = SchemaTarget.current();
        return target == null
                ? runtime.pools().connection(runtime.firstNode(), false)
                : runtime.schemaConnection(target);
    }

    @Override
    public void releaseAnyConnection(Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    public Connection getConnection(Object tenant) {
        return connection(tenant, false);
    }

    @Override
    public Connection getReadOnlyConnection(Object tenant) {
        return connection(tenant, true);
    }

    private Connection connection(Object tenant, boolean readOnly) {
        if (tenant instanceof GroupKey key) {
            var connection = connection(runtime.sharding().nodeOf(key), readOnly);
            return runtime.rowSecurity() == null ? connection : heldTo(key, connection);
        }
        if (tenant instanceof NodeScope scope) {
            var node = runtime.sharding().node(scope.node());
            var connection = connection(node, readOnly);
            if (scope instanceof ClusterScope cluster) {
                cluster.writes().onConnection(runtime.pools().backend(node, connection));
            }
            var rowSecurity = runtime.rowSecurity();
            var held = rowSecurity == null
                    ? connection
                    : SettingConnection.of(
                            connection, new TransactionSetting("role", rowSecurity.nodeRole(scope.node())));
            return scope.isOfSingleQueries() && eachStatementHasASnapshot() ? EndingConnection.of(held) : held;
        }
        if (tenant instanceof Unbound) {
            throw noKey();
        }
        throw new InvalidShardKeyException("The session's tenant identifier " + tenant + " is a "
                + tenant.getClass().getName() + ", which is no shard key. Open the session with"
                + " Shardloom.of(emf).withKey(key), or pass Shardloom.of(emf).key(group, key).");
    }

    /** So it makes no difference to a statement in which transaction the one before it was. */
    private boolean eachStatementHasASnapshot() {
        return READ_COMMITTED.equals(
                runtime.configuration().hikari().getOrDefault("transactionIsolation", READ_COMMITTED));
    }

    private Connection connection(Node node, boolean readOnly) {
        return readOnly
                ? Reading.connection(runtime.pools(), node)
                : runtime.pools().connection(node, false);
    }

    private static Connection heldTo(GroupKey key, Connection connection) {
        return SettingConnection.of(
                connection, new TransactionSetting(RowSecurityDdl.setting(key.group()), RowSecurityDdl.value(key)));
    }

    @Override
    public void releaseConnection(Object tenant, Connection connection) throws SQLException {
        connection.close();
    }

    /** The pools hand out read-only connections as such and take the mark back, also without a transaction's end. */
    @Override
    public boolean handlesConnectionReadOnly() {
        return true;
    }

    @Override
    public boolean supportsAggressiveRelease() {
        return false;
    }

    @Override
    public boolean isUnwrappableAs(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return type.cast(this);
    }
}
