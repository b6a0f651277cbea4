package io.shardloom.server;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Makes the connections of a pool; the first may have been made already. Thread-safe. */
final class PoolSource implements DataSource {

    private final PoolSettings.Access access;
    private final AtomicReference<@Nullable Connection> given = new AtomicReference<>();

    private volatile int loginTimeout;

    PoolSource(PoolSettings.Access access) {
        this.access = access;
    }

    /** Takes a connection that the pool is to have before it makes one. */
    void give(Connection connection) {
        close(given.getAndSet(connection));
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
        Connection first = given.getAndSet(null);
        return first != null ? first : access.open();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        Connection first = given.getAndSet(null);
        return first != null ? first : access.open(user, password);
    }

    @Override
    public void setLoginTimeout(int seconds) {
        loginTimeout = seconds; // the driver's own is among its properties
    }

    @Override
    public int getLoginTimeout() {
        return loginTimeout;
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
