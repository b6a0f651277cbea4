package io.shardloom.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** Asks one server about itself over a connection of its own. One thread at a time, {@link #abort()} apart. */
final class Probe implements AutoCloseable {

    private static final String ABOUT = """
            select standby,
                   (select system_identifier from pg_control_system()),
                   case when standby then (select timeline_id from pg_control_checkpoint())
                        else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end,
                   case when standby then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end - '0/0'::pg_lsn,
                   pg_postmaster_start_time()::text,
                   (select has_schema_privilege(n.oid, 'usage') and has_table_privilege(c.oid, 'select')
                    from pg_class c join pg_namespace n on n.oid = c.relnamespace
                    where n.nspname = '%s' and c.relname = '%s'),
                   %s
            from (select pg_is_in_recovery() as standby offset 0) as server""";
    private static final String WITHOUT_EPOCHS =
            String.format(Locale.ROOT, ABOUT, EpochTable.SCHEMA, EpochTable.TABLE, "null");
    private static final String WITH_EPOCHS =
            String.format(Locale.ROOT, ABOUT, EpochTable.SCHEMA, EpochTable.TABLE, "(" + EpochTable.SELECT_ALL + ")");

    private final PoolSettings.Access access;
    private final PoolSettings.Access ofWork;
    private final @Nullable String initSql;
    private final int timeoutMillis;

    private volatile @Nullable Connection connection;
    private boolean epochs;
    private String lastEpochs = "";
    private Map<Long, Integer> lastParsed = Map.of();

    /** Takes how a server's pool connects, and what it runs over each new connection. */
    Probe(PoolSettings.Access access, @Nullable String initSql, Duration timeout) {
        this.initSql = initSql;
        Properties driver = new Properties();
        driver.putAll(access.driver());
        this.access = new PoolSettings.Access(access.url(), driver, access.credentials());
        this.timeoutMillis = Math.toIntExact(timeout.toMillis());
        // The driver takes the timeouts of its sockets in whole seconds, and the one of the whole login in parts.
        String seconds = Long.toString(Math.max(1, timeout.plusMillis(999).toSeconds()));
        driver.setProperty("connectTimeout", seconds);
        driver.setProperty("loginTimeout", Double.toString(timeoutMillis / 1000.0));
        Properties work = new Properties();
        work.putAll(driver);
        this.ofWork = new PoolSettings.Access(access.url(), work, access.credentials());
        driver.setProperty("socketTimeout", seconds);
        driver.setProperty("ApplicationName", "shardloom-health");
    }

    /** Asks over a connection made as a pool makes its own, which is then the first of that pool if work can have it. */
    ProbeResult askFor(ServerPool pool) throws SQLException {
        Connection fresh = ofWork.open();
        connection = fresh;
        try {
            int timeout = fresh.getNetworkTimeout();
            fresh.setNetworkTimeout(Runnable::run, timeoutMillis);
            init(fresh);
            ProbeResult result = ask(fresh);
            fresh.setNetworkTimeout(Runnable::run, timeout);
            if (result.standby()) {
                drop();
            } else {
                connection = null;
                pool.give(fresh);
            }
            return result;
        } catch (SQLException e) {
            drop();
            throw e;
        }
    }

    /** HikariCP would say only after its time-out that it cannot run it, and not why. */
    private void init(Connection fresh) throws SQLException {
        if (initSql != null) {
            try (Statement statement = fresh.createStatement()) {
                statement.execute(initSql);
            } catch (SQLException e) {
                throw SqlStates.isLost(e) ? e : new InitSqlException(e);
            }
        }
    }

    /** Asks over the connection there is; over a new one where there is none, or it has broken. */
    ProbeResult ask() throws SQLException {
        Connection current = connection;
        if (current != null) {
            try {
                return ask(current);
            } catch (SQLException e) {
                drop();
            }
        }
        return askAnew();
    }

    /** Asks over a new connection, which takes the place of the old one if it comes about. */
    ProbeResult askAnew() throws SQLException {
        Connection fresh = access.open();
        drop();
        connection = fresh;
        try {
            fresh.setNetworkTimeout(Runnable::run, timeoutMillis);
            return ask(fresh);
        } catch (SQLException e) {
            drop();
            throw e;
        }
    }

    /** Asks over the connection there is; returns null where there is none. */
    @Nullable
    ProbeResult askOld() throws SQLException {
        Connection current = connection;
        return current == null ? null : ask(current);
    }

    /** Which cluster a connection leads to, whether to a standby of it, and to which of the server's processes. */
    record Identity(long cluster, boolean standby, int backend) {}

    /** Asks where a connection leads to. */
    static Identity identity(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "select system_identifier, pg_is_in_recovery(), pg_backend_pid() from pg_control_system()")) {
            row.next();
            return new Identity(row.getLong(1), row.getBoolean(2), row.getInt(3));
        }
    }

    private ProbeResult ask(Connection current) throws SQLException {
        long sent = System.nanoTime();
        try (Statement statement = current.createStatement();
                ResultSet row = statement.executeQuery(epochs ? WITH_EPOCHS : WITHOUT_EPOCHS)) {
            long roundTrip = System.nanoTime() - sent;
            row.next();
            boolean table = row.getBoolean(6);
            if (table && !epochs) {
                epochs = true;
                return ask(current);
            }
            return new ProbeResult(
                    row.getBoolean(1),
                    row.getLong(2),
                    row.getInt(3),
                    row.getLong(4),
                    String.valueOf(row.getString(5)),
                    table ? parsed(row.getString(7)) : null,
                    sent,
                    roundTrip);
        } catch (SQLException e) {
            String state = String.valueOf(e.getSQLState());
            if (epochs && (state.equals("42P01") || state.equals("42501") || state.equals("3F000"))) {
                epochs = false;
                return askWithoutEpochs(current);
            }
            throw e;
        }
    }

    /** The table has gone, or may not be read. */
    private ProbeResult askWithoutEpochs(Connection current) throws SQLException {
        long sent = System.nanoTime();
        try (Statement statement = current.createStatement();
                ResultSet row = statement.executeQuery(WITHOUT_EPOCHS)) {
            long roundTrip = System.nanoTime() - sent;
            row.next();
            return new ProbeResult(
                    row.getBoolean(1),
                    row.getLong(2),
                    row.getInt(3),
                    row.getLong(4),
                    String.valueOf(row.getString(5)),
                    null,
                    sent,
                    roundTrip);
        }
    }

    /** Notes timelines in the server's database, making the table if it is missing; newer ones there stay. */
    void note(Map<Long, Integer> timelines) throws SQLException {
        Connection current = connection;
        if (current == null) { // the pool has the one that was asked over
            current = access.open();
            connection = current;
            current.setNetworkTimeout(Runnable::run, timeoutMillis);
        }
        EpochTable.note(current, timelines);
    }

    private Map<Long, Integer> parsed(@Nullable String text) {
        String now = text == null ? "" : text;
        if (!now.equals(lastEpochs)) {
            Map<Long, Integer> all = new HashMap<>();
            for (String pair : now.split(" ", -1)) {
                int colon = pair.indexOf(':');
                if (colon > 0) {
                    all.put(Long.valueOf(pair.substring(0, colon)), Integer.valueOf(pair.substring(colon + 1)));
                }
            }
            lastEpochs = now;
            lastParsed = Map.copyOf(all);
        }
        return lastParsed;
    }

    private void drop() {
        Connection old = connection;
        connection = null;
        if (old != null) {
            try {
                old.close();
            } catch (SQLException e) {
                // It was broken.
            }
        }
    }

    /** Ends a question that waits for its answer; may be called by any thread. */
    void abort() {
        Connection current = connection;
        if (current != null) {
            try {
                current.abort(Runnable::run);
            } catch (SQLException e) {
                // It was closed meanwhile.
            }
        }
    }

    @Override
    public void close() {
        drop();
    }
}
