package io.shardloom.testing;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * One PostgreSQL server of an {@link EmbeddedCluster}, and what can happen to one: it stops, crashes, hangs, comes back.
 *
 * <p>It keeps its name, port and data for its whole life, whatever role it has in its node at the time. Each operation
 * returns when its effect can be seen, or fails with an {@link EmbeddedClusterException} that holds the end of the
 * server's log. Safe for use by several threads.
 */
public final class EmbeddedServer {

    private static final int PORT_ATTEMPTS = 5;

    private final ClusterContext context;
    private final String name;
    private final Path directory;
    private final DataDirectory data;

    private volatile int port;
    private volatile @Nullable ServerProcess process;

    EmbeddedServer(ClusterContext context, String name) {
        this.context = context;
        this.name = name;
        this.directory = context.workspace().server(name);
        this.data = new DataDirectory(context, directory);
        context.servers().add(this);
    }

    /**
     * Returns the server's name: the node's name and a number ({@code n1-1}), or the name given to a standalone server.
     *
     * @return the name, which is also the server's {@code cluster_name}
     */
    public String name() {
        return name;
    }

    /**
     * Returns the address it listens on.
     *
     * @return always {@code 127.0.0.1}
     */
    public String host() {
        return "127.0.0.1";
    }

    /**
     * Returns its TCP port, the same after every restart.
     *
     * @return a port below the range for outgoing connections
     */
    public int port() {
        return port;
    }

    /**
     * Returns the application user's name.
     *
     * @return a user that owns the databases and is no superuser
     */
    public String user() {
        return context.config().user();
    }

    /**
     * Returns the application user's password.
     *
     * @return the password in clear text
     */
    public String password() {
        return context.config().password();
    }

    /**
     * Returns the JDBC address of the application's database, without user and password.
     *
     * @return {@code jdbc:postgresql://127.0.0.1:port/database}
     */
    public String jdbcUrl() {
        return jdbcUrl(context.config().database());
    }

    /**
     * Returns the JDBC address of one of its databases, without user and password.
     *
     * @param database the database's name
     * @return {@code jdbc:postgresql://127.0.0.1:port/database}
     */
    public String jdbcUrl(String database) {
        return "jdbc:postgresql://" + host() + ":" + port + "/" + encoded(database);
    }

    /**
     * Returns the address of the application's database for {@code psql} and other libpq programs, with the password.
     *
     * @return {@code postgresql://user:password@127.0.0.1:port/database}
     */
    public String psqlUrl() {
        return "postgresql://" + encoded(user()) + ":" + encoded(password()) + "@" + host() + ":" + port + "/"
                + encoded(context.config().database());
    }

    /**
     * Opens a connection to the application's database as the application's user.
     *
     * @return a new connection, for the caller to close
     * @throws SQLException as the driver reports it; a paused server answers nothing until it is resumed
     */
    public Connection connect() throws SQLException {
        return connect(context.config().database());
    }

    /**
     * Opens a connection as the application's user.
     *
     * @param database the database's name
     * @return a new connection, for the caller to close
     * @throws SQLException as the driver reports it
     */
    public Connection connect(String database) throws SQLException {
        return connect(database, user(), password(), 0);
    }

    /**
     * Opens a connection to the application's database as the superuser.
     *
     * @return a new connection, for the caller to close
     * @throws SQLException as the driver reports it
     */
    public Connection connectAsSuperuser() throws SQLException {
        return connectAsSuperuser(context.config().database());
    }

    /**
     * Opens a connection as the superuser.
     *
     * @param database the database's name; {@code postgres} always exists
     * @return a new connection, for the caller to close
     * @throws SQLException as the driver reports it
     */
    public Connection connectAsSuperuser(String database) throws SQLException {
        return connect(database, ClusterConfig.SUPERUSER, context.config().adminPassword(), 0);
    }

    /** A superuser's connection that gives up on a server that does not answer within the cluster's deadline. */
    Connection admin(String database) throws SQLException {
        var seconds = (int) Math.max(1, context.config().deadline().toSeconds());
        return connect(database, ClusterConfig.SUPERUSER, context.config().adminPassword(), seconds);
    }

    /** Loads the driver's classes while initdb works: they take a third of a second in a new JVM. */
    static void loadDriver() {
        try {
            DriverManager.getConnection("jdbc:postgresql://127.0.0.1:1/none?connectTimeout=1", "none", "none")
                    .close();
        } catch (SQLException nobodyListens) {
            // As expected.
        }
    }

