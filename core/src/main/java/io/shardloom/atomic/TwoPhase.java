package io.shardloom.atomic;

import io.shardloom.ddl.AtomicDdl;
import io.shardloom.failure.InDoubtException;
import io.shardloom.failure.RolledBackException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.id.ShardedUuids;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * One commit of several nodes. Used once.
 *
 * <ol>
 *   <li>The deciding node's transaction inserts the decision, which nobody sees until it commits. From here on it is
 *       plain to any recoverer whether that transaction can still commit: it holds the row's key as long.
 *   <li>PREPARE TRANSACTION on each other node, on all at once.
 *   <li>COMMIT on the deciding node. This is the decision.
 *   <li>COMMIT PREPARED on each other node, on all at once.
 * </ol>
 */
final class TwoPhase {

    /**
     * Finds no row, and so decides nothing, where the database is not the one it is taken for. A decision must not be
     * lost after others have acted on it, so its commit waits for the disk even where the session's commits do not.
     */
    private static final String DECIDE = "insert into " + AtomicDdl.DECISIONS
            + " (transaction_id, participants) select ?, ? from " + AtomicDdl.NODE + " where identity = ?"
            + " and case current_setting('synchronous_commit')"
            + " when 'off' then set_config('synchronous_commit', 'on', true) = 'on' else true end"
            + " returning pg_current_xact_id()::text";

    private static final long PAUSE_NANOS = 50_000_000;

    private final UUID id = ShardedUuids.next();
    private final List<Participant> all;
    private final List<Participant> branches;
    private final Participant decider;
    private final NodeIdentities identities;
    private final NodeLink.Opener opener;
    private final Recovery recovery;
    private final Duration patience;
    private final Executor threads;

    /** Branches that are prepared, in their order, each with its name. */
    private final List<Branch> prepared = new ArrayList<>();

    private record Branch(Participant participant, String gid) {
        String node() {
            return participant.node().name();
        }
    }

    TwoPhase(
            List<Participant> writers,
            NodeIdentities identities,
            NodeLink.Opener opener,
            Recovery recovery,
            Duration patience,
            Executor threads) {
        this.all = writers;
        this.branches = writers.subList(0, writers.size() - 1);
        this.decider = writers.get(writers.size() - 1);
        this.identities = identities;
        this.opener = opener;
        this.recovery = recovery;
        this.patience = patience;
        this.threads = threads;
    }

    Committed commit() {
        prepareAll(decide());
        try {
            decider.connection().commit();
        } catch (SQLException e) {
            if (SqlFailures.surelyRolledBack(e) || ask(e) == Verdict.ROLLED_BACK) {
                throw rolledBack(Rollback.failure(decider, "commit", all, e));
            }
        }
        return tellAll();
    }

    /** Records the decision on the deciding node and names the branches. */
    private List<Branch> decide() {
        Participant current = decider;
        try {
            List<UUID> participants = new ArrayList<>();
            for (Participant branch : branches) {
                current = branch;
                participants.add(identities.of(branch, true));
            }
            current = decider;
            UUID identity = identities.of(decider, false);
            requireDistinct(identity, participants);
            String xid = decide(identity, participants);
            return branches.stream()
                    .map(branch -> new Branch(branch, gid(identity, xid, branch)))
                    .toList();
        } catch (SQLException e) {
            throw rolledBack(
                    SqlFailures.tablesAreMissing(e)
                            ? new RolledBackException(
                                    SqlFailures.tablesMissingOn(current.node().name()) + " Nothing is committed.", e)
                            : Rollback.failure(current, "record the decision", all, e));
        } catch (ShardloomException e) {
            throw rolledBack(new RolledBackException(e.getMessage() + " Nothing is committed on any node.", e));
        }
    }

    private String gid(UUID identity, String xid, Participant branch) {
        return new GlobalTransactionId(
                        id, identity, xid, decider.node().name(), branch.node().name())
                .toString();
    }

    private void prepareAll(List<Branch> named) {
        List<Optional<SQLException>> refusals = Together.each(named, this::prepare, threads);
        for (int i = 0; i < named.size(); i++) {
            if (refusals.get(i).isEmpty()) {
                prepared.add(named.get(i));
            }
        }
        for (int i = 0; i < named.size(); i++) {
            if (refusals.get(i).isPresent()) {
                throw rolledBack(Rollback.failure(
                        named.get(i).participant,
                        "prepare its transaction",
                        all,
                        refusals.get(i).get()));
            }
        }
    }

