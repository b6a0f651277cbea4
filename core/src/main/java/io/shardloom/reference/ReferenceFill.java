package io.shardloom.reference;

import io.shardloom.failure.ShardloomException;
import io.shardloom.server.NodePools;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Gives a new node the rows of the reference tables that the others have. Immutable and thread-safe.
 *
 * <p>A node is new if its schema was just made, or if not one of its reference tables has a row. Any other is left alone
 * whatever it has.
 */
public final class ReferenceFill {

    private static final Set<String> NOT_THERE = Set.of("42P01", "3F000");

    private final List<Node> nodes;
    private final NodePools pools;
    private final ReferenceCopies copies;

    /**
     * Creates it.
     *
     * @param nodes every node, in the order in which locks are taken
     * @param pools of the nodes
     * @param copies by which rows are copied
     */
    public ReferenceFill(List<Node> nodes, NodePools pools, ReferenceCopies copies) {
        this.nodes = List.copyOf(nodes);
        this.pools = pools;
        this.copies = copies;
    }

    /**
     * Fills the new nodes, each in a commit of its own, with writers of the tables waiting. Where there is none this asks
     * each node one question.
     *
     * @param tables as SQL names them
     * @param made the names of nodes whose schema was just made, which may have rows of a script
     * @return how many rows each node was given; only nodes that were given any
     * @throws ShardloomException if a node does not answer, the tables are in use for half a minute, or the nodes that have
     *     rows do not have the same
     */
    public Map<String, Long> run(Collection<String> tables, Set<String> made) {
        Map<String, Long> given = new LinkedHashMap<>();
        if (tables.isEmpty() || nodes.size() < 2) {
            return given;
        }
        List<Node> full = withRows(tables);
        Node right = full.stream()
                .filter(node -> !made.contains(node.name()))
                .findFirst()
                .orElse(full.isEmpty() ? null : full.get(0));
        if (right == null) {
            return given;
        }
        for (Node node : nodes) {
            if (!node.name().equals(right.name()) && (made.contains(node.name()) || !full.contains(node))) {
                long rows = fill(tables, right, node, made);
                if (rows > 0) {
                    given.put(node.name(), rows);
                }
            }
        }
        return given;
    }

    /** Returns the nodes that have a row in any of the tables; none where the tables are not there yet. */
    private List<Node> withRows(Collection<String> tables) {
        List<Node> full = new ArrayList<>();
        for (Node node : nodes) {
            try (Connection connection = pools.connection(node, false)) {
                if (hasRows(connection, tables)) {
                    full.add(node);
                }
                connection.rollback();
            } catch (SQLException e) {
                if (NOT_THERE.contains(String.valueOf(e.getSQLState()))) {
                    return List.of();
                }
                throw new ShardloomException(
                        "Node " + node.name() + " does not say whether its reference tables have rows: "
                                + e.getMessage(),
                        e);
            }
        }
        return full;
    }

    private static boolean hasRows(Connection connection, Collection<String> tables) throws SQLException {
        String any = tables.stream()
                .map(table -> "exists (select from " + table + ")")
                .collect(Collectors.joining(" or "));
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select " + any)) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private long fill(Collection<String> tables, Node right, Node node, Set<String> made) {
        long[] rows = {0};
        copies.work(tables, ReferenceCopies.WRITE, connections -> {
            Connection to = ReferenceCopies.connection(connections, node);
            if (!made.contains(node.name()) && hasRows(to, tables)) {
                return List.of(); // another instance was first
            }
            Connection from = ReferenceCopies.connection(connections, right);
            requireEqual(tables, right, connections, made);
            rows[0] = ReferenceCopies.copy(from, to, tables);
            return rows[0] == 0 ? List.of() : List.of(node);
        });
        return rows[0];
    }

    /** Where the nodes that have rows differ, nobody knows which are right. */
    private void requireEqual(
            Collection<String> tables, Node right, Map<String, Connection> connections, Set<String> made)
            throws SQLException {
        Connection from = ReferenceCopies.connection(connections, right);
        for (Node other : nodes) {
            Connection to = ReferenceCopies.connection(connections, other);
            if (other.name().equals(right.name()) || made.contains(other.name()) || !hasRows(to, tables)) {
                continue;
            }
            for (TableShape table : TableShape.read(from, tables)) {
                if (!TableCopy.digest(from, table).equals(TableCopy.digest(to, table))) {
                    throw new ShardloomException("The rows of reference table " + table.name() + " on nodes "
                            + right.name() + " and " + other.name() + " are not the same.");
                }
            }
        }
    }
}
