package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.shardloom.failure.InDoubtException;
import io.shardloom.failure.RolledBackException;
import io.shardloom.server.NodePools;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 3, fresh = WithCluster.Fresh.METHOD)
class AtomicCommitIT {

    private static EmbeddedCluster embedded;

    private final List<String> sent = new ArrayList<>();
    private final Tap.Listener recorder = new Tap.Listener() {
        @Override
        public void before(String node, String sql) {
            sent.add(node + " "
                    + sql.replaceAll("'shardloom1:[^']*'", "?").replaceAll("(?s)^(insert|select identity).*", "$1"));
        }
    };

    private Cluster cluster;
    private AtomicCommit commits;

    @BeforeEach
    void create(EmbeddedCluster running) throws SQLException {
        embedded = running;
        cluster = Cluster.created(running);
        commits = cluster.commits();
    }

    @Test
    void commitsAllNodesAndLeavesNothingPrepared() throws SQLException {
        List<Participant> parts = cluster.write(1, recorder);

        Committed committed = commits.commit(parts);

        assertThat(committed.transactionId()).isPresent();
        assertThat(committed.pending()).isEmpty();
        assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(3);
        assertThat(Cluster.prepared(embedded)).isZero();
        assertThat(sent)
                .containsExactly(
                        "n1 select identity",
                        "n2 select identity",
                        "n3 select identity",
                        "n3 insert",
                        "n1 reset role; prepare transaction ?",
                        "n2 reset role; prepare transaction ?",
                        "n3 commit",
                        "n1 commit prepared ?",
                        "n2 commit prepared ?");
        Cluster.close(parts);
    }

    @Test
    void asksForIdentitiesOnce() throws SQLException {
        List<Participant> first = cluster.write(1, Cluster.NOBODY);
        commits.commit(first);
        List<Participant> second = cluster.write(2, recorder);
        commits.commit(second);

        assertThat(sent)
                .containsExactly(
                        "n3 insert",
                        "n1 reset role; prepare transaction ?",
                        "n2 reset role; prepare transaction ?",
                        "n3 commit",
                        "n1 commit prepared ?",
                        "n2 commit prepared ?");
        Cluster.close(first);
        Cluster.close(second);
    }

    /** Each waits for the other; one after the other they would wait for ever. */
    @Test
    void preparesAndTellsAllNodesAtOnce() throws SQLException {
        CyclicBarrier together = new CyclicBarrier(2);
        List<String> met = Collections.synchronizedList(new ArrayList<>());
        List<Participant> parts = cluster.write(1, new Tap.Listener() {
            @Override
            public void before(String node, String sql) throws SQLException {
                if (sql.contains("prepare transaction") || sql.startsWith("commit prepared")) {
                    try {
                        together.await(60, TimeUnit.SECONDS);
                        met.add(node + (sql.startsWith("commit") ? " commits" : " prepares"));
                    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                        throw new SQLException("alone", "57014", e);
                    }
                }
            }
        });

        try (AtomicCommit atOnce = cluster.commitsAtOnce()) {
            assertThat(atOnce.commit(parts).pending()).isEmpty();
        }

        assertThat(met).containsExactlyInAnyOrder("n1 prepares", "n2 prepares", "n1 commits", "n2 commits");
        assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(3);
        assertThat(Cluster.prepared(embedded)).isZero();
        Cluster.close(parts);
    }

    @Test
    void rollsBackEveryNodeWhicheverOfThoseAtOnceFails() throws SQLException {
        try (AtomicCommit atOnce = cluster.commitsAtOnce()) {
            for (String failing : List.of("n1", "n2")) {
                embedded.node(failing).primary().execute("insert into entry values (1)");
                List<Participant> parts = cluster.write(1, Cluster.NOBODY);

                assertThatThrownBy(() -> atOnce.commit(parts))
                        .isInstanceOf(RolledBackException.class)
                        .hasMessageStartingWith(
                                "Node " + failing + " could not prepare its transaction: ERROR: duplicate");

                assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(1);
                assertThat(Cluster.prepared(embedded)).isZero();
                assertNoTransactionIsOpen(parts);
                Cluster.close(parts);
                embedded.node(failing).primary().execute("delete from entry");
            }
        }
    }

    @Test
    void leavesConnectionsReadyForTheNextTransaction() throws SQLException {
        List<Participant> parts = cluster.write(1, Cluster.NOBODY);
        commits.commit(parts);
        for (Participant part : parts) {
            assertThat(part.connection().getAutoCommit()).isFalse();
            Cluster.run(part, "insert into entry values (2)");
        }

        commits.commit(parts);

        assertThat(Cluster.nodesWith(embedded, 2)).isEqualTo(3);
        Cluster.close(parts);
    }

