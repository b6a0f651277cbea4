package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.shardloom.failure.InDoubtException;
import io.shardloom.failure.RolledBackException;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 3, shared = false)
class RecoveryIT {

    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static int numbers;
    private static EmbeddedCluster embedded;
    private Cluster cluster;
    private int number;

    @BeforeEach
    void create(EmbeddedCluster running) throws SQLException {
        embedded = running;
        cluster = Cluster.created(running);
        number = ++numbers;
    }

    /** Leaves two parts prepared and the decision taken. */
    private void leaveDecided() throws SQLException {
        AtomicCommit commits = cluster.commits();
        List<Participant> parts = cluster.write(number, Cluster.cutOffAfter("n3", "commit"));
        assertThat(commits.commit(parts).pending()).containsExactly("n1", "n2");
        Cluster.close(parts);
        assertThat(Cluster.prepared(embedded)).isEqualTo(2);
    }

    /** Leaves two parts prepared and no decision. */
    private void leaveUndecided() throws SQLException {
        AtomicCommit commits = cluster.commits();
        List<Participant> parts = cluster.write(number, Cluster.cutOffAfter("n2", "reset role; prepare"));
        assertThatThrownBy(() -> commits.commit(parts)).isInstanceOf(RolledBackException.class);
        Cluster.close(parts);
        assertThat(Cluster.prepared(embedded)).isEqualTo(2);
    }

    @Test
    void findsOutWhatBecameOfACommitWhoseAnswerWasLost() throws SQLException {
        AtomicCommit commits = cluster.commits();
        boolean[] lost = {false};
        List<Participant> parts = cluster.write(number, new Tap.Listener() {
            @Override
            public void after(String node, String sql) throws SQLException {
                if (sql.equals("commit") && !lost[0]) {
                    lost[0] = true;
                    throw new SQLException("lost", "08006");
                }
            }
        });

        assertThat(commits.commit(parts).pending()).isEmpty();

        assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
        List<Participant> others = cluster.write(number + 1000, new Tap.Listener() {
            @Override
            public void before(String node, String sql) throws SQLException {
                if (sql.equals("commit")) {
                    throw new SQLException("lost", "08006");
                }
            }
        });
        assertThatThrownBy(() -> commits.commit(others))
                .isInstanceOf(RolledBackException.class)
                .hasMessageContaining("Node n3 could not commit: lost");
        assertThat(Cluster.nodesWith(embedded, number + 1000)).isZero();
        Cluster.close(parts);
        Cluster.close(others);
    }

    @Test
    void commitsWhatIsDecidedAndRollsBackWhatNeverWillBe() throws SQLException {
        leaveDecided();
        assertThat(cluster.commits().recovery().status().inDoubt())
                .extracting(InDoubt::node, InDoubt::state, InDoubt::decidingNode, InDoubt::why)
                .containsExactlyInAnyOrder(
                        tuple(
                                "n1",
                                InDoubt.State.TO_COMMIT,
                                "n3",
                                "node n3 has decided to commit it; recovery has not been here yet."),
                        tuple(
                                "n2",
                                InDoubt.State.TO_COMMIT,
                                "n3",
                                "node n3 has decided to commit it; recovery has not been here yet."));

        RecoveryReport report = cluster.commits().recovery().run();

        assertThat(report.committed()).isEqualTo(2);
        assertThat(report.inDoubt()).isEmpty();
        assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);

