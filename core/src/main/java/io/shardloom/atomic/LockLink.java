package io.shardloom.atomic;

import io.shardloom.topology.Node;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What the watch for deadlocks asks of one node, over a connection of its own. Instances tell each other which server
 * processes work for one unit by advisory locks that nobody waits for: its number, and the process. One thread at a time.
 */
final class LockLink implements AutoCloseable {

    /** The name by which locks of applications are told from ours. */
    private static final String APPLICATION = "shardloom-deadlocks";

    private static final String WAITS = """
            select pid, waitstart::text, pg_blocking_pids(pid) from pg_locks
            where not granted and waitstart is not null""";

    private static final String UNITS = """
            select l.objid::bigint::int, l.classid::bigint::int
            from pg_locks l join pg_stat_activity a on a.pid = l.pid
            where l.locktype = 'advisory' and l.objsubid = 2 and l.granted and a.application_name = '%s'""".formatted(APPLICATION);

    private static final String CANCEL = """
            select count(pg_cancel_backend(pid)) from pg_locks
            where pid = ? and not granted and waitstart = ?::timestamptz""";

    /** A process that waits, since when, and for which others. */
    record Waiting(int process, String since, List<Integer> blockers) {}

    private final Node node;
    private final Connection connection;
    private Map<Integer, Integer> told = Map.of();

    private LockLink(Node node, Connection connection) {
        this.node = node;
        this.connection = connection;
    }

    static LockLink open(Node node, NodeLink.Opener opener) throws SQLException {
        LockLink link = new LockLink(node, opener.open(node));
        try (Statement statement = link.connection.createStatement()) {
            statement.execute("set application_name = '" + APPLICATION + "'");
            return link;
        } catch (SQLException e) {
            link.close();
            throw e;
        }
    }

    /** Tells the other instances which server processes work for which units of this one. */
    void tell(Map<Integer, Integer> unitOfProcess) throws SQLException {
        if (unitOfProcess.equals(told)) {
            return;
        }
        told = Map.of();
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_unlock_all()"
                    + unitOfProcess.entrySet().stream()
                            .map(one -> ", pg_try_advisory_lock_shared(" + one.getValue() + ", " + one.getKey() + ")")
                            .collect(Collectors.joining()));
        }
        told = Map.copyOf(unitOfProcess);
    }

    /** Returns which unit each server process works for, as the instances tell. */
    Map<Integer, Integer> units() throws SQLException {
        Map<Integer, Integer> units = new HashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(UNITS)) {
            while (rows.next()) {
                units.put(rows.getInt(1), rows.getInt(2));
            }
        }
        return units;
    }

    List<Waiting> waits() throws SQLException {
        List<Waiting> waits = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(WAITS)) {
            while (rows.next()) {
                Array blockers = rows.getArray(3);
                waits.add(new Waiting(rows.getInt(1), rows.getString(2), List.of((Integer[]) blockers.getArray())));
            }
        }
        return waits;
    }

    /** Cancels the statement of a process if it still waits as it did; tells whether it did. */
    boolean cancel(int process, String since) throws SQLException {
        try (PreparedStatement cancel = connection.prepareStatement(CANCEL)) {
            cancel.setInt(1, process);
            cancel.setString(2, since);
            try (ResultSet row = cancel.executeQuery()) {
                return row.next() && row.getInt(1) > 0;
            }
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            AtomicLog.LOG.notClosed(node.name(), SqlFailures.reason(e));
        }
    }
}
