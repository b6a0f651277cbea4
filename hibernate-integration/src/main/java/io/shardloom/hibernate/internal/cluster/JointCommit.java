package io.shardloom.hibernate.internal.cluster;

import io.shardloom.atomic.AtomicCommit;
import io.shardloom.atomic.Committed;
import io.shardloom.atomic.Participant;
import io.shardloom.scatter.Scatter;
import io.shardloom.scatter.Scatter.Task;
import io.shardloom.setting.SettingConnection;
import io.shardloom.topology.Node;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.FlushMode;
import org.hibernate.HibernateException;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Commits several Hibernate transactions in one atomic commit. Used once.
 *
 * <p>Each transaction is committed from the last step before the JDBC commit of the one before it, and the last one does
 * the atomic commit of all. So every session has run what comes before a commit when the first server hears of it, and
 * each runs what comes after it, such as the second-level cache and listeners, with the outcome there was. Hibernate's own
 * JDBC commit then finds no connection, and sends nothing.
 */
final class JointCommit {
    private final AtomicCommit commits;
    private final Scatter scatter;
    private final List<Part> parts;
    private @Nullable RuntimeException failure;

    /**
     * One node's part.
     *
     * @param node the node
     * @param session in its transaction, flushed
     * @param wrote false only if it has read alone
     */
    record Part(Node node, SessionImplementor session, boolean wrote) {
        boolean isConnected() {
            return session.getJdbcCoordinator().getLogicalConnection().isPhysicallyConnected();
        }
    }

    JointCommit(AtomicCommit commits, Scatter scatter, List<Part> parts) {
        this.commits = commits;
        this.scatter = scatter;
        this.parts = parts;
    }

    /** Commits, or throws what has kept it from that, when all transactions are over. */
    void run() {
        for (int i = 0; i < parts.size(); i++) {
            var session = parts.get(i).session;
            session.setHibernateFlushMode(FlushMode.MANUAL); // it was flushed, in the order of the nodes
            session.getTransactionCoordinator().addObserver(new Step(i));
        }
        try {
            commit(0);
        } catch (RuntimeException e) {
            throw failure != null ? failure : e;
        }
    }

    private void commit(int part) {
        if (part < parts.size()) {
            parts.get(part).session.getTransaction().commit();
        } else {
            var participants = new ArrayList<Participant>(parts.size());
            boolean wrote = false;
            for (var each : parts) {
                if (each.isConnected()) {
                    var connection = SettingConnection.beneath(ReferenceWrites.connection(each.session));
                    participants.add(new Participant(each.node, connection, each.wrote));
                    wrote |= each.wrote;
                }
            }
            try {
                if (wrote || participants.size() < 2) {
                    commits.commit(participants);
                } else {
                    endReads(participants);
                }
            } catch (RuntimeException e) {
                failure = e;
                throw e;
            }
        }
    }

    /** Nothing is written, so no node has to wait for another. */
    private void endReads(List<Participant> participants) {
        var tasks = new ArrayList<Task<Committed>>(participants.size());
        for (var each : participants) {
            tasks.add(new Task<>(each.node().name(), () -> commits.commit(List.of(each)), () -> {}));
        }
        for (var failed : scatter.some(tasks, null).failures().values()) {
            throw failed;
        }
    }

    /** Gives the connection back; the transaction on it is over, so nothing that happens here changes the outcome. */
    private static void disconnect(SessionImplementor session) {
        try {
            session.getJdbcCoordinator().getLogicalConnection().manualDisconnect();
        } catch (HibernateException e) {
            Logger.getLogger("io.shardloom.hibernate")
                    .debugf(e, "A connection was not given back after an atomic commit");
        }
    }

    private final class Step implements TransactionObserver {
        private final int part;

        Step(int part) {
            this.part = part;
        }

        @Override
        public void afterBegin() {}

        @Override
        public void beforeCompletion() {
            commit(part + 1);
            disconnect(parts.get(part).session);
        }

        @Override
        public void afterCompletion(boolean successful, boolean delayed) {}
    }
}
