package io.shardloom.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.config.Configuration;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A replica that gave no connection in time is left out for a moment. */
@WithCluster(nodes = 1, replicas = 1)
class BusyReplicaIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void itIsReadAgainSoonHoweverSeldomServersAreProbed(EmbeddedCluster cluster) throws SQLException {
        int primary = cluster.node("n1").primary().port();
        int replica = cluster.node("n1").replica(0).port();
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.health.interval", "60m");
        properties.put("shardloom.hikari.maximumPoolSize", "1");
        properties.put("shardloom.hikari.connectionTimeout", "5000"); // what a pool so young waits for a connection
        Configuration configuration = Configuration.read(properties);
        Node node = configuration.nodes().get(0);
        try (NodePools pools = NodePools.open(configuration)) {
            Await.until("the pool of the replica is open", SOON, () -> readPort(pools, node) == replica);

            try (Connection theOnlyOne = pools.connection(node, true)) {
                assertThat(port(theOnlyOne)).isEqualTo(replica);
                assertThat(readPort(pools, node)).isEqualTo(primary);
            }

            Await.until("the replica is read again", SOON, () -> readPort(pools, node) == replica);
        }
    }

    private static int readPort(NodePools pools, Node node) throws SQLException {
        try (Connection connection = pools.connection(node, true)) {
            return port(connection);
        }
    }

    private static int port(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select inet_server_port()")) {
            row.next();
            return row.getInt(1);
        }
    }
}