    /** A database made by copying the files of another one has its identity, and the two would decide for each other. */
    private void requireDistinct(UUID identity, List<UUID> participants) {
        Set<UUID> distinct = new HashSet<>(participants);
        distinct.add(identity);
        if (distinct.size() <= participants.size()) {
            throw new ShardloomException("Of the databases of nodes "
                    + all.stream().map(one -> one.node().name()).collect(Collectors.joining(", "))
                    + " one is a copy of another, with its identity. On the node that is the copy run: update "
                    + AtomicDdl.NODE + " set identity = gen_random_uuid(); and start the application again.");
        }
    }

    private String decide(UUID identity, List<UUID> participants) throws SQLException {
        Connection connection = decider.connection();
        try (PreparedStatement statement = connection.prepareStatement(DECIDE)) {
            statement.setObject(1, id);
            statement.setArray(2, connection.createArrayOf("uuid", participants.toArray()));
            statement.setObject(3, identity);
            try (ResultSet row = statement.executeQuery()) {
                if (!row.next()) {
                    all.forEach(identities::forget);
                    throw new ShardloomException(
                            "The database of node " + decider.node().name()
                                    + " was replaced by another one since it was last asked. Try again.");
                }
                return row.getString(1);
            }
        }
    }

    /** Returns why it could not, if so. */
    private Optional<SQLException> prepare(Branch branch) {
        try (Statement statement = branch.participant.connection().createStatement()) {
            // PREPARE rolls a failed transaction back and reports success; the command in front of it, in the same
            // round trip, fails in such a transaction. Whoever prepares must be who finishes: the user of the
            // connection.
            statement.execute("reset role; prepare transaction '" + branch.gid + "'");
            return Optional.empty();
        } catch (SQLException e) {
            if (!SqlFailures.surelyRolledBack(e)) {
                recovery.wake(); // it may be prepared all the same
            }
            return Optional.of(e);
        }
    }

    /** Rolls back all that is still open; from here on nobody can decide otherwise. */
    private RolledBackException rolledBack(RolledBackException failure) {
        Rollback.quietly(decider);
        Set<Participant> left = new LinkedHashSet<>(branches);
        prepared.forEach(branch -> left.remove(branch.participant));
        left.forEach(Rollback::quietly);
        finishAll("rollback", (branch, refusal) -> AtomicLog.LOG.notRolledBack(id, branch.node(), refusal));
        return failure;
    }

    private Committed tellAll() {
        List<String> pending = new ArrayList<>();
        finishAll("commit", (branch, refusal) -> {
            AtomicLog.LOG.pending(id, branch.node(), refusal);
            pending.add(branch.node());
        });
        return new Committed(Optional.of(id), pending);
    }

    /** Ends what is prepared; what could not be told is left to recovery. */
    private void finishAll(String how, BiConsumer<Branch, String> untold) {
        if (prepared.isEmpty()) {
            return;
        }
        List<Optional<SQLException>> refusals = Together.each(prepared, branch -> finish(branch, how), threads);
        for (int i = 0; i < prepared.size(); i++) {
            if (refusals.get(i).isPresent()) {
                untold.accept(
                        prepared.get(i), SqlFailures.reason(refusals.get(i).get()));
                recovery.wake();
            }
        }
    }

    /** Ends a prepared branch on the connection it was prepared on. Returns why it could not, if so. */
    private static Optional<SQLException> finish(Branch branch, String how) {
        Connection connection = branch.participant.connection();
        try {
            connection.setAutoCommit(true); // no transaction is open, so nothing is sent
            try (Statement statement = connection.createStatement()) {
                statement.execute(how + " prepared '" + branch.gid + "'");
            } finally {
                connection.setAutoCommit(false);
            }
            return Optional.empty();
        } catch (SQLException e) {
            return SqlFailures.state(e).equals("42704") ? Optional.empty() : Optional.of(e); // a recoverer was first
        }
    }

    /** Finds out what has become of a commit whose answer was lost. */
    private Verdict ask(SQLException lost) {
        Rollback.quietly(decider);
        long end = System.nanoTime() + patience.toNanos();
        String last;
        do {
            try (NodeLink link = NodeLink.open(decider.node(), opener)) {
                Verdict verdict = link.verdict(id);
                if (verdict != Verdict.RUNNING) {
                    return verdict;
                }
                last = "the transaction is still open there";
            } catch (SQLException e) {
                last = SqlFailures.reason(e);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        } while (System.nanoTime() < end && !Thread.currentThread().isInterrupted());
        recovery.wake();
        throw new InDoubtException(
                "The connection to node " + decider.node().name() + " was lost while it committed transaction " + id
                        + " (" + SqlFailures.reason(lost) + "), and the outcome could not be asked for (" + last
                        + "). All its nodes ("
                        + all.stream().map(one -> one.node().name()).collect(Collectors.joining(", "))
                        + ") will come to the same end: recovery finishes it when the node answers.",
                id,
                lost);
    }
}
