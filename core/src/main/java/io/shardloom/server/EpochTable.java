package io.shardloom.server;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/**
 * The table of timelines in each node's database: for every cluster of servers, known by its system identifier, the
 * newest timeline whose primary an application has followed. A primary on an older one is one of former times. The first
 * timeline is not noted, so there is no table before the first promotion.
 */
final class EpochTable {

    static final String SCHEMA = "shardloom";

    static final String TABLE = "node_epoch";

    static final String NAME = SCHEMA + "." + TABLE;

    static final String SELECT_ALL =
            "select string_agg(system_identifier || ':' || timeline, ' ' order by system_identifier) from " + NAME;

    private static final String CREATE =
            "create table if not exists " + NAME + " (system_identifier bigint primary key, timeline integer not null)";

    private static final String RAISE =
            "insert into " + NAME + " as known values (?, ?) on conflict (system_identifier)"
                    + " do update set timeline = excluded.timeline where known.timeline < excluded.timeline";

    /** Others may make the same schema at the same moment, which "if not exists" does not make safe. */
    private static final String LOCK = "select pg_advisory_xact_lock(hashtext('" + NAME + "'))";

    private EpochTable() {}

    /** Notes timelines over a connection with autocommit on; a newer one that is there stays. */
    static void note(Connection connection, Map<Long, Integer> timelines) throws SQLException {
        connection.setAutoCommit(false);
        try {
            try (Statement statement = connection.createStatement()) {
                statement.execute(LOCK);
                if (isMissing(statement)) {
                    statement.execute("create schema if not exists " + SCHEMA);
                    statement.execute(CREATE);
                }
            }
            try (PreparedStatement raise = connection.prepareStatement(RAISE)) {
                for (Map.Entry<Long, Integer> entry : timelines.entrySet()) {
                    raise.setLong(1, entry.getKey());
                    raise.setInt(2, entry.getValue());
                    raise.executeUpdate();
                }
            }
            connection.commit();
        } catch (SQLException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    private static boolean isMissing(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("select to_regclass('" + NAME + "') is null")) {
            row.next();
            return row.getBoolean(1);
        }
    }
}
