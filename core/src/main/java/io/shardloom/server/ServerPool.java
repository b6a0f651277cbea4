package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The pool of one server, started at its first use. Thread-safe. */
final class ServerPool implements AutoCloseable {

    /** HikariCP cannot be called back from a wait, so no single one is longer; this is the shortest it allows. */
    static final long SLICE_MILLIS = 250;

    private static final long VALIDATION_MILLIS = 1_000;
    private static final String NOT_SUPPORTED = "0A000";

    private final Server server;
    private final HikariConfig config;
    private final PoolSource source;
    private final long timeoutNanos;
    private final long sliceMillis;
    private final Object lock = new Object();

    private volatile @Nullable HikariDataSource pool;
    private volatile boolean lent;
    private boolean closed;

    /** Takes the settings of a pool; {@code connectTimeout} is how long it may take to connect. */
    ServerPool(Server server, HikariConfig config, Duration connectTimeout, PoolSource.Admission admission) {
        this.server = server;
        this.config = config;
        long millis = config.getConnectionTimeout();
        this.timeoutNanos = TimeUnit.MILLISECONDS.toNanos(millis);
        this.sliceMillis = millis / Math.max(1, millis / SLICE_MILLIS);
        this.source = new PoolSource(PoolSettings.Access.of(config), admission, connectTimeout);
        config.setDataSource(source);
        config.setConnectionTimeout(sliceMillis);
        config.setValidationTimeout(Math.min(config.getValidationTimeout(), VALIDATION_MILLIS));
    }

    /** Returns how long work waits for a connection in all. */
    long timeoutNanos() {
        return timeoutNanos;
    }

    /** Waits for a connection for a part of {@link #timeoutNanos()}. */
    Connection connection() throws SQLException {
        while (true) {
            HikariDataSource current = pool;
            if (current == null) {
                current = start();
            }
            Connection connection;
            try {
                connection = current.getConnection();
            } catch (SQLException e) {
                if (!lent && NOT_SUPPORTED.equals(ConnectFaults.state(e))) { // HikariCP wraps it or not
                    startAnew(current);
                }
                throw e;
            }
            if (!source.isOutdated(connection.unwrap(Connection.class))) {
                if (!lent) {
                    lent = true;
                }
                return connection;
            }
            current.evictConnection(connection); // it was being made while its server was found to be another
        }
    }

    /**
     * HikariCP asks the first connection of a pool for its isolation level, once. If the server dies in between, it asks
     * every later one for the level -1, which none has.
     */
    private void startAnew(HikariDataSource broken) {
        synchronized (lock) {
            if (pool == broken) {
                pool = null;
            }
        }
        broken.close();
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
                    start = now - TimeUnit.MILLISECONDS.toNanos(sliceMillis);
                }
                boolean tooSoonToTell = now - start < nanos - TimeUnit.MILLISECONDS.toNanos(SLICE_MILLIS) / 2;
                boolean serverSaysNo = e.getSQLState() != null; // else all connections are in use
                if (!tooSoonToTell
                        || serverSaysNo
                        || isClosed()
                        || Thread.currentThread().isInterrupted()
                        || !open.getAsBoolean()) {
                    throw e;
                }
            }
        }
    }

    /** Takes a connection that was made as this pool makes its own, to be the first of them. */
    void give(Connection connection) throws SQLException {
        source.give(connection);
        if (isClosed()) {
            source.drop();
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
        synchronized (lock) {
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
        synchronized (lock) {
            return closed;
        }
    }

    /** Closes what waits in the pool; what is in use is closed when it comes back. */
    void evictIdle() {
        source.drop();
        HikariPoolMXBean bean = bean();
        if (bean != null) {
            bean.softEvictConnections();
        }
    }

    /** Lends nothing any more that is there now or is being made; see {@link #evictIdle()}, which closes it. */
    void outdate() {
        source.outdate();
    }

    /** Cuts off what is in use, and closes what waits. */
    void abortAll() {
        source.abortAll();
        evictIdle();
    }

    /** Returns since when a connection is known to be there, in {@link System#nanoTime()}; null when it is not. */
    @Nullable
    Long knownSince(Connection connection) throws SQLException {
        return source.since(connection.unwrap(Connection.class));
    }

    /** Returns the server process of a connection of this pool; 0 for one of another. */
    int backend(Connection connection) throws SQLException {
        return source.backend(connection.unwrap(Connection.class));
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
        synchronized (lock) {
            closed = true;
            current = pool;
            source.drop();
        }
        if (current != null) {
            current.close();
        }
    }
}
