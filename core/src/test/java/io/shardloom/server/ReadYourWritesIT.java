package io.shardloom.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.config.Configuration;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 1, replicas = 2, shared = false)
class ReadYourWritesIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final int CLIENTS = 4;
    private static final int ROUNDS = Integer.getInteger("replicas.rounds", 150);

    private static EmbeddedCluster cluster;

    private EmbeddedNode n1;
    private NodePools pools;
    private Node node;

    @BeforeEach
    void prepare() throws SQLException {
        n1 = cluster.node("n1");
        Load.prepare(n1.primary());
        n1.awaitReplicas();
    }

    private void open(String tokenWait) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.health.interval", "100ms");
        properties.put("shardloom.health.timeout", "5s"); // a busy machine is no fault
        properties.put("shardloom.connect-timeout", "15s");
        properties.put("shardloom.replica.token-wait", tokenWait);
        Configuration configuration = Configuration.read(properties);
        node = configuration.nodes().get(0);
        pools = NodePools.open(configuration);
    }

    @AfterEach
    void close() throws SQLException {
        pools.close();
        for (EmbeddedServer replica : n1.replicas()) {
            replica.executeAsSuperuser("select pg_wal_replay_resume()");
        }
    }

    @Test
    void aReadWithATokenSeesTheWriteFromWhereverItIsRead() throws Exception {
        open("10s");
        Set<Integer> ports = ConcurrentHashMap.newKeySet();
        Set<Integer> stale = ConcurrentHashMap.newKeySet();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        List<Future<?>> work = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            int first = client * ROUNDS;
            work.add(clients.submit(() -> {
                for (int id = first; id < first + ROUNDS; id++) {
                    ReadToken token = ReadToken.parse(write(id).toString());
                    try (Connection read = pools.connection(node, ReadTarget.PREFER_REPLICA, token)) {
                        assertThat(read.isReadOnly()).isTrue();
                        assertThat(read.getAutoCommit()).isFalse();
                        ports.add(Load.intOf(read, "select inet_server_port()"));
                        if (Load.intOf(read, "select count(*) from ledger where id = " + id) != 1) {
                            stale.add(id);
                        }
                        read.rollback();
                    }
                }
                return null;
            }));
        }
        for (Future<?> client : work) {
            client.get();
        }
        clients.shutdown();

        assertThat(stale).isEmpty();
        assertThat(ports).contains(n1.replica(0).port(), n1.replica(1).port());
    }

    @Test
    void aReplicaThatDoesNotComeAsFarIsPassedOver() throws SQLException {
        open("100ms");
        for (EmbeddedServer replica : n1.replicas()) {
            replica.executeAsSuperuser("select pg_wal_replay_pause()");
        }
        ReadToken token = write(1);

        assertThat(port(token)).isEqualTo(n1.primary().port());
        assertThatThrownBy(() -> pools.connection(node, ReadTarget.REPLICA, token))
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageStartingWith("Node n1 has no replica that is as new as asked for (");
        n1.replica(1).executeAsSuperuser("select pg_wal_replay_resume()");

        Await.until(
                "the replica that goes on takes the read",
                SOON,
                () -> port(token) == n1.replica(1).port());
        assertThatThrownBy(() -> pools.connection(node, ReadTarget.ANY, new ReadToken("n2", 1, 1)))
                .hasMessage("The token n2:1:0/1 is of another node than n1. Give each node its own token.");
    }

    @Test
    void workSeesItsOwnWritesWithoutATokenAndComesBackToTheReplicas() throws SQLException {
        open("100ms");
        awaitReadFromAReplica();
        OwnWrites.with(() -> {
            awaitReadFromAReplica();

            for (EmbeddedServer replica : n1.replicas()) {
                replica.executeAsSuperuser("select pg_wal_replay_pause()");
            }
            write(1);

            assertThat(port()).isEqualTo(n1.primary().port());
            for (EmbeddedServer replica : n1.replicas()) {
                replica.executeAsSuperuser("select pg_wal_replay_resume()");
            }
            try (Connection open = pools.connection(node, false)) {
                assertThat(Load.intOf(open, "select count(*) from ledger")).isEqualTo(1);
                assertThat(port()).isEqualTo(n1.primary().port());
            }
            awaitReadFromAReplica();
            try (Connection read = pools.connection(node, true)) {
                assertThat(Load.intOf(read, "select count(*) from ledger")).isEqualTo(1);
            }
            return null;
        });
        awaitReadFromAReplica();
    }

    private void awaitReadFromAReplica() {
        Await.until(
                "a read comes from a replica",
                SOON,
                () -> port() != n1.primary().port());
    }

    private ReadToken write(int id) throws SQLException {
        try (Connection connection = pools.connection(node, false);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into ledger values (" + id + ")");
            connection.commit();
            return pools.token(node, connection);
        }
    }

    private int port() throws SQLException {
        try (Connection read = pools.connection(node, true)) {
            return Load.intOf(read, "select inet_server_port()");
        }
    }

    private int port(ReadToken token) throws SQLException {
        try (Connection read = pools.connection(node, ReadTarget.PREFER_REPLICA, token)) {
            return Load.intOf(read, "select inet_server_port()");
        }
    }
}
