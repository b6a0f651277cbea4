package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The pool of one server, started at its first use unless it is given started. Thread-safe. */
final class ServerPool implements AutoCloseable {

    /** How long a server that gave no connection is left out. */
    private static final long LEFT_OUT_NANOS = 5_000_000_000L;

    private final Server server;
    private final Supplier<HikariConfig> config;
    private final LongAdder served = new LongAdder();
    /** When the server may be tried again, in {@link System#nanoTime()}; 0 when it is not left out. */
    private final AtomicLong leftOutUntil = new AtomicLong();

    private volatile @Nullable HikariDataSource pool;
    private boolean closed;

    ServerPool(Server server, Supplier<HikariConfig> config) {
        this.server = server;
        this.config = config;
    }

    static ServerPool started(Server server, HikariDataSource pool) {
        ServerPool started = new ServerPool(server, HikariConfig::new);
        started.pool = pool;
        return started;
    }

    Server server() {
        return server;
    }

    Connection connection() throws SQLException {
        HikariDataSource current = pool;
        Connection connection = (current == null ? start() : current).getConnection();
        served.increment();
        return connection;
    }

    private synchronized HikariDataSource start() throws SQLException {
        HikariDataSource current = pool;
        if (current == null) {
            if (closed) {
                throw new SQLException("The pool of " + server.endpoint() + " is closed.", "08003");
            }
            current = new HikariDataSource(config.get());
            pool = current;
        }
        return current;
    }

    /** Tells whether the server may be asked; once a time-out is over, one caller alone is told so. */
    boolean mayTry() {
        long until = leftOutUntil.get();
        if (until == 0) {
            return true;
        }
        long now = System.nanoTime();
        return now - until >= 0 && leftOutUntil.compareAndSet(until, nonZero(now + LEFT_OUT_NANOS));
    }

    boolean isLeftOut() {
        long until = leftOutUntil.get();
        return until != 0 && System.nanoTime() - until < 0;
    }

    /** Remembers that the server gave no connection, be it dead or busy. Returns whether this is news. */
    boolean failed() {
        return leftOutUntil.getAndSet(nonZero(System.nanoTime() + LEFT_OUT_NANOS)) == 0;
    }

    void answered() {
        if (leftOutUntil.get() != 0) {
            leftOutUntil.set(0);
        }
    }

    private static long nonZero(long nanos) {
        return nanos == 0 ? 1 : nanos;
    }

    private @Nullable HikariPoolMXBean bean() {
        HikariDataSource current = pool;
        return current == null ? null : current.getHikariPoolMXBean();
    }

    ServerStatus status(String node, ServerRole role) {
        HikariPoolMXBean bean = bean();
        return new ServerStatus(
                node,
                server,
                role,
                bean == null ? 0 : bean.getActiveConnections(),
                bean == null ? 0 : bean.getIdleConnections(),
                served.sum());
    }

    @Override
    public synchronized void close() {
        closed = true;
        HikariDataSource current = pool;
        if (current != null) {
            current.close();
        }
    }
}
