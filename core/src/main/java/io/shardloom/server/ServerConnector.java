package io.shardloom.server;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Makes the driver's own connections for one pool and remembers them, so that those in use can be cut off when their
 * server is lost. Thread-safe.
 */
final class ServerConnector implements DataSource {

    /** HikariCP waits this long for a connect under way when it closes. */
    private static final int CLOSE_SECONDS = 1;

    private final String url;
    private final Properties driver;
    private final @Nullable String user;
    private final @Nullable String password;
    private final Gate gate;
    private final Consumer<SQLException> failed;
    /** When each was made, in {@link System#nanoTime()}. */
    private final Map<Connection, Long> made = new ConcurrentHashMap<>();

    private volatile boolean closed;

    /** Holds back connects to a server that is known to be down. */
    @FunctionalInterface
    interface Gate {
        void await() throws InterruptedException;
    }

    ServerConnector(
            String url,
            Properties driver,
            @Nullable String user,
            @Nullable String password,
            Gate gate,
            Consumer<SQLException> failed) {
        this.url = url;
        this.driver = driver;
        this.user = user;
        this.password = password;
        this.gate = gate;
        this.failed = failed;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return getConnection(user, password);
    }

    @Override
    public Connection getConnection(@Nullable String givenUser, @Nullable String givenPassword) throws SQLException {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SQLException("Interrupted while waiting for the server.", "08001", e);
        }
        if (closed) {
            throw new SQLException("The pool is closed.", "08003");
        }
        try {
            Connection connection = open(url, driver, givenUser, givenPassword);
            made.keySet().removeIf(ServerConnector::isClosed);
            made.put(connection, System.nanoTime());
            if (closed) {
                connection.close();
                throw new SQLException("The pool is closed.", "08003");
            }
            return connection;
        } catch (SQLException e) {
            if (!closed) {
                failed.accept(e);
            }
            throw e;
        }
    }

    static Connection open(String url, Properties driver, @Nullable String user, @Nullable String password)
            throws SQLException {
        Properties properties = new Properties();
        properties.putAll(driver);
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        return DriverManager.getConnection(url, properties);
    }

    /** Returns when a connection was made, in {@link System#nanoTime()}; null when it is not one of these. */
    @Nullable
    Long madeAt(Connection physical) {
        return made.get(physical);
    }

    /** Cuts off every connection, without a word to the server: whoever waits for an answer gets an error at once. */
    void abortAll() {
        made.keySet().removeIf(connection -> {
            try {
                connection.abort(Runnable::run);
            } catch (SQLException e) {
                // It was closed meanwhile.
            }
            return true;
        });
    }

    void close() {
        closed = true;
    }

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    @Override
    public int getLoginTimeout() {
        return CLOSE_SECONDS;
    }

    @Override
    public void setLoginTimeout(int seconds) {
        // The driver's own property loginTimeout holds; DriverManager's would hold for the whole JVM.
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(PrintWriter writer) {
        // The driver logs by itself.
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("No logger of its own.");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (!isWrapperFor(type)) {
            throw new SQLException("Not a " + type.getName() + ".");
        }
        return type.cast(this);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
