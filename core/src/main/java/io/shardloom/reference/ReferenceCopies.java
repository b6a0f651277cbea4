package io.shardloom.reference;

import io.shardloom.atomic.AtomicCommit;
import io.shardloom.atomic.Participant;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.NodePools;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the copies of reference tables equal. Immutable and thread-safe.
 *
 * <p>Who writes takes each table's lock on the first node before the first write, and on every other node before its copy
 * is changed, always in the order of the nodes. Writers of a table thus follow one another in the same order everywhere,
 * also while parts of one are only prepared, and a circle of waiting writers is one on the first node, where PostgreSQL
 * finds it. Readers do not wait.
 */
public final class ReferenceCopies {

    /** The lock that makes other writers wait. */
    static final String WRITE = "share row exclusive";

    private static final String UNIQUE_VIOLATION = "23505";

    private final List<Node> nodes;
    private final NodePools pools;
    private final AtomicCommit commits;

    /**
     * Creates it.
     *
     * @param nodes every node, in the order in which locks are taken
     * @param pools of the nodes
     * @param commits by which repairs are committed
     */
    public ReferenceCopies(List<Node> nodes, NodePools pools, AtomicCommit commits) {
        this.nodes = List.copyOf(nodes);
        this.pools = pools;
        this.commits = commits;
    }

    /**
     * Makes others that write the tables wait until the connection's transaction is over.
     *
     * @param connection in a transaction on a primary
     * @param tables as SQL names them
     * @throws SQLException if the server refuses
     */
    public static void lock(Connection connection, Collection<String> tables) throws SQLException {
        lock(connection, tables, WRITE);
    }

    private static void lock(Connection connection, Collection<String> tables, String mode) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("lock table " + String.join(", ", tables) + " in " + mode + " mode");
        }
    }

    /**
     * Makes the copies on one server those of another, as both transactions see them; the tables are locked on both.
     *
     * @param from where the rows are right
     * @param to where they are to be written
     * @param tables as SQL names them
     * @return how many rows were not the same
     * @throws SQLException if a server refuses
     */
    public static long copy(Connection from, Connection to, Collection<String> tables) throws SQLException {
        List<TableCopy> copies = new ArrayList<>();
        long rows = 0;
        for (TableShape table : TableShape.read(from, tables)) {
            TableCopy copy = TableCopy.compare(from, to, table);
            rows += copy.size();
            copies.add(copy);
        }
        if (rows == 0) {
            return 0;
        }
        Savepoint before = to.setSavepoint();
        try {
            write(copies, from, to);
            delete(copies, to);
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            to.rollback(before); // a row that is to go holds a unique value that a new one has
            delete(copies, to);
            write(copies, from, to);
        }
        return rows;
    }

    private static void write(List<TableCopy> copies, Connection from, Connection to) throws SQLException {
        for (TableCopy copy : copies) {
            if (copy.isReplaced()) {
                copy.delete(to);
            }
            copy.write(from, to);
        }
    }

    private static void delete(List<TableCopy> copies, Connection to) throws SQLException {
        for (int i = copies.size() - 1; i >= 0; i--) {
            if (!copies.get(i).isReplaced()) {
                copies.get(i).delete(to);
            }
        }
    }

    /**
     * Compares the copies of all primaries with that of the first node. Writers of the tables wait meanwhile.
     *
     * @param tables as SQL names them
     * @return the rows that are not the same; empty where all are
     */
    public List<ReferenceDifference> check(Collection<String> tables) {
        List<ReferenceDifference> found = new ArrayList<>();
        work(tables, "share", connections -> {
            Node first = nodes.get(0);
            Connection from = connection(connections, first);
            for (TableShape table : TableShape.read(from, tables)) {
                String digest = TableCopy.digest(from, table);
                for (Node node : nodes.subList(1, nodes.size())) {
                    Connection to = connection(connections, node);
                    if (!TableCopy.digest(to, table).equals(digest)) {
                        found.addAll(TableCopy.compare(from, to, table).differences(node.name(), first.name()));
                    }
                }
            }
            return List.of();
        });
        return found;
    }

    /**
     * Makes the copies of all nodes those of one, in one atomic commit. A node that has no rows yet is filled.
     *
     * @param tables as SQL names them
     * @param right the node whose rows are right
     * @return how many rows were not the same, on all nodes together
     */
    public long repair(Collection<String> tables, Node right) {
        long[] rows = {0};
        work(tables, WRITE, connections -> {
            List<Node> written = new ArrayList<>();
            for (Node node : nodes) {
                if (!node.name().equals(right.name())) {
                    long changed = copy(connection(connections, right), connection(connections, node), tables);
                    rows[0] += changed;
                    if (changed > 0) {
                        written.add(node);
                    }
                }
            }
            return written;
        });
        return rows[0];
    }

    /** What to do on all nodes; returns those that were written to. */
    interface Work {
        List<Node> on(Map<String, Connection> connections) throws SQLException;
    }

    /** Works in a transaction on each node, with the tables locked, and commits on those that were written to. */
    void work(Collection<String> tables, String mode, Work work) {
        if (tables.isEmpty() || nodes.size() < 2) {
            return;
        }
        Map<String, Connection> connections = new LinkedHashMap<>();
        boolean done = false;
        String at = nodes.get(0).name();
        try {
            for (Node node : nodes) {
                at = node.name();
                Connection connection = pools.connection(node, false);
                connections.put(node.name(), connection);
                waitForLocksAtMost(connection, "30s");
                lock(connection, tables, mode);
            }
            at = "of all";
            List<Node> written = work.on(connections);
            commits.commit(nodes.stream()
                    .map(node -> new Participant(node, connection(connections, node), written.contains(node)))
                    .toList());
            done = true;
        } catch (SQLException e) {
            throw new ShardloomException(
                    "The copies of the reference tables " + String.join(", ", tables) + " could not be compared (node "
                            + at + "): " + e.getMessage() + " Nothing is changed.",
                    e);
        } finally {
            close(connections, done);
        }
    }

    private static void waitForLocksAtMost(Connection connection, String time) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set local lock_timeout = '" + time + "'");
        }
    }

    static Connection connection(Map<String, Connection> connections, Node node) {
        Connection connection = connections.get(node.name());
        if (connection == null) {
            throw new IllegalArgumentException("There is no connection to node " + node.name());
        }
        return connection;
    }

    private static void close(Map<String, Connection> connections, boolean done) {
        @Nullable SQLException failure = null;
        for (Connection connection : connections.values()) {
            try (connection) {
                if (!done) {
                    connection.rollback();
                }
            } catch (SQLException e) {
                failure = e;
            }
        }
        if (failure != null && done) {
            throw new ShardloomException("A connection could not be given back: " + failure.getMessage(), failure);
        }
    }
}