    private Connection connect(String database, String user, String password, int socketTimeoutSeconds)
            throws SQLException {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("ApplicationName", "shardloom-testing");
        properties.setProperty("socketTimeout", Integer.toString(socketTimeoutSeconds));
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    /**
     * Runs statements in the application's database as the application's user, each in its own transaction.
     *
     * @param statements SQL without parameters
     * @throws SQLException from the first that fails
     */
    public void execute(String... statements) throws SQLException {
        try (var connection = connect()) {
            run(connection, statements);
        }
    }

    /**
     * Runs statements in the application's database as the superuser, each in its own transaction.
     *
     * @param statements SQL without parameters
     * @throws SQLException from the first that fails
     */
    public void executeAsSuperuser(String... statements) throws SQLException {
        try (var connection = connectAsSuperuser()) {
            run(connection, statements);
        }
    }

    /**
     * Runs a query in the application's database as the superuser, and returns its first value as text.
     *
     * @param query a query whose first column of the first row is not null
     * @return that value, as the driver writes it
     * @throws SQLException if the query fails, or there is no such value
     */
    public String value(String query) throws SQLException {
        try (var connection = connectAsSuperuser()) {
            return value(connection, query);
        }
    }

    static void run(Connection connection, String... statements) throws SQLException {
        try (var statement = connection.createStatement()) {
            for (var sql : statements) {
                statement.execute(sql);
            }
        }
    }

    static String value(Connection connection, String query) throws SQLException {
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            var value = result.next() ? result.getString(1) : null;
            if (value == null) {
                throw new SQLException("No row, or null in the first one: " + query);
            }
            return value;
        }
    }

    /**
     * Tells whether the server's process runs; a paused one does.
     *
     * @return false after a stop, a kill or a crash
     */
    public boolean isRunning() {
        var current = process;
        return current != null && current.isAlive();
    }

    /**
     * Tells whether the server is frozen by {@link #pause()}.
     *
     * @return true until {@link #resume()}
     */
    public boolean isPaused() {
        var current = process;
        return current != null && current.isAlive() && current.isPaused();
    }

    /**
     * Returns the process id of the running server's postmaster.
     *
     * @return the id
     * @throws EmbeddedClusterException if it does not run
     */
    public long pid() {
        return running().pid();
    }

    /** Starts it again, on the port and with the data it had. Does nothing if it runs. */
    public synchronized void start() {
        if (isRunning()) {
            return;
        }
        if (port != 0) {
            process = ServerProcess.start(context, name, directory, port);
            return;
        }
        for (int attempt = 1; process == null; attempt++) {
            int candidate = Ports.free();
            try {
                process = ServerProcess.start(context, name, directory, candidate);
                port = candidate;
            } catch (ServerProcess.PortTakenException e) {
                if (attempt == PORT_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    /** Ends it as {@code pg_ctl stop -m fast} does: transactions roll back, connections close. */
    public synchronized void stop() {
        if (isRunning()) {
            running().end("INT");
        }
    }

    /** Ends it as {@code pg_ctl stop -m immediate} does: connections close, the next start recovers from the WAL. */
    public synchronized void stopImmediate() {
        if (isRunning()) {
            running().end("QUIT");
        }
    }

    /** Kills the postmaster and all its children with SIGKILL, as a machine that loses power. It can be started again. */
    public synchronized void kill() {
        if (isRunning()) {
            running().kill();
        }
    }

    /** Stops it fast and starts it again. */
    public synchronized void restart() {
        stop();
        start();
    }

    /**
     * Freezes all its processes (SIGSTOP): connections stay open, new ones are still accepted by the operating system,
     * and nothing answers.
     *
     * @throws EmbeddedClusterException if it does not run
     */
    public synchronized void pause() {
        running().pause();
    }

    /**
     * Lets a paused server go on, as if no time had passed. Does nothing if it is not paused.
     *
     * @throws EmbeddedClusterException if it does not run
     */
    public synchronized void resume() {
        running().resume();
    }

    /**
     * Returns the file that holds all its log lines; it goes when the cluster is closed.
     *
     * @return the log's path
     */
    public Path log() {
        return ServerProcess.log(directory);
    }

    /**
     * Returns the last lines of its log.
     *
     * @param lines how many at most
     * @return the lines, oldest first
     */
    public List<String> logTail(int lines) {
        return ServerProcess.tail(log(), lines);
    }

    @Override
    public String toString() {
        return name + " (127.0.0.1:" + port + ")";
    }

    DataDirectory data() {
        return data;
    }

    void reload() {
        running().signal("HUP");
    }

    @Nullable
    ServerProcess process() {
        return process;
    }

    String logHint() {
        return ServerProcess.tailFor(log());
    }

    private ServerProcess running() {
        var current = process;
        if (current == null || !current.isAlive()) {
            throw new EmbeddedClusterException(
                    "Server " + name + " does not run. Call start() first, if it was stopped on purpose." + logHint());
        }
        return current;
    }

    private static String encoded(String part) {
        return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