    @Test
    void costsOnePlainCommitWhereOneNodeWrote() throws SQLException {
        List<Participant> parts = cluster.write(1, recorder);

        Committed committed = commits.commit(parts.subList(1, 2));

        assertThat(committed).isEqualTo(Committed.PLAIN);
        assertThat(sent).containsExactly("n2 commit");
        assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(1);
        assertThat(Cluster.decisions(embedded)).isZero();
        Cluster.close(parts);
    }

    @Test
    void onlyEndsNodesThatWereRead() throws SQLException {
        List<Participant> written = cluster.write(1, recorder);
        List<Participant> parts = List.of(
                Participant.read(cluster.nodes().get(0), written.get(0).connection()),
                written.get(1),
                Participant.read(cluster.nodes().get(2), written.get(2).connection()));

        assertThat(commits.commit(parts)).isEqualTo(Committed.PLAIN);

        assertThat(sent).containsExactly("n1 commit", "n3 commit", "n2 commit");
        assertThat(commits.commit(List.of())).isEqualTo(Committed.PLAIN);
        Cluster.close(written);
    }

    @Test
    void rollsEverythingBackWhereAConstraintFailsWhileOneIsPrepared() throws SQLException {
        embedded.node("n2").primary().execute("insert into entry values (1)");
        List<Participant> parts = cluster.write(1, recorder);

        assertThatThrownBy(() -> commits.commit(parts))
                .isInstanceOf(RolledBackException.class)
                .hasMessageStartingWith("Node n2 could not prepare its transaction: ERROR: duplicate key value")
                .hasMessageEndingWith("Nothing is committed on any node (n1, n2, n3).")
                .hasCauseInstanceOf(SQLException.class);

        assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(1);
        assertThat(Cluster.prepared(embedded)).isZero();
        assertThat(sent).contains("n1 rollback prepared ?").doesNotContain("n3 commit");
        assertNoTransactionIsOpen(parts);
        Cluster.close(parts);
    }

    @Test
    void rollsEverythingBackWhereTheDecidingCommitFails() throws SQLException {
        embedded.node("n3").primary().execute("insert into entry values (1)");
        List<Participant> parts = cluster.write(1, recorder);

        assertThatThrownBy(() -> commits.commit(parts))
                .isInstanceOf(RolledBackException.class)
                .hasMessageStartingWith("Node n3 could not commit: ERROR: duplicate key value");

        assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(1);
        assertThat(Cluster.prepared(embedded)).isZero();
        assertThat(Cluster.decisions(embedded)).isZero();
        assertNoTransactionIsOpen(parts);
        Cluster.close(parts);
    }

    @Test
    void saysWhatCannotBePrepared() throws SQLException {
        for (String refused : List.of("create temporary table t (i int)", "listen news", "notify news")) {
            List<Participant> parts = cluster.write(1, recorder);
            Cluster.run(parts.get(1), refused);

            assertThatThrownBy(() -> commits.commit(parts))
                    .isInstanceOf(RolledBackException.class)
                    .hasMessageStartingWith("Node n2 could not prepare its transaction: ERROR: cannot PREPARE")
                    .hasMessageEndingWith("Nothing is committed on any node (n1, n2, n3). Work with temporary tables,"
                            + " LISTEN, NOTIFY and exported snapshots cannot be part of a transaction of several nodes;"
                            + " do it in one of node n2 alone.");

            assertThat(Cluster.nodesWith(embedded, 1)).isZero();
            assertThat(Cluster.prepared(embedded)).isZero();
            Cluster.close(parts);
        }
    }

    @Test
    void doesNotTakeAFailedTransactionForAPreparedOne() throws SQLException {
        for (int failed = 0; failed < 3; failed++) {
            List<Participant> parts = cluster.write(1, Cluster.NOBODY);
            commits.commit(parts.subList(1, 2)); // the identities of some are known, of others not
            Cluster.close(parts);
            embedded.node("n2").primary().execute("delete from entry");
            List<Participant> again = cluster.write(1, Cluster.NOBODY);
            Participant broken = again.get(failed);
            assertThatThrownBy(() -> Cluster.run(broken, "select 1 / 0")).hasMessageContaining("division by zero");

            assertThatThrownBy(() -> commits.commit(again))
                    .isInstanceOf(RolledBackException.class)
                    .hasMessageContaining("Node n" + (failed + 1) + " could not")
                    .hasMessageEndingWith("A statement has failed there before, and the failure was passed over.");

            assertThat(Cluster.nodesWith(embedded, 1)).isZero();
            assertThat(Cluster.prepared(embedded)).isZero();
            Cluster.close(again);
            List<Participant> known = cluster.write(7 + failed, Cluster.NOBODY);
            commits.commit(known);
            Cluster.close(known);
        }
    }

