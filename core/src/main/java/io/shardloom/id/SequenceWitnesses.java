package io.shardloom.id;

import io.shardloom.ddl.SequenceDdl;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.NodePools;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The nodes beside the sequence node, which are told how far each sequence is reserved before its numbers are handed out.
 * So many are told, and so many asked after a promotion, that some node is among both. Immutable and thread-safe.
 */
public final class SequenceWitnesses {

    private final Node sequenceNode;
    private final List<Node> others;
    private final NodePools pools;

    private SequenceWitnesses(Node sequenceNode, List<Node> others, NodePools pools) {
        this.sequenceNode = sequenceNode;
        this.others = List.copyOf(others);
        this.pools = pools;
    }

    /**
     * Makes the witnesses of a cluster; nothing is connected to.
     *
     * @param nodes every node, the sequence node among them
     * @param pools of the nodes
     * @return none of one node
     */
    public static SequenceWitnesses of(List<Node> nodes, NodePools pools) {
        Node sequenceNode = pools.sequenceNode();
        List<Node> others = nodes.stream()
                .filter(node -> !node.name().equals(sequenceNode.name()))
                .toList();
        return new SequenceWitnesses(sequenceNode, others, pools);
    }

    boolean areNone() {
        return others.isEmpty();
    }

    /** Returns how many standbys a promotion can choose from. */
    int standbys() {
        return (int) pools.status().stream()
                        .filter(server -> server.node().equals(sequenceNode.name()))
                        .count()
                - 1;
    }

    /**
     * Tells witnesses of a bound.
     *
     * @return whether enough of them know it now
     * @throws ServerUnavailableException if one knows of a later primary of the sequence node than this
     */
    boolean attest(String name, int timeline, long bound) {
        int told = 0;
        for (Node node : others) {
            try {
                tell(node, name, timeline, bound);
                told++;
            } catch (SQLException e) {
                SequenceLog.LOG.notTold(node.name(), name, String.valueOf(e.getMessage()));
            }
            if (told == others.size() / 2 + 1) {
                return true;
            }
        }
        return false;
    }

    /**
     * Asks for the highest bound that can have been attested, and has all that are asked refuse to attest another one of
     * an earlier timeline.
     *
     * @throws ServerUnavailableException if too few answer to be certain, or one knows of a later primary
     */
    long highest(String name, int timeline) {
        long highest = 0;
        Map<String, String> silent = new TreeMap<>();
        for (Node node : others) {
            try {
                highest = Math.max(highest, tell(node, name, timeline, 0));
            } catch (SQLException e) {
                silent.put(node.name(), String.valueOf(e.getMessage()));
            }
        }
        if (silent.size() > others.size() / 2) {
            throw new ServerUnavailableException(
                    "No numbers for global sequence '" + name + "': the primary of node " + sequenceNode.name()
                            + " hands it out for the first time, and how far another one went before is known by nodes"
                            + " that do not say it: " + silent
                            + ". Start them; or run " + String.join("; ", SequenceDdl.createWitness())
                            + "; where they lack that table.",
                    null);
        }
        return highest;
    }

    private long tell(Node node, String name, int timeline, long bound) throws SQLException {
        try (Connection connection = pools.direct(node);
                PreparedStatement statement = connection.prepareStatement(SequenceDdl.ATTEST)) {
            statement.setString(1, name);
            statement.setLong(2, bound);
            statement.setInt(3, timeline);
            try (ResultSet row = statement.executeQuery()) {
                if (row.next()) {
                    return row.getLong(1);
                }
            }
        }
        throw new ShardloomException("No numbers for global sequence '" + name + "': node " + node.name()
                + " knows of a later primary of node " + sequenceNode.name() + " than the one asked, whose timeline is "
                + timeline + ". Try again when the promotion is over. If it is no promotion, because node "
                + sequenceNode.name() + " was made anew from a dump, run on node " + node.name() + ": update "
                + SequenceDdl.WITNESS + " set timeline = 0;");
    }
}
