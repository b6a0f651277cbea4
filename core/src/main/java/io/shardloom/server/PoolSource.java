package io.shardloom.server;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the connections of a pool, of which the first may have been made already, and knows which of them were begun
 * before its server was last in doubt. Thread-safe.
 */
final class PoolSource implements DataSource {

    private record Made(int generation, long since, int backend) {}

    /** Says whether a new connection may be worked over, by an exception if not; returns its server process. */
    interface Admission {
        int admit(Connection fresh) throws SQLException;
    }

    private interface Opening {
        Connection open() throws SQLException;
    }

    private final PoolSettings.Access access;
    private final Admission admission;
    private final int timeoutMillis;
    private final AtomicReference<@Nullable Connection> given = new AtomicReference<>();
    private final AtomicInteger generation = new AtomicInteger();
    /** The driver's own connections that are open. */
    private final Map<Connection, Made> made = new ConcurrentHashMap<>();

    /** Takes how it connects, who lets connections in, and how long that may take. */
    PoolSource(PoolSettings.Access access, Admission admission, Duration timeout) {
        this.access = access;
        this.admission = admission;
        this.timeoutMillis = Math.toIntExact(timeout.toMillis());
    }

    /** Takes a connection that the pool is to have before it makes one. */
    void give(Connection connection) throws SQLException {
        admit(connection, generation.get());
        close(given.getAndSet(connection));
    }

    /** Has every connection that is there, or is being made now, taken for outdated. */
    void outdate() {
        generation.incrementAndGet();
    }

    /** Tells whether a connection may lead to a server that was there before, see {@link #outdate()}. */
    boolean isOutdated(Connection physical) {
        Made known = made.get(physical);
        return known == null || known.generation() != generation.get();
    }

    /** Returns since when a connection is there, in {@link System#nanoTime()}; null when it is not known. */
    @Nullable
    Long since(Connection physical) {
        Made known = made.get(physical);
        return known == null ? null : known.since();
    }

    /** Returns the server process of a connection; 0 when it is not known. */
    int backend(Connection physical) {
        Made known = made.get(physical);
        return known == null ? 0 : known.backend();
    }

    /** Cuts off all connections. */
    void abortAll() {
        made.keySet().removeIf(PoolSource::abort);
    }

    private Connection open(Opening opening) throws SQLException {
        Connection first = given.getAndSet(null);
        if (first != null) {
            return first;
        }
        int begun = generation.get();
        Connection connection = opening.open();
        admit(connection, begun);
        return connection;
    }

    private void admit(Connection connection, int begun) throws SQLException {
        note(connection, new Made(begun, System.nanoTime(), 0)); // so that it is cut off with the others
        try {
            int timeout = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, timeoutMillis);
            int backend = admission.admit(connection);
            connection.setNetworkTimeout(Runnable::run, timeout);
            note(connection, new Made(begun, System.nanoTime(), backend));
        } catch (SQLException e) {
            close(connection);
            throw e;
        }
    }

    private void note(Connection connection, Made known) {
        made.keySet().removeIf(PoolSource::isClosed);
        made.put(connection, known);
    }

    private static boolean abort(Connection physical) {
        try {
            physical.abort(Runnable::run);
        } catch (SQLException e) {
            // It was closed meanwhile.
        }
        return true;
    }

    private static boolean isClosed(Connection physical) {
        try {
            return physical.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /** Closes what has been given and was not taken. */
    void drop() {
        close(given.getAndSet(null));
    }

    private static void close(@Nullable Connection connection) {
        if (connection != null) {
            try {
                connection.close();
            } catch (SQLException e) {
                // It was broken.
            }
        }
    }

    @Override
    public Connection getConnection() throws SQLException {
        return open(access::open);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        return open(() -> access.open(user, password));
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // The driver's own is among its properties.
    }

    /** How long HikariCP waits, when it closes, for a connect that is under way. */
    @Override
    public int getLoginTimeout() {
        return (timeoutMillis + 999) / 1000;
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        throw new SQLFeatureNotSupportedException();
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return false;
    }
}
