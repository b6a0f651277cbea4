package io.shardloom.server;

import static io.shardloom.server.Statuses.awaitState;
import static io.shardloom.server.Statuses.connectionTo;
import static io.shardloom.server.Statuses.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.choice.ReadTarget;
import io.shardloom.config.Configuration;
import io.shardloom.event.ShardingEvent;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What happens to a node's replicas while clients read and write. */
@WithCluster(nodes = 2, replicas = 2, shared = false, settings = "max_connections=40")
class ReplicaFaultsIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    /** How far behind a replica may be where that is what is tested. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private static final int READERS = 3;

    private static EmbeddedCluster cluster;

    private EmbeddedNode n1;
    private EmbeddedServer first;
    private EmbeddedServer second;
    private Configuration configuration;

    enum Death {
        STOP,
        STOP_IMMEDIATE,
        KILL;

        void befall(EmbeddedServer server) {
            switch (this) {
                case STOP -> server.stop();
                case STOP_IMMEDIATE -> server.stopImmediate();
                case KILL -> server.kill();
            }
        }
    }

    static List<Death> deaths() {
        return Collections.nCopies(Rounds.COUNT, List.of(Death.values())).stream()
                .flatMap(List::stream)
                .toList();
    }

    @BeforeEach
    void prepare() throws SQLException {
        n1 = cluster.node("n1");
        first = n1.replica(0);
        second = n1.replica(1);
        Load.prepare(n1.primary());
        cluster.awaitReplicas();
    }

    @ParameterizedTest
    @MethodSource("deaths")
    void aReplicaDiesAndComesBack(Death death) {
        List<ShardingEvent> events = new CopyOnWriteArrayList<>();
        try (NodePools pools = open("shardloom.replica.max-lag", "10m")) { // to catch up may take its time
            pools.addListener(event -> {
                throw new IllegalStateException("a listener that fails disturbs nobody");
            });
            pools.addListener(events::add);
            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), second.port()));

                death.befall(first);
                awaitState(pools, first, ServerState.DOWN);
                long out = System.nanoTime();
                load.awaitReadsFrom(Set.of(second.port()));
                load.awaitWrites(20);
                long end = System.nanoTime();
                first.start();

                load.awaitReadsFrom(Set.of(first.port(), second.port()));
                assertThat(load.portsBetween(out, end)).contains(second.port()).doesNotContain(first.port());
            }
            assertThat(load.mostFailedReadsOfAClient())
                    .as("%s", load.failedReads)
                    .isLessThanOrEqualTo(1);
            assertThat(load.failedWrites).isEmpty();
            Server server = status(pools, first).server();
            Await.until("its return is told", SOON, () -> events.size() > 1);
            assertThat(events).hasSize(2).last().isEqualTo(new ShardingEvent.ServerBack("n1", server));
            assertThat(events.get(0)).isInstanceOfSatisfying(ShardingEvent.ServerLeftOut.class, out -> {
                assertThat(out.server()).isEqualTo(server);
                assertThat(out.state()).isEqualTo(ServerState.DOWN);
                assertThat(out.reason()).isNotBlank();
            });
        } finally {
            first.start();
        }
    }

    @Rounds.Fault
    void aReplicaHangsAndGoesOn() {
        try (NodePools pools = open()) {
            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), second.port()));

                first.pause();
                awaitState(pools, first, ServerState.DOWN);
                long out = System.nanoTime();
                load.awaitReadsFrom(Set.of(second.port()));
                Await.until("no read hangs", SOON, () -> status(pools, first).active() == 0);
                long end = System.nanoTime();
                first.resume();

                load.awaitReadsFrom(Set.of(first.port(), second.port()));
                assertThat(load.portsBetween(out, end)).contains(second.port()).doesNotContain(first.port());
            }
            assertThat(load.mostFailedReadsOfAClient())
                    .as("%s", load.failedReads)
                    .isLessThanOrEqualTo(1);
            assertThat(load.failedWrites).isEmpty();
        } finally {
            first.resume();
        }
    }

    @Rounds.Fault
    void aReplicaThatFallsBehindIsLeftOutUntilItHasCaughtUp() throws SQLException {
        try (NodePools pools =
                open("shardloom.replica.max-lag", "10m", "shardloom.node.n1.max-lag", LIMIT.toMillis() + "ms")) {
            Await.until("an idle primary makes no lag", SOON, () -> staysFreshOnAnIdlePrimary(pools));

            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                awaitState(pools, first, ServerState.LAGGING);
                long out = System.nanoTime();
                load.awaitReadsFrom(Set.of(second.port()));
                ServerStatus behind = status(pools, first);
                long end = System.nanoTime();
                first.executeAsSuperuser("select pg_wal_replay_resume()");

                load.awaitReadsFrom(Set.of(first.port(), second.port()));
                assertThat(load.portsBetween(out, end)).contains(second.port()).doesNotContain(first.port());
                assertThat(behind.lagBytes().orElseThrow()).isPositive();
                assertThat(behind.lag().orElseThrow()).isGreaterThan(LIMIT);
                assertThat(behind.lastError().orElseThrow()).contains("behind its primary");
            }
            assertThat(load.failedReads).isEmpty();
        } finally {
            first.executeAsSuperuser("select pg_wal_replay_resume()");
        }
    }

    /** The server's own housekeeping writes a little, so that not every attempt finds the primary idle. */
    private boolean staysFreshOnAnIdlePrimary(NodePools pools) throws SQLException {
        first.executeAsSuperuser("select pg_wal_replay_resume()");
        n1.awaitReplicas();
        first.executeAsSuperuser("select pg_wal_replay_pause()");
        long paused = System.nanoTime();
        Await.until("the limit has passed", SOON, () -> System.nanoTime() - paused > 2 * LIMIT.toNanos());
        ServerStatus status = status(pools, first);
        return status.state() == ServerState.UP && status.lag().equals(Optional.of(Duration.ZERO));
    }

    @Rounds.Fault
    void readsGoToThePrimaryWhenNoReplicaIsLeft() {
        try (NodePools pools = open()) {
            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), second.port()));

                first.kill();
                second.kill();

                load.awaitReadsFrom(Set.of(n1.primary().port()));
                awaitState(pools, first, ServerState.DOWN);
                awaitState(pools, second, ServerState.DOWN);
                assertThatThrownBy(() -> pools.connection(node(), ReadTarget.REPLICA))
                        .isInstanceOf(ServerUnavailableException.class)
                        .hasMessageStartingWith("Node n1 has no replica that may be read now (")
                        .hasMessageContaining(" DOWN: ")
                        .hasMessageEndingWith("Wait for one, or let the read target be prefer-replica.");
                first.start();
                second.start();
                awaitState(pools, first, ServerState.UP);
                awaitState(pools, second, ServerState.UP);
                load.awaitReadsFrom(Set.of(first.port(), second.port()));
            }
            assertThat(load.mostFailedReadsOfAClient())
                    .as("%s", load.failedReads)
                    .isLessThanOrEqualTo(2);
            assertThat(load.failedWrites).isEmpty();
        } finally {
            first.start();
            second.start();
        }
    }

    @Rounds.Fault
    void oneNodeWorksWhileAllServersOfAnotherAreGone() throws SQLException {
        EmbeddedNode n2 = cluster.node("n2");
        Load.prepare(n2.primary());
        cluster.awaitReplicas();
        try (NodePools pools = open("shardloom.failover-timeout", "300ms")) {
            Node other = configuration.nodes().get(1);
            Load load = new Load(pools, other, READERS, 1);
            try (load) {
                load.awaitWrites(10);
                n1.servers().forEach(EmbeddedServer::kill);

                awaitState(pools, n1.primary(), ServerState.DOWN);
                assertThatThrownBy(() -> pools.connection(node(), false))
                        .isInstanceOf(ServerUnavailableException.class)
                        .hasMessageMatching(
                                "Node n1 has had no primary for \\d+\\.\\d s \\(.* DOWN: .*\\)\\. Nothing was"
                                        + " sent\\. Look after its servers, or promote a replica: it is found by itself\\.");
                load.awaitWrites(50);
                load.awaitReadsFrom(Set.of(n2.replica(0).port(), n2.replica(1).port()));
                n1.servers().forEach(EmbeddedServer::start);
                Await.until("n1 works again", SOON, () -> {
                    pools.connection(node(), false).close();
                    pools.connection(node(), ReadTarget.REPLICA).close();
                    return true;
                });
            }
            assertThat(load.failedReads).isEmpty();
            assertThat(load.failedWrites).isEmpty();
            assertThat(load.check(n2.primary())).isEqualTo("0 lost, 0 doubled, 0 done though said not to be");
        } finally {
            n1.servers().forEach(EmbeddedServer::start);
        }
    }

    @Rounds.Fault
    void connectionsThatAreCutCostEachClientOneStatement() {
        try (NodePools pools = open()) {
            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), second.port()));

                first.executeAsSuperuser("select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where backend_type = 'client backend' and application_name = 'shardloom'");

                load.awaitReadsFrom(Set.of(first.port(), second.port()));
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            assertThat(load.mostFailedReadsOfAClient())
                    .as("%s", load.failedReads)
                    .isLessThanOrEqualTo(1);
            assertThat(load.failedWrites).isEmpty();
        }
    }

    @Rounds.Fault
    void aReplicaWithoutAFreeConnectionIsLeftOut() throws SQLException {
        List<Connection> taken = new ArrayList<>();
        // No wait of a pool may last as long as a connect may, nor as work may wait where there is no other server.
        try (NodePools pools =
                open("shardloom.connect-timeout", "2m", "shardloom.hikari.connectionTimeout", "120000")) {
            Await.until("the replica is full", SOON, () -> isFull(first, taken));

            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                // Filled up again and again, as backends of the test before may have ended late.
                Await.until(
                        "the replica refuses",
                        SOON,
                        () -> isFull(first, taken) && status(pools, first).state() == ServerState.REFUSING);
                load.awaitReadsFrom(Set.of(second.port()));
                assertThat(status(pools, first).lastError().orElseThrow()).contains("too many clients");
                closeAll(taken);
                load.awaitReadsFrom(Set.of(first.port(), second.port()));
            }
            assertThat(load.failedReads).isEmpty();
            assertThat(load.failedWrites).isEmpty();
        } finally {
            closeAll(taken);
        }
    }

    @Rounds.Fault
    void aPasswordThatIsChangedStopsNewConnectionsAlone() throws SQLException {
        try (NodePools pools = open("shardloom.hikari.connectionTimeout", "2000")) {
            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), second.port()));

                n1.primary().executeAsSuperuser("alter role " + cluster.user() + " password 'other'");
                load.awaitWrites(20);
                assertThat(load.failedWrites).isEmpty();
                n1.primary()
                        .executeAsSuperuser("select pg_terminate_backend(pid) from pg_stat_activity where"
                                + " backend_type = 'client backend' and application_name like 'shardloom%'"
                                + " and pid <> pg_backend_pid() and usename = '" + cluster.user() + "'");
                Await.until("the password is named", SOON, () -> load.failedWrites.stream()
                        .anyMatch(failure -> String.valueOf(failure.getMessage())
                                .contains("password authentication failed for user")));

                n1.primary()
                        .executeAsSuperuser("alter role " + cluster.user() + " password '" + cluster.password() + "'");
                load.awaitWrites(20);
                load.awaitReadsFrom(Set.of(first.port(), second.port()));
            }
            assertThat(load.check(n1.primary())).isEqualTo("0 lost, 0 doubled, 0 done though said not to be");
        } finally {
            n1.primary().executeAsSuperuser("alter role " + cluster.user() + " password '" + cluster.password() + "'");
        }
    }

    @Test
    void replicasComeAndGoWhileWorkGoesOn() throws SQLException {
        EmbeddedNode n3 = cluster.addNode("n3", 1);
        EmbeddedServer old = n3.replica(0);
        Map<String, String> properties = properties();
        properties.putAll(n3Alone());
        configuration = Configuration.read(properties);
        Node node = configuration.nodes().get(2);
        try (NodePools pools = NodePools.open(configuration);
                Load load = new Load(pools, node, READERS, 0)) {
            load.awaitReadsFrom(Set.of(old.port()));

            EmbeddedServer added = n3.addReplica();
            Server server = pools.addReplica(node, added.jdbcUrl());
            load.awaitReadsFrom(Set.of(old.port(), added.port()));
            Connection held = connectionTo(added, pools, node);
            pools.removeReplica(node, server);
            load.awaitReadsFrom(Set.of(old.port()));

            assertThat(Load.intOf(held, "select 1")).isEqualTo(1);
            held.close();
            Await.until("its connections are closed", SOON, () -> "0"
                    .equals(added.value(
                            "select count(*) from pg_stat_activity where application_name like 'shardloom'")));
            assertThat(load.failedReads).isEmpty();
            assertThatThrownBy(() -> pools.removeReplica(node, node.primary()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("the primary cannot be removed");
            assertThatThrownBy(() -> pools.addReplica(node, old.jdbcUrl()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("already");
        } finally {
            n3.servers().forEach(EmbeddedServer::kill);
        }
    }

    @Test
    void aUnitWithoutReplicasIsGivenOneAndFollowsItsPromotion() throws SQLException {
        EmbeddedNode n4 = cluster.addNode("n4", 1);
        EmbeddedServer replica = n4.replica(0);
        Load.prepare(n4.primary());
        n4.awaitReplicas();
        configuration = Configuration.read(Map.of(
                "shardloom.node.n4.primary", n4.primary().jdbcUrl(),
                "shardloom.user", cluster.user(),
                "shardloom.password", cluster.password(),
                "shardloom.health.interval", "100ms",
                "shardloom.health.timeout", "5s"));
        try (NodePools pools = NodePools.open(configuration)) {
            assertThat(pools.hasReplicas()).isFalse();

            pools.addReplica(node(), replica.jdbcUrl());
            assertThat(pools.hasReplicas()).isTrue();
            awaitState(pools, replica, ServerState.UP);
            n4.primary().kill();
            replica.executeAsSuperuser("select pg_promote(true, 60)");

            Await.until("the promotion is noted", SOON, () -> "2"
                    .equals(replica.value("select max(timeline) from shardloom.node_epoch")));
            assertThat(pools.writeTarget(node()).port()).isEqualTo(replica.port());
        } finally {
            n4.servers().forEach(EmbeddedServer::kill);
        }
    }

    private static Map<String, String> n3Alone() {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.keySet().removeIf(name -> !name.startsWith("shardloom.node.n3."));
        return properties;
    }

    private NodePools open(String... more) {
        Map<String, String> properties = properties();
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        configuration = Configuration.read(properties);
        assertThat(configuration.faults()).isEmpty();
        return NodePools.open(configuration);
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties
                .keySet()
                .removeIf(name -> name.startsWith("shardloom.node.n3.") || name.startsWith("shardloom.node.n4."));
        properties.put("shardloom.health.interval", "100ms");
        properties.put("shardloom.health.timeout", "5s"); // a busy machine is no fault
        properties.put("shardloom.connect-timeout", "15s");
        properties.put("shardloom.hikari.maximumPoolSize", "5");
        return properties;
    }

    private Node node() {
        return configuration.nodes().get(0);
    }

    /** Takes all connections that a server has left; tells whether it says that it has no more. */
    private static boolean isFull(EmbeddedServer server, List<Connection> taken) {
        try {
            while (true) {
                taken.add(server.connectAsSuperuser());
            }
        } catch (SQLException full) {
            return "53300".equals(full.getSQLState());
        }
    }

    private static void closeAll(List<Connection> connections) throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
        connections.clear();
    }
}
