package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 1, replicas = 2, shared = false)
class FaultsIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private final EmbeddedNode node;

    FaultsIT(EmbeddedCluster cluster) {
        this.node = cluster.node("n1");
    }

    @BeforeEach
    void makeTable() throws SQLException {
        node.primary().execute("drop table if exists t", "create table t (id int)");
    }

    @Test
    void aStoppedPrimaryComesBackOnItsPortAndItsReplicasFollowAgain() throws SQLException {
        var primary = node.primary();
        int port = primary.port();
        var pid = primary.pid();

        primary.stop();

        assertThat(primary.isRunning()).isFalse();
        assertThatThrownBy(primary::connect).isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                .isEqualTo("08001"));
        assertThatThrownBy(primary::pid).hasMessageContaining("Call start() first");

        primary.start();

        assertThat(primary.port()).isEqualTo(port);
        assertThat(primary.pid()).isNotEqualTo(pid);
        insertAndAwait(1);
    }

    @Test
    void committedRowsSurviveAKilledPrimary() throws Exception {
        var primary = node.primary();
        insertAndAwait(1);
        try (var open = primary.connect()) {
            var tree = Processes.tree(primary.pid());
            assertThat(tree).hasSizeGreaterThan(4);

            primary.kill();

            assertThat(tree).noneMatch(Processes::alive);
            assertThatThrownBy(() -> EmbeddedServer.run(open, "select 1"))
                    .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                            .as("cut off, or told so by a backend that saw its postmaster go")
                            .matches("08.*|57P01"));
        }

        var logged = Files.readString(primary.log()).length();
        primary.start();

        assertThat(primary.value("select count(*) from t")).isEqualTo("1");
        assertThat(Files.readString(primary.log()).substring(logged)).contains("was not properly shut down");
        insertAndAwait(2);
    }

    @Test
    void anImmediateStopIsFollowedByRecovery() throws SQLException {
        insertAndAwait(1);

        node.primary().stopImmediate();
        node.primary().start();

        insertAndAwait(2);
        assertThat(node.primary().value("select count(*) from t")).isEqualTo("2");
    }

    @Test
    void aPausedServerKeepsConnectionsOpenAndAnswersWhenResumed() throws Exception {
        var primary = node.primary();
        try (var connection = primary.connect()) {
            primary.pause();
            var answer = CompletableFuture.supplyAsync(() -> {
                try {
                    return EmbeddedServer.value(connection, "select 'late'");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });

            assertThat(primary.isPaused()).isTrue();
            assertThat(primary.isRunning()).isTrue();
            Await.until("no process of it does anything", SOON, () -> allStopped(primary));
            assertThat(answer).isNotDone();

            primary.resume();

            assertThat(answer.get(60, TimeUnit.SECONDS)).isEqualTo("late");
            assertThat(primary.isPaused()).isFalse();
        }
    }

    @Test
    void aPausedReplicaIsLeftOutOfWaitsAndCatchesUpWhenResumed() throws SQLException {
        var replica = node.replica(0);
        replica.pause();

        insertAndAwait(1);
        replica.resume();
        node.awaitReplicas();

        assertThat(replica.value("select count(*) from t")).isEqualTo("1");
    }

    @Test
    void aPausedServerCanBeStoppedAndKilled() {
        var replica = node.replica(1);
        replica.pause();
        replica.stop();
        assertThat(replica.isRunning()).isFalse();
        replica.start();
        replica.pause();

        replica.kill();

        assertThat(replica.isRunning()).isFalse();
        replica.start();
        node.awaitReplicas();
    }

    @Test
    void aRestartClosesConnections() throws SQLException {
        try (var open = node.primary().connect()) {
            node.primary().restart();

            assertThatThrownBy(() -> EmbeddedServer.run(open, "select 1")).isInstanceOf(SQLException.class);
        }
        insertAndAwait(1);
    }

    @Test
    void aPromotedReplicaTakesWritesTheOthersFollowItAndTheOldPrimaryCanRejoin() throws SQLException {
        var old = node.primary();
        var candidate = node.replica(0);
        var others = node.replicas().stream().filter(r -> r != candidate).toList();
        insertAndAwait(1);
        old.kill();

        node.promote(candidate);

        assertThat(node.primary()).isSameAs(candidate);
        assertThat(node.replicas()).isNotEmpty().isEqualTo(others);
        assertThat(node.servers()).contains(candidate, old).containsAll(others);
        insertAndAwait(2);
        for (var other : others) {
            assertThat(other.value("select count(*) from t")).isEqualTo("2");
        }

        node.rejoin(old);

        assertThat(node.replicas()).containsAll(others).endsWith(old);
        insertAndAwait(3);
        assertThat(old.value("select count(*) from t")).isEqualTo("3");
        assertThat(old.value("select pg_is_in_recovery()")).isEqualTo("t");
        assertThatThrownBy(() -> node.promote(candidate)).hasMessageContaining("is no replica of node n1 (replicas: [");
        assertThatThrownBy(() -> node.rejoin(candidate))
                .hasMessageContaining("is no former primary and no replica of node n1");

        node.rejoin(others.get(0));

        assertThat(node.replicas()).hasSize(others.size() + 1).endsWith(others.get(0));
        insertAndAwait(4);
        assertThat(others.get(0).value("select count(*) from t")).isEqualTo("4");
    }

    @Test
    void aReplicaThatHasReceivedMoreThanThePromotedOneFollowsItToo() throws SQLException {
        var old = node.primary();
        var candidate = node.replica(0);
        var ahead = node.replica(1);
        insertAndAwait(1);
        candidate.executeAsSuperuser("alter system set primary_conninfo = ''", "select pg_reload_conf()");
        Await.until("it receives nothing more", SOON, () -> candidate
                .value("select count(*) from pg_stat_wal_receiver")
                .equals("0"));
        old.execute("insert into t values (2)");
        Await.until("the other one does", SOON, () -> ahead.value("select count(*) from t")
                .equals("2"));
        old.kill();

        node.promote(candidate);

        insertAndAwait(3);
        for (var server : List.of(candidate, ahead)) {
            assertThat(server.value("select string_agg(id::text, ' ' order by id) from t"))
                    .isEqualTo("1 3");
        }
        node.rejoin(old);
    }

    @Test
    void aReplicaIsAddedWhileThePrimaryTakesWrites() throws Exception {
        var done = new AtomicBoolean();
        var written = new AtomicInteger();
        var writer = Parallel.start("writer", () -> {
            try (var connection = node.primary().connect()) {
                while (!done.get()) {
                    EmbeddedServer.run(connection, "insert into t values (" + written.incrementAndGet() + ")");
                }
            }
        });
        Await.until("writes are under way", SOON, () -> written.get() > 100);

        var before = written.get();
        var replica = node.addReplica();
        var after = written.get();
        Await.until("the writes go on", SOON, () -> written.get() > after + 10);
        done.set(true);
        writer.join();
        node.awaitReplicas();

        assertThat(after).as("written meanwhile").isGreaterThan(before);
        assertThat(node.replicas()).contains(replica);
        assertThat(replica.value("select count(*) || ' ' || count(distinct id) || ' ' || max(id) from t"))
                .isEqualTo(written + " " + written + " " + written);
    }

    private void insertAndAwait(int id) throws SQLException {
        node.primary().execute("insert into t values (" + id + ")");
        node.awaitReplicas();
    }

    private static boolean allStopped(EmbeddedServer server) throws Exception {
        for (var pid : Processes.tree(server.pid())) {
            var state = Shell.run(SOON, null, List.of("sh", "-c", "cat /proc/" + pid + "/stat"))
                    .output();
            if (!state.isEmpty() && !state.startsWith("T", state.lastIndexOf(')') + 2)) {
                return false;
            }
        }
        return true;
    }
}
