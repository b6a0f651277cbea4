package io.shardloom.server;

import static io.shardloom.server.Statuses.awaitState;
import static io.shardloom.server.Statuses.connectionTo;
import static io.shardloom.server.Statuses.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.choice.ReadTarget;
import io.shardloom.config.Configuration;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Node;
import io.shardloom.topology.ServerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Addresses that lead to servers of another node, by mistake or from some time on. */
@WithCluster(nodes = 2, replicas = 2, shared = false)
class WrongNodeIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int READERS = 3;
    /** What a connect of a pool sends, and that of a probe does not. */
    private static final String WORK_CONNECTS = "application_name\0shardloom\0";

    private static EmbeddedCluster cluster;

    private EmbeddedNode n1;
    private EmbeddedServer first;
    private EmbeddedServer second;
    private Configuration configuration;

    @BeforeEach
    void prepare() throws SQLException {
        n1 = cluster.node("n1");
        first = n1.replica(0);
        second = n1.replica(1);
        Load.prepare(n1.primary());
        cluster.awaitReplicas();
    }

    /** Whichever of the two answers first. */
    @Test
    void aPrimaryOfAnotherClusterNamedAsAReplicaDoesNotTakeTheWrites() {
        EmbeddedServer stranger = cluster.node("n2").primary();
        Map<String, String> properties = properties();
        properties.put("shardloom.node.n1.replicas", stranger.jdbcUrl());
        properties.keySet().removeIf(name -> name.startsWith("shardloom.node.n2."));
        Configuration configuration = Configuration.read(properties);
        for (int start = 0; start < 10; start++) {
            try (NodePools pools = NodePools.open(configuration)) {
                assertThat(pools.writeTarget(configuration.nodes().get(0)).port())
                        .isEqualTo(n1.primary().port());
                awaitState(pools, stranger, ServerState.WRONG_NODE);
            }
        }
    }

    @Rounds.Fault
    void aReplicaOfAnotherNodeIsNotRead() {
        EmbeddedServer stranger = cluster.node("n2").replica(0);
        Map<String, String> properties = properties();
        properties.put("shardloom.node.n1.replicas", first.jdbcUrl() + ", " + stranger.jdbcUrl());
        properties.remove("shardloom.node.n2.replicas");
        Configuration configuration = Configuration.read(properties);
        try (NodePools pools = NodePools.open(configuration)) {
            awaitState(pools, stranger, ServerState.WRONG_NODE);
            Load load = new Load(pools, configuration.nodes().get(0), READERS, 0, ReadTarget.ANY);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), n1.primary().port()));
            }
            assertThat(load.failedReads).isEmpty();
            assertThat(load.ports()).doesNotContain(stranger.port());
            assertThat(status(pools, stranger).lastError().orElseThrow()).contains("system identifier");
        }
    }

    @Rounds.Fault
    void aReplicaThatIsAttachedToAnotherNodeWhileReadsGoOnIsLeftOutAndComesBack() throws Exception {
        EmbeddedServer stranger = cluster.node("n2").replica(0);
        try (Junction junction = new Junction(first.port());
                NodePools pools = open(junction.url(cluster.database()) + ", " + second.jdbcUrl())) {
            Load load = new Load(pools, node(), READERS, 1);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), second.port()));

                junction.leadTo(stranger.port());
                awaitState(pools, junction.port(), ServerState.WRONG_NODE);
                load.awaitReadsFrom(Set.of(second.port()));
                load.awaitWrites(20);
                assertThat(load.ports()).doesNotContain(stranger.port());
                assertThat(status(pools, junction.port()).lastError().orElseThrow())
                        .contains("system identifier");
                junction.leadTo(first.port());

                load.awaitReadsFrom(Set.of(first.port(), second.port()));
            }
            assertThat(load.ports()).doesNotContain(stranger.port());
            assertThat(load.mostFailedReadsOfAClient())
                    .as("%s", load.failedReads)
                    .isLessThanOrEqualTo(1);
            assertThat(load.failedWrites).isEmpty();
        }
    }

    /** As a pool's connect that hangs while a name leads to a wrong server, and goes on when the name is right again. */
    @Rounds.Fault
    void aConnectionThatWasBegunToAnotherNodesReplicaIsNotReadFromWhenItIsThereAtLast() throws Exception {
        EmbeddedServer stranger = cluster.node("n2").replica(0);
        try (Junction junction = new Junction(first.port());
                NodePools pools = open(junction.url(cluster.database()) + ", " + second.jdbcUrl())) {
            Load load = new Load(pools, node(), READERS, 0);
            try (load) {
                load.awaitReadsFrom(Set.of(first.port(), second.port()));

                junction.hold(WORK_CONNECTS);
                junction.leadTo(stranger.port());
                Await.until("a pool's connect hangs", SOON, junction::holdsSome);
                awaitState(pools, junction.port(), ServerState.WRONG_NODE);
                junction.leadToKeepingHeld(first.port());
                awaitState(pools, junction.port(), ServerState.UP);
                junction.letGo(); // HikariCP connects one by one, so this connection comes before any other

                load.awaitReadsFrom(Set.of(first.port(), second.port()));
            }
            assertThat(load.ports()).doesNotContain(stranger.port());
        }
    }

    @Rounds.Fault
    void aNewConnectionToAnotherNodesReplicaIsNotReadFromThoughAllOldOnesAreRight() throws Exception {
        EmbeddedServer stranger = cluster.node("n2").replica(0);
        try (Junction junction = new Junction(first.port());
                NodePools pools = open(junction.url(cluster.database()))) {
            awaitState(pools, junction.port(), ServerState.UP);
            List<Connection> held = new ArrayList<>();
            try {
                held.add(connectionTo(first, pools, node()));
                junction.leadNewTo(stranger.port());

                Await.until("it is seen", SOON, () -> {
                    Connection connection = pools.connection(node(), ReadTarget.PREFER_REPLICA);
                    int port = Load.intOf(connection, "select inet_server_port()");
                    assertThat(port).isIn(first.port(), n1.primary().port());
                    if (port == first.port()) {
                        held.add(connection);
                    } else {
                        connection.close();
                    }
                    return status(pools, junction.port()).state() == ServerState.WRONG_NODE;
                });
                assertThat(status(pools, junction.port()).lastError().orElseThrow())
                        .contains("system identifier");
            } finally {
                closeAll(held);
            }
        }
    }

    private NodePools open(String replicas) {
        Map<String, String> properties = properties();
        properties.put("shardloom.node.n1.replicas", replicas);
        configuration = Configuration.read(properties);
        assertThat(configuration.faults()).isEmpty();
        return NodePools.open(configuration);
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.health.interval", "100ms");
        properties.put("shardloom.health.timeout", "5s"); // a busy machine is no fault
        properties.put("shardloom.connect-timeout", "15s");
        properties.put("shardloom.hikari.maximumPoolSize", "5");
        return properties;
    }

    private Node node() {
        return configuration.nodes().get(0);
    }

    private static void closeAll(List<Connection> connections) throws SQLException {
        for (Connection connection : connections) {
            connection.close();
        }
    }
}
