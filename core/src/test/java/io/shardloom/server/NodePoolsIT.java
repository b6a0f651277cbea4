package io.shardloom.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.config.Configuration;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Node;
import io.shardloom.topology.ServerState;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 1, replicas = 2, shared = false)
class NodePoolsIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void writesGoToThePrimaryAndReadsAreSpreadOverTheReplicas(EmbeddedCluster cluster) throws SQLException {
        EmbeddedNode embedded = cluster.node("n1");
        Configuration configuration = configuration(cluster);
        try (NodePools pools = NodePools.open(configuration)) {
            Node node = configuration.nodes().get(0);
            int first = embedded.replica(0).port();
            int second = embedded.replica(1).port();
            awaitReads(pools, node, Set.of(first, second)); // the pools of replicas open at their first use
            List<Long> before = served(pools);

            List<Integer> reads = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int expected = pools.readTarget(node).port();
                reads.add(port(pools, node, true));
                assertThat(reads.get(i)).isEqualTo(expected);
            }

            assertThat(port(pools, node, false)).isEqualTo(embedded.primary().port());
            assertThat(reads.subList(0, 2)).containsExactlyInAnyOrder(first, second);
            assertThat(reads.subList(2, 6)).containsExactly(reads.get(0), reads.get(1), reads.get(0), reads.get(1));
            assertThat(pools.status())
                    .extracting(ServerStatus::role)
                    .containsExactly(ServerRole.PRIMARY, ServerRole.REPLICA, ServerRole.REPLICA);
            List<Long> after = served(pools);
            assertThat(IntStream.range(0, 3).mapToObj(i -> after.get(i) - before.get(i)))
                    .containsExactly(1L, 3L, 3L);
            assertThat(pools.status()).extracting(ServerStatus::active).containsOnly(0);
        }
    }

    @Test
    void randomReadsUseEveryReplica(EmbeddedCluster cluster) throws SQLException {
        Configuration configuration = configuration(cluster, "shardloom.replica.choice", "random");
        try (NodePools pools = NodePools.open(configuration)) {
            Node node = configuration.nodes().get(0);
            EmbeddedNode embedded = cluster.node("n1");
            Set<Integer> replicas =
                    Set.of(embedded.replica(0).port(), embedded.replica(1).port());
            awaitReads(pools, node, replicas);

            assertThat(Set.copyOf(ports(pools, node, 60))).isEqualTo(replicas);
        }
    }

    @Test
    void setsUpConnectionsWithoutAStatement(EmbeddedCluster cluster) throws SQLException {
        Map<String, String> properties = properties(cluster);
        properties.compute(
                "shardloom.node.n1.primary",
                (name, url) -> url + (String.valueOf(url).contains("?") ? "&" : "?") + "options=-c%20work_mem%3D5MB");
        Configuration configuration = Configuration.read(properties);
        try (NodePools pools = NodePools.open(configuration);
                Connection connection = pools.connection(configuration.nodes().get(0), false)) {
            assertThat(connection.getAutoCommit()).isFalse();
            assertThat(value(connection, "show plan_cache_mode")).isEqualTo("force_generic_plan");
            assertThat(value(connection, "show work_mem")).isEqualTo("5MB");
            assertThat(value(connection, "show application_name")).isEqualTo("shardloom");
        }
        try (NodePools pools = NodePools.open(configuration(cluster, "shardloom.layout", "plain"));
                Connection connection = pools.connection(configuration.nodes().get(0), false)) {
            assertThat(value(connection, "show plan_cache_mode")).isEqualTo("auto");
        }
    }

    @Test
    void workHasTheConnectionThatTheStartHasAskedOver(EmbeddedCluster cluster) throws SQLException {
        Map<String, String> properties = properties(cluster);
        properties.remove("shardloom.node.n1.replicas");
        properties.put("shardloom.health.interval", "60s"); // no question but the first
        properties.put("shardloom.hikari.minimumIdle", "0");
        properties.put("shardloom.hikari.dataSource.socketTimeout", "77");
        properties.put("shardloom.hikari.dataSource.ApplicationName", "asked-over");
        Configuration configuration = Configuration.read(properties);
        EmbeddedServer primary = cluster.node("n1").primary();
        Await.until("the probes of other tests have ended", SOON, () -> primary.value(
                        "select count(*) from pg_stat_activity where application_name = 'shardloom-health'")
                .equals("0"));
        try (NodePools pools = NodePools.open(configuration);
                Connection connection = pools.connection(configuration.nodes().get(0), false)) {
            assertThat(connection.getNetworkTimeout()).isEqualTo(77_000);
            // The pool may have made a second one since, on a slow machine.
            assertThat(value(
                            connection,
                            "select pid = pg_backend_pid() from pg_stat_activity where application_name in"
                                    + " ('asked-over', 'shardloom-health') order by backend_start limit 1"))
                    .isEqualTo("t");
        }
    }

    @Test
    void aPoolWhoseFirstConnectionDiesWhileItIsSetUpStartsAnew(EmbeddedCluster cluster) throws Exception {
        try (Junction junction = new Junction(cluster.node("n1").primary().port())) {
            Map<String, String> properties = properties(cluster);
            properties.put("shardloom.node.n1.primary", junction.url(cluster.database()) + "?sslmode=disable");
            properties.remove("shardloom.node.n1.replicas");
            Configuration configuration = Configuration.read(properties);
            junction.cutOnceAt("TRANSACTION ISOLATION LEVEL"); // which HikariCP asks the first connection alone

            try (NodePools pools = NodePools.open(configuration);
                    Connection connection =
                            pools.connection(configuration.nodes().get(0), false)) {
                assertThat(junction.hasCut()).isTrue();
                assertThat(value(connection, "select 'well'")).isEqualTo("well");
            }
        }
    }

    @Test
    void leavesOutReplicasThatGiveNoConnection(EmbeddedCluster cluster) throws SQLException {
        EmbeddedNode embedded = cluster.node("n1");
        Configuration configuration = configuration(cluster, "shardloom.hikari.maximumPoolSize", "2");
        try (NodePools pools = NodePools.open(configuration)) {
            Node node = configuration.nodes().get(0);
            Set<Integer> both =
                    Set.of(embedded.replica(0).port(), embedded.replica(1).port());
            awaitReads(pools, node, both); // the pools of replicas open at their first use

            try {
                embedded.replica(0).stopImmediate();
                awaitReads(pools, node, Set.of(embedded.replica(1).port()));
                Await.until(
                        "it is known to be down",
                        SOON,
                        () -> pools.status().get(1).state().equals(ServerState.DOWN));
                List<Integer> oneLeft = ports(pools, node, 6);
                String lastError = pools.status().get(1).lastError().orElseThrow();
                embedded.replica(1).stopImmediate();
                awaitReads(pools, node, Set.of(embedded.primary().port()));

                assertThat(oneLeft).containsOnly(embedded.replica(1).port());
                assertThat(lastError).as("no read has waited for it").doesNotContain("timed out");
                assertThat(pools.readTarget(node)).isEqualTo(node.primary());
            } finally {
                embedded.replica(0).start();
                embedded.replica(1).start();
            }

            awaitReads(pools, node, both);
        }
    }

    @Test
    void reportsEveryUnreachablePrimaryWithItsReason(EmbeddedCluster cluster) throws IOException {
        Map<String, String> properties = properties(cluster);
        String url = String.valueOf(properties.get("shardloom.node.n1.primary"));
        properties.put("shardloom.node.n1.password", "hush");

        try (Socket deaf = new Socket()) {
            deaf.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)); // so that nobody else listens there
            String dead = "jdbc:postgresql://127.0.0.1:" + deaf.getLocalPort() + "/shop";
            properties.put("shardloom.node.n2.primary", dead);
            assertThat(Openings.failure(
                            limit -> {
                                properties.put("shardloom.connect-timeout", limit);
                                return Configuration.read(properties);
                            },
                            "refused the user"))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageStartingWith("Shardloom cannot start: 2 faults in the set-up.")
                    .hasMessageContaining("1. shardloom.node.n1.primary = " + url + ": the server refused the user "
                            + cluster.user() + " (FATAL: password authentication failed for user \"" + cluster.user()
                            + "\"). Check shardloom.user and shardloom.password, or shardloom.node.n1.user and"
                            + " shardloom.node.n1.password.")
                    .hasMessageContaining("2. shardloom.node.n2.primary = " + dead + ": no connection after ")
                    .hasMessageContaining(" s (Connection refused). Start the server or correct the address.")
                    .message()
                    .doesNotContain("hush");
        }
    }

    @Test
    void namesADatabaseThatIsMissing(EmbeddedCluster cluster) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties("nowhere"));

        assertThatThrownBy(() -> NodePools.open(Configuration.read(properties)))
                .hasMessageEndingWith(
                        ": the server has no database 'nowhere'. Create it, or correct its name in the address.");
    }

    @Test
    void doesNotWaitForASilentServerLongerThanToldTo(EmbeddedCluster cluster) throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Map<String, String> properties = properties(cluster);
            properties.put(
                    "shardloom.node.n2.primary", "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/shop");
            properties.put("shardloom.connect-timeout", "500ms");
            long start = System.nanoTime();

            assertThatThrownBy(() -> NodePools.open(Configuration.read(properties)))
                    .hasMessageContaining("(the server does not answer). Start the server or correct the address.");
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        }
    }

    @Test
    void saysWhenTheNodeHasNoConnectionToGive(EmbeddedCluster cluster) throws SQLException {
        Configuration configuration = configuration(
                cluster, "shardloom.hikari.maximumPoolSize", "1", "shardloom.hikari.connectionTimeout", "300");
        try (NodePools pools = NodePools.open(configuration);
                Connection held = patient(pools, configuration.nodes().get(0))) {
            assertThat(held.isClosed()).isFalse();
            assertThatThrownBy(() -> pools.connection(configuration.nodes().get(0), false))
                    .isInstanceOf(ServerUnavailableException.class)
                    .hasMessageMatching(
                            "The primary 127\\.0\\.0\\.1:\\d+/\\w+ of node n1 gave no connection in \\d+\\.\\d s"
                                    + " \\(.*; pool: 1 in use, 0 idle\\)\\. Look after the server, or raise"
                                    + " shardloom\\.hikari\\.maximumPoolSize if all connections are in use\\.");
        }
    }

    /** Takes a connection, which may take longer to come about than the pool has to wait. */
    private static Connection patient(NodePools pools, Node node) {
        List<Connection> taken = new ArrayList<>();
        Await.until("the pool gives a connection", SOON, () -> taken.add(pools.connection(node, false)));
        return taken.get(0);
    }

    private static List<Long> served(NodePools pools) {
        return pools.status().stream().map(ServerStatus::served).toList();
    }

    /** Waits out the connections that the pool used a moment before the server died and has not seen broken yet. */
    private static void awaitReads(NodePools pools, Node node, Set<Integer> wanted) {
        Await.until("reads go to " + wanted, SOON, () -> {
            try {
                return Set.copyOf(ports(pools, node, 4)).equals(wanted);
            } catch (SQLException e) {
                return false;
            }
        });
    }

    private static List<Integer> ports(NodePools pools, Node node, int count) throws SQLException {
        List<Integer> ports = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            ports.add(port(pools, node, true));
        }
        return ports;
    }

    private static int port(NodePools pools, Node node, boolean readOnly) throws SQLException {
        try (Connection connection = pools.connection(node, readOnly)) {
            assertThat(connection.isReadOnly()).isEqualTo(readOnly);
            return Integer.parseInt(value(connection, "select inet_server_port()"));
        }
    }

    private static String value(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        } finally {
            connection.rollback();
        }
    }

    private static Configuration configuration(EmbeddedCluster cluster, String... more) {
        Map<String, String> properties = properties(cluster);
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        Configuration configuration = Configuration.read(properties);
        assertThat(configuration.faults()).isEmpty();
        return configuration;
    }

    private static Map<String, String> properties(EmbeddedCluster cluster) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.health.timeout", "5s"); // a busy machine is no fault
        return properties;
    }
}