        number = ++numbers;
        leaveUndecided();
        assertThat(cluster.commits().recovery().status().inDoubt())
                .extracting(InDoubt::state)
                .containsOnly(InDoubt.State.TO_ROLL_BACK);
        assertThat(cluster.commits().recovery().run().rolledBack()).isEqualTo(2);
        assertThat(Cluster.nodesWith(embedded, number)).isZero();
        assertThat(cluster.commits().recovery().run().rolledBack()).isZero();
        assertThat(Cluster.prepared(embedded)).isZero();
    }

    @Test
    void leavesRunningTransactionsAlone() throws SQLException {
        AtomicCommit commits = cluster.commits();
        Recovery other = cluster.commits(Cluster.NOBODY, RecoverySettings.USUAL).recovery();
        InDoubt.State[] state = {null};
        List<Participant> parts = cluster.write(number, new Tap.Listener() {
            @Override
            public void before(String node, String sql) {
                if (node.equals("n3") && sql.equals("commit")) {
                    RecoveryReport report = other.run();
                    assertThat(report.committed() + report.rolledBack()).isZero();
                    assertThat(report.inDoubt()).hasSize(2).allSatisfy(one -> assertThat(one.why())
                            .matches("the deciding transaction \\d+ is still open on node n3\\."));
                    state[0] = report.inDoubt().get(0).state();
                }
            }
        });

        assertThat(commits.commit(parts).pending()).isEmpty();

        assertThat(state[0]).isEqualTo(InDoubt.State.OPEN);
        assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
        Cluster.close(parts);
    }

    @Test
    void endsADecidingTransactionWhoseClientIsSilent() throws SQLException {
        AtomicCommit commits = cluster.commits();
        Recovery other = cluster.commits().recovery();
        List<Participant> parts = cluster.write(number, new Tap.Listener() {
            @Override
            public void before(String node, String sql) throws SQLException {
                if (node.equals("n3") && sql.equals("commit")) {
                    Await.until("both parts are rolled back", DEADLINE, () -> {
                        other.run();
                        return Cluster.prepared(embedded) == 0;
                    });
                }
            }
        });

        assertThatThrownBy(() -> commits.commit(parts)).isInstanceOf(RolledBackException.class);

        assertThat(Cluster.nodesWith(embedded, number)).isZero();
        Cluster.close(parts);
    }

    @Test
    void twoRecoverersAtOnceDoNoHarm() throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 5; round++) {
                number = ++numbers;
                leaveDecided();
                int decided = number;
                number = ++numbers;
                AtomicCommit commits = cluster.commits();
                List<Participant> parts = cluster.write(number, Cluster.cutOffAfter("n2", "reset role; prepare"));
                assertThatThrownBy(() -> commits.commit(parts)).isInstanceOf(RolledBackException.class);
                Cluster.close(parts);
                Callable<RecoveryReport> run =
                        () -> cluster.commits().recovery().run();

                int committed = 0;
                int rolledBack = 0;
                for (Future<RecoveryReport> report : executor.invokeAll(List.of(run, run, run, run))) {
                    committed += report.get().committed();
                    rolledBack += report.get().rolledBack();
                    assertThat(report.get().inDoubt())
                            .allMatch(one -> one.state() == InDoubt.State.OPEN); // another one is just asking
                }
                Cluster.recover(cluster.commits(), embedded);

                assertThat(committed).isLessThanOrEqualTo(2);
                assertThat(rolledBack).isLessThanOrEqualTo(2);
                assertThat(Cluster.nodesWith(embedded, decided)).isEqualTo(3);
                assertThat(Cluster.nodesWith(embedded, number)).isZero();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void waitsForAnotherRecovererThatIsSlow() throws SQLException {
        leaveDecided();
        try (Connection other = cluster.connect(cluster.nodes().get(2));
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("update shardloom.atomic_decision set decided_at = decided_at");

            RecoveryReport report = cluster.commits().recovery().run();

            assertThat(report.unreachable()).isEmpty();
            assertThat(report.inDoubt()).hasSize(2).extracting(InDoubt::state).containsOnly(InDoubt.State.OPEN);
            other.rollback();
        }
        Cluster.recover(cluster.commits(), embedded);
        assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
    }

    @Test
    void goesOnWhereARecovererWasCutOff() throws SQLException {
        leaveDecided();
        int decided = number;
        for (int step = 0; ; step++) {
            int[] left = {step};
            Recovery recovery = cluster.commits(
                            new Tap.Listener() {
                                @Override
                                public void after(String node, String sql) throws SQLException {
                                    if (left[0]-- == 0) {
                                        throw new SQLException("cut off", "08006");
                                    }
                                }
                            },
                            Cluster.QUICK)
                    .recovery();
            recovery.run();
            if (left[0] >= 0) {
                assertThat(step).isGreaterThan(9);
                break;
            }
        }

        assertThat(Cluster.prepared(embedded)).isZero();
        assertThat(Cluster.nodesWith(embedded, decided)).isEqualTo(3);
    }

    @Test
    void waitsForTheDecidingNode() throws SQLException {
        AtomicCommit commits = cluster.commits();
        List<Participant> parts = cluster.write(number, new Tap.Listener() {
            @Override
            public void before(String node, String sql) {
                if (node.equals("n3") && sql.equals("commit")) {
                    embedded.node("n3").primary().kill();
                }
            }
        });
        assertThatThrownBy(() -> commits.commit(parts))
                .isInstanceOf(InDoubtException.class)
                .hasMessageMatching(
                        "(?s)The connection to node n3 was lost while it committed transaction [-0-9a-f]{36}"
                                + " \\(.*\\), and the outcome could not be asked for \\(.*refused.*\\)\\. All its nodes \\(n1, n2,"
                                + " n3\\) will come to the same end: recovery finishes it when the node answers\\.");
        Cluster.close(parts);

        RecoveryReport report = commits.recovery().run();

        assertThat(report.unreachable()).containsOnlyKeys("n3");
        assertThat(report.inDoubt()).hasSize(2).allSatisfy(one -> {
            assertThat(one.state()).isEqualTo(InDoubt.State.UNKNOWN);
            assertThat(one.why()).startsWith("the deciding node n3 cannot be reached (Connection to 127.0.0.1:");
        });
        embedded.node("n3").primary().start();
        Cluster.recover(commits, embedded);
        assertThat(Cluster.nodesWith(embedded, number)).isZero();
    }

    @Test
    void touchesNothingOfAClusterThatSharesItsServers() throws SQLException {
        embedded.createDatabase("neighbour");
        try {
            leaveDecided();
            // Shares two databases, and calls another one n3.
            var properties = embedded.shardloomProperties();
            properties.put(
                    "shardloom.node.n3.primary", embedded.node("n3").primary().jdbcUrl("neighbour"));
            Recovery neighbour = Cluster.of(properties).commits().recovery();

            assertThat(neighbour.run().inDoubt()).hasSize(2).allSatisfy(one -> {
                assertThat(one.state()).isEqualTo(InDoubt.State.UNKNOWN);
                assertThat(one.why()).contains("It may belong to another cluster that shares this server.");
            });
            assertThat(Cluster.of(embedded.shardloomProperties("neighbour"))
                            .commits()
                            .recovery()
                            .run()
                            .inDoubt())
                    .isEmpty();

            Cluster.recover(cluster.commits(), embedded);
            assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
        } finally {
            embedded.dropDatabase("neighbour");
        }
    }

    @Test
    void saysWhoMayFinishWhatAnotherUserPrepared() throws SQLException {
        leaveDecided();
        embedded.node("n1").primary().executeAsSuperuser("create role auditor login password 'auditor'");
        embedded.node("n1").primary().executeAsSuperuser("grant usage on schema shardloom to auditor");
        embedded.node("n1").primary().executeAsSuperuser("grant all on all tables in schema shardloom to auditor");
        Recovery recovery = new AtomicCommit(
                        cluster.nodes(),
                        node -> node.name().equals("n1")
                                ? DriverManager.getConnection(node.primary().url(), "auditor", "auditor")
                                : cluster.connect(node),
                        Cluster.QUICK,
                        Duration.ZERO,
                        Runnable::run)
                .recovery();

        RecoveryReport report = recovery.run();

        assertThat(report.committed()).isEqualTo(1);
        assertThat(report.inDoubt()).singleElement().satisfies(one -> assertThat(one.why())
                .startsWith("node n1 refuses to finish it (ERROR: permission denied to finish prepared transaction")
                .endsWith("Only the user who prepared it, or a superuser, may."));
        Cluster.recover(cluster.commits(), embedded);
        assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
        embedded.node("n1").primary().executeAsSuperuser("drop owned by auditor", "drop role auditor");
    }

    @Test
    void forgetsDecisionsNoNodeNeeds() throws SQLException {
        cluster.commits().recovery().run();
        assertThat(Cluster.decisions(embedded)).isZero();
        leaveDecided();
        embedded.node("n2").primary().kill();

        RecoveryReport withoutN2 = cluster.commits().recovery().run();

        assertThat(withoutN2.committed()).isEqualTo(1);
        assertThat(withoutN2.unreachable()).containsOnlyKeys("n2");
        assertThat(Cluster.decisionsOn(embedded, "n3")).isEqualTo(1);
        embedded.node("n2").primary().start();
        assertThat(cluster.commits().recovery().run().committed()).isEqualTo(1);
        assertThat(Cluster.decisionsOn(embedded, "n3"))
                .as("it was needed when the pass began")
                .isEqualTo(1);
        cluster.commits(Cluster.NOBODY, RecoverySettings.USUAL).recovery().run();
        assertThat(Cluster.decisionsOn(embedded, "n3")).as("it is young").isEqualTo(1);
        cluster.commits().recovery().run();
        assertThat(Cluster.decisions(embedded)).isZero();
        assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
    }

    @Test
    void runsInTheBackgroundAtTheStartAtIntervalsAndWhenSomethingIsLeft() throws SQLException {
        leaveDecided();
        AtomicInteger told = new AtomicInteger();
        // A commit that this machine is slow with must not be ended by a pass that comes in between.
        RecoverySettings patient = new RecoverySettings(Cluster.QUICK.grace(), Duration.ofMinutes(1), Duration.ZERO);
        Set<Thread> others = recoveryThreads();
        try (AtomicCommit commits = cluster.commits(Cluster.NOBODY, patient)) {
            commits.recovery().start(Duration.ofHours(1), told::incrementAndGet);
            commits.recovery().start(Duration.ofHours(1), told::incrementAndGet);
            Await.until("the first passes have finished it", DEADLINE, () -> Cluster.prepared(embedded) == 0);
            assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
            Await.until("it is told", DEADLINE, () -> told.get() > 0);

            number = ++numbers;
            told.set(0);
            List<Participant> parts = cluster.write(number, Cluster.cutOffAfter("n3", "commit"));
            assertThat(commits.commit(parts).pending()).hasSize(2);
            Await.until("what it has left is finished", DEADLINE, () -> Cluster.prepared(embedded) == 0);
            Await.until("that is told", DEADLINE, () -> told.get() > 0);
            Cluster.close(parts);
        }
        Await.until("closing has ended it", DEADLINE, () -> others.containsAll(recoveryThreads()));
        number = ++numbers;
        leaveUndecided();
        told.set(0);
        try (AtomicCommit commits = cluster.commits()) {
            commits.recovery().start(Duration.ofMillis(20), told::incrementAndGet);
            Await.until("what others have left is finished", DEADLINE, () -> Cluster.prepared(embedded) == 0);
        }
        assertThat(Cluster.nodesWith(embedded, number)).isZero();
        assertThat(told).as("nothing was committed").hasValue(0);
    }

    private static Set<Thread> recoveryThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("shardloom-recovery"))
                .collect(Collectors.toSet());
    }
}
