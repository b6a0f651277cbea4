package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The pool of one server, started at its first use. Thread-safe. */
final class ServerPool implements AutoCloseable {

    /** HikariCP cannot be called back from a wait, so no single one is longer; this is the shortest it allows. */
    static final long SLICE_MILLIS = 250;

    private final Server server;
    private final ServerConnector connector;
    private final HikariConfig config;
    private final long timeoutNanos;

    private volatile @Nullable HikariDataSource pool;
    private boolean closed;

    ServerPool(Server server, ServerConnector connector, Function<ServerConnector, HikariConfig> settings) {
        this.server = server;
        this.connector = connector;
        this.config = settings.apply(connector);
        long millis = config.getConnectionTimeout();
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(millis);
        config.setConnectionTimeout(millis / Math.max(1, millis / SLICE_MILLIS));
        config.setValidationTimeout(Math.min(config.getValidationTimeout(), config.getConnectionTimeout()));
    }

    /** Returns how long work waits for a connection in all. */
    long timeoutNanos() {
        return timeoutNanos;
    }

    /** Waits for a connection for a part of {@link #timeoutNanos()}. */
    Connection connection() throws SQLException {
        HikariDataSource current = pool;
        return (current == null ? start() : current).getConnection();
    }

    /** Waits for a connection in parts, as long as the pool is open for work and the given time is not over. */
    Connection connection(long nanos, BooleanSupplier open) throws SQLException {
        long start = 0;
        while (true) {
            try {
                return connection();
            } catch (SQLException e) {
                long now = System.nanoTime();
                if (start == 0) {
                    start = now - TimeUnit.MILLISECONDS.toNanos(config.getConnectionTimeout());
                }
                boolean tooSoonToTell = now - start < nanos - TimeUnit.MILLISECONDS.toNanos(SLICE_MILLIS) / 2;
                if (!tooSoonToTell || isClosed() || Thread.currentThread().isInterrupted() || !open.getAsBoolean()) {
                    throw e;
                }
            }
        }
    }

    /** Opens the pool, which then fills itself. */
    void warmUp() {
        try {
            start();
        } catch (SQLException e) {
            // It is closed already.
        }
    }

    private HikariDataSource start() throws SQLException {
        synchronized (connector) {
            HikariDataSource current = pool;
            if (current == null) {
                if (closed) {
                    throw new SQLException("The pool of " + server.endpoint() + " is closed.", "08003");
                }
                current = new HikariDataSource(config);
                pool = current;
            }
            return current;
        }
    }

    boolean isClosed() {
        synchronized (connector) {
            return closed;
        }
    }

    /** Closes what waits in the pool; what is in use is closed when it comes back. */
    void evictIdle() {
        HikariPoolMXBean bean = bean();
        if (bean != null) {
            bean.softEvictConnections();
        }
    }

    /** Cuts off what is in use, and closes what waits. */
    void abortAll() {
        connector.abortAll();
        evictIdle();
    }

    @Nullable
    Long madeAt(Connection physical) {
        return connector.madeAt(physical);
    }

    int active() {
        HikariPoolMXBean bean = bean();
        return bean == null ? 0 : bean.getActiveConnections();
    }

    int idle() {
        HikariPoolMXBean bean = bean();
        return bean == null ? 0 : bean.getIdleConnections();
    }

    private @Nullable HikariPoolMXBean bean() {
        HikariDataSource current = pool;
        return current == null ? null : current.getHikariPoolMXBean();
    }

    @Override
    public void close() {
        HikariDataSource current;
        synchronized (connector) {
            closed = true;
            connector.close();
            current = pool;
        }
        if (current != null) {
            current.close();
        }
    }
}
