package io.shardloom.hibernate.internal.connection;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import java.sql.Connection;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.service.UnknownUnwrapTypeException;
import org.hibernate.service.spi.Stoppable;

/**
 * Closes the pools of a start that fails: of all services Hibernate then stops only the connection provider, which a
 * unit with a key for each session otherwise does not have.
 */
public final class PoolCloser implements ConnectionProvider, Stoppable {
    private static final long serialVersionUID = 1L;

    private final transient ShardingRuntime runtime;

    /**
     * Creates the closer of one persistence unit.
     *
     * @param runtime the unit's sharding
     */
    public PoolCloser(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public Connection getConnection() {
        throw ShardConnectionProvider.noKey();
    }

    @Override
    public void closeConnection(Connection connection) {
        throw ShardConnectionProvider.noKey();
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
        if (isUnwrappableAs(type)) {
            return type.cast(this);
        }
        throw new UnknownUnwrapTypeException(type);
    }

    @Override
    public void stop() {
        runtime.stop();
    }
}