    @Test
    void namesTheTablesThatAreMissing() throws SQLException {
        embedded.node("n2").primary().execute("drop schema shardloom cascade");
        List<Participant> parts = cluster.write(1, Cluster.NOBODY);

        assertThatThrownBy(() -> commits.commit(parts))
                .isInstanceOf(RolledBackException.class)
                .hasMessageStartingWith("Node n2 lacks the tables for commits that span nodes. Run this on every node:"
                        + " create schema if not exists shardloom; create table if not exists shardloom.atomic_node")
                .hasMessageEndingWith("Nothing is committed on any node.");

        assertThat(Cluster.nodesWith(embedded, 1)).isZero();
        assertThat(commits.faults())
                .singleElement()
                .asString()
                .startsWith("shardloom.node.n2.primary = ")
                .contains("lacks the tables");
        Cluster.created(embedded);
        assertThat(commits.faults()).isEmpty();
        Cluster.close(parts);
    }

    @Test
    void noticesADatabaseThatWasReplacedSinceItWasLastAsked() throws SQLException {
        List<Participant> first = cluster.write(1, Cluster.NOBODY);
        commits.commit(first);
        Cluster.close(first);
        embedded.node("n3").primary().execute("update shardloom.atomic_node set identity = gen_random_uuid()");
        List<Participant> second = cluster.write(2, Cluster.NOBODY);

        assertThatThrownBy(() -> commits.commit(second))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("node n3 was replaced by another one since it was last asked. Try again.");

        Cluster.close(second);
        List<Participant> third = cluster.write(2, Cluster.NOBODY);
        commits.commit(third);
        assertThat(Cluster.nodesWith(embedded, 2)).isEqualTo(3);
        Cluster.close(third);
    }

    @Test
    void writesTheDecisionToDiskEvenWhereCommitsNeedNot() throws SQLException {
        List<String> settings = new ArrayList<>();
        List<Participant> parts = cluster.write(1, new Tap.Listener() {
            @Override
            public void before(String node, String sql) throws SQLException {
                if (node.equals("n3") && sql.equals("commit")) {
                    settings.add("decided");
                }
            }
        });
        for (Participant part : parts) {
            Cluster.run(part, "set synchronous_commit = off");
        }
        Connection decider = parts.get(2).connection();
        embedded.node("n3")
                .primary()
                .executeAsSuperuser(
                        """
                create function public.note() returns trigger language plpgsql as $$
                begin
                    insert into public.noted values (current_setting('synchronous_commit'));
                    return null;
                end $$""", "create table public.noted (value text)", "grant all on public.noted to public", """
                create constraint trigger note after insert on shardloom.atomic_decision
                deferrable initially deferred for each row execute function public.note()""");

        commits.commit(parts);

        assertThat(settings).containsExactly("decided");
        assertThat(embedded.node("n3").primary().value("select value from public.noted"))
                .isEqualTo("on");
        try (var statement = decider.createStatement();
                var row = statement.executeQuery("show synchronous_commit")) {
            row.next();
            assertThat(row.getString(1)).isEqualTo("off");
        }
        decider.rollback();
        Cluster.close(parts);
    }

    @Test
    void tellsLostAnswersOfOneNodeApartFromFailures() throws SQLException {
        embedded.node("n2").primary().execute("insert into entry values (1)");
        List<Participant> parts = cluster.write(1, new Tap.Listener() {
            @Override
            public void after(String node, String sql) throws SQLException {
                if (node.equals("n1")) {
                    throw new SQLException("gone", "08006");
                }
            }
        });

        InDoubtException lost = catchThrowableOfType(InDoubtException.class, () -> commits.commit(parts.subList(0, 1)));

        assertThat(lost)
                .hasMessage(
                        "The connection to node n1 was lost while it committed (gone). It alone was written to, so no"
                                + " other node waits for it; whether it has committed shows in its rows.");
        assertThat(lost.transactionId()).isEmpty();
        assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(2);
        assertThatThrownBy(() -> commits.commit(parts.subList(1, 2)))
                .isInstanceOf(RolledBackException.class)
                .hasMessageStartingWith("Node n2 could not commit: ERROR: duplicate key");
        Cluster.close(parts);
    }

    @Test
    void connectsApartFromThePools() throws SQLException {
        try (NodePools pools = cluster.pools();
                AtomicCommit ofPools = AtomicCommit.of(cluster.nodes(), pools)) {
            List<Participant> parts = new ArrayList<>();
            for (var node : cluster.nodes()) {
                Participant part = Participant.wrote(node, pools.connection(node, false));
                Cluster.run(part, "insert into entry values (1)");
                parts.add(part);
            }

            ofPools.commit(parts);

            Cluster.close(parts);
            assertThat(ofPools.faults()).isEmpty();
            assertThat(ofPools.recovery().run()).isEqualTo(new RecoveryReport(0, 0, List.of(), Map.of()));
            assertThat(pools.status()).allMatch(status -> status.active() == 0);
        }
    }

    private static void assertNoTransactionIsOpen(List<Participant> parts) throws SQLException {
        assertThat(parts).isNotEmpty();
        for (var node : embedded.nodes()) {
            assertThat(node.primary()
                            .value("select count(*) from pg_stat_activity where state like 'idle in transaction%'"))
                    .isEqualTo("0");
        }
    }
}
