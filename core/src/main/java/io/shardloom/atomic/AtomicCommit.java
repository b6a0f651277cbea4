package io.shardloom.atomic;

import io.shardloom.config.Settings;
import io.shardloom.failure.Fault;
import io.shardloom.failure.InDoubtException;
import io.shardloom.failure.RolledBackException;
import io.shardloom.server.NodePools;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/**
 * Commits the transactions of one unit of work on all its nodes, or on none. Thread-safe.
 *
 * <p>One node written to costs a plain COMMIT. More are done in two phases: every node but the last is prepared, the
 * last one's own commit carries the decision, and the others are told. What a crash leaves is finished by the
 * {@linkplain #recovery() recovery} of any instance.
 */
public final class AtomicCommit implements AutoCloseable {

    /** How long an outcome that got lost with a connection is asked for before the caller is told that it is not known. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final List<Node> nodes;
    private final NodeLink.Opener opener;
    private final NodeIdentities identities = new NodeIdentities();
    private final Recovery recovery;
    private final DeadlockWatch deadlocks;
    private final Duration patience;
    private final Executor threads;

    AtomicCommit(
            List<Node> nodes, NodeLink.Opener opener, RecoverySettings settings, Duration patience, Executor threads) {
        this.nodes = List.copyOf(nodes);
        this.opener = opener;
        this.recovery = new Recovery(nodes, opener, settings);
        this.deadlocks = new DeadlockWatch(nodes, opener);
        this.patience = patience;
        this.threads = threads;
    }

    /**
     * Makes the commits of a cluster; nothing is connected to.
     *
     * @param nodes every node of the cluster
     * @param pools knows how to connect to them; this takes no connection from them
     * @return the commits, to be closed before the pools
     */
    public static AtomicCommit of(List<Node> nodes, NodePools pools) {
        return new AtomicCommit(nodes, pools::direct, RecoverySettings.USUAL, PATIENCE, Together.threads());
    }

    /**
     * Commits. On return and on every exception the connections have no transaction open and only need closing.
     *
     * <p>Nodes only read are ended first; a failure of theirs rolls everything back. A commit of several nodes takes four
     * round trips one after the other, of which two are to all nodes but the last at once. Other sessions may see one node's
     * part a moment before another's. Where one node alone wrote, COMMIT has the meaning it has in JDBC: after a failed
     * statement roll back instead.
     *
     * @param participants the parts, at most one for each node; the last that wrote decides
     * @return the outcome, once it is certain, even where a node could not be told of it yet
     * @throws RolledBackException if nothing is committed; its cause is the driver's failure where there is one
     * @throws InDoubtException if the connection was lost on which the outcome was to come, and it could not be asked for;
     *     all nodes will come to the same end by recovery
     */
    public Committed commit(List<Participant> participants) {
        List<Participant> writers = new ArrayList<>(participants.size());
        for (Participant participant : participants) {
            if (participant.wrote()) {
                writers.add(participant);
            }
        }
        endReaders(participants);
        if (writers.isEmpty()) {
            return Committed.PLAIN;
        }
        if (writers.size() > 1) {
            return new TwoPhase(writers, identities, opener, recovery, patience, threads).commit();
        }
        Participant only = writers.get(0);
        try {
            only.connection().commit();
            return Committed.PLAIN;
        } catch (SQLException e) {
            Rollback.quietly(only);
            if (SqlFailures.surelyRolledBack(e)) {
                throw Rollback.failure(only, "commit", participants, e);
            }
            throw new InDoubtException(
                    "The connection to node " + only.node().name() + " was lost while it committed ("
                            + SqlFailures.reason(e)
                            + "). It alone was written to, so no other node waits for it; whether"
                            + " it has committed shows in its rows.",
                    null,
                    e);
        }
    }

    private static void endReaders(List<Participant> participants) {
        for (Participant participant : participants) {
            if (!participant.wrote()) {
                try {
                    participant.connection().commit();
                } catch (SQLException e) {
                    participants.forEach(Rollback::quietly);
                    throw Rollback.failure(participant, "end its read", participants, e);
                }
            }
        }
    }

    /**
     * Returns what finishes transactions in doubt and tells of them.
     *
     * @return not running in the background until started
     */
    public Recovery recovery() {
        return recovery;
    }

    /**
     * Returns what ends circles of transactions that wait for each other over several nodes.
     *
     * @return asks nothing while no unit of several nodes is open
     */
    public DeadlockWatch deadlocks() {
        return deadlocks;
    }

    /**
     * Asks every node whether it can take part in transactions of several nodes.
     *
     * @return a fault for each that cannot: prepared transactions are off, the tables are missing, or it does not answer;
     *     none where there is one node only
     */
    public List<Fault> faults() {
        List<Fault> faults = new ArrayList<>();
        for (Node node : nodes.size() > 1 ? nodes : List.<Node>of()) {
            String subject = Settings.NODE_PREFIX + node.name() + "." + Settings.PRIMARY;
            try (Connection connection = opener.open(node);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select current_setting('max_prepared_transactions')::int,"
                            + " to_regclass('shardloom.atomic_node') is not null"
                            + " and to_regclass('shardloom.atomic_decision') is not null")) {
                row.next();
                if (row.getInt(1) == 0) {
                    faults.add(new Fault(
                            subject,
                            node.primary().url(),
                            "writes that span nodes need prepared transactions, and max_prepared_transactions is 0 on"
                                    + " this server. " + SqlFailures.CURE_FOR_PREPARED));
                }
                if (!row.getBoolean(2)) {
                    faults.add(new Fault(subject, node.primary().url(), SqlFailures.tablesMissingOn(node.name())));
                }
            } catch (SQLException e) {
                faults.add(new Fault(
                        subject,
                        node.primary().url(),
                        "it could not be asked whether it takes part in writes that span nodes ("
                                + SqlFailures.reason(e) + "). Start the server or correct the address."));
            }
        }
        return faults;
    }

    /** Ends recovery and the watch in the background. */
    @Override
    public void close() {
        deadlocks.close();
        recovery.stop();
    }
}
