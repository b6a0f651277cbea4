package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.ReadOnlyException;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.server.ServerRole;
import io.shardloom.server.ServerStatus;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2, replicas = 2)
class ReadOnlyIT {
    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom shop;
    static UUID key;

    @BeforeAll
    static void open(EmbeddedCluster given) {
        cluster = given;
        emf = Units.shop(cluster, "shardloom.replica.max-lag", "60m"); // replicas stay readable, also late ones
        shop = Shardloom.of(emf);
        key = shop.newUuid();
        shop.inTransaction(key, em -> em.persist(new Customer(key, "Ann")));
        cluster.awaitReplicas();
        Await.until("the pools of the replicas are open", Duration.ofSeconds(60), () -> readPorts()
                .equals(replicaPorts()));
    }

    /** Returns the servers of some reads in a row. */
    private static Set<Integer> readPorts() {
        var ports = new TreeSet<Integer>();
        for (int i = 0; i < 8; i++) {
            ports.add(shop.readOnly(key, em -> {
                assertThat(em.find(Customer.class, key).name).isEqualTo("Ann");
                return port(em);
            }));
        }
        return ports;
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @Test
    void readsFromTheReplicasOfTheKeysNodeInTurn() {
        assertThat(readPorts()).isEqualTo(replicaPorts());
    }

    @Test
    void writesAndReadsOfWritersGoToThePrimary() {
        int port = shop.fromTransaction(key, ReadOnlyIT::port);

        assertThat(port).isEqualTo(node().primary().port());
    }

    @Test
    void anEntityManagerPropertySendsTheWorkToAReplica() {
        try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_ONLY, true))) {
            em.getTransaction().begin();
            assertThat(replicaPorts()).contains(port((Session) em));
            em.getTransaction().commit();
        }
    }

    @Test
    void readsWithoutATransactionAndLeavesTheConnectionWritableAgain() {
        var warnings = new CopyOnWriteArrayList<String>();
        long here = Thread.currentThread().getId();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                if (logged.getLevel().intValue() >= Level.WARNING.intValue() && logged.getLongThreadID() == here) {
                    warnings.add(logged.getMessage());
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger.getLogger("").addHandler(handler);
        for (int i = 0; i < 4; i++) {
            try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_ONLY, true))) {
                assertThat(em.find(Customer.class, key).name).isEqualTo("Ann");
                boolean readOnly = ((Session) em).doReturningWork(java.sql.Connection::isReadOnly);
                assertThat(readOnly).isTrue();
            }
        }
        Logger.getLogger("").removeHandler(handler);
        assertThat(warnings).isEmpty();
        boolean readOnly = shop.fromTransaction(key, em -> em.doReturningWork(java.sql.Connection::isReadOnly));
        assertThat(readOnly).isFalse();
    }

    @Test
    void aReadOnlySessionRefusesToWrite() {
        assertThatThrownBy(() -> shop.readOnly(key, em -> {
                    em.persist(new Customer(key, "Bo"));
                    return em;
                }))
                .isInstanceOf(ReadOnlyException.class)
                .hasMessageStartingWith("Cannot persist Customer: the session is read-only.");
    }

    @Test
    void explainsWhichServersAWriteAndAReadWouldTake() {
        var explanation = shop.explain(key);

        assertThat(explanation.write().port()).isEqualTo(node().primary().port());
        assertThat(replicaPorts()).contains(explanation.read().port());
        assertThat(explanation.toString())
                .contains("key    '" + key + "' (uuid, group shop)")
                .contains(
                        "shard  " + explanation.location().shard().name() + ": FOR VALUES WITH (MODULUS 8, REMAINDER ")
                .contains("node   " + node().name())
                .contains("write  127.0.0.1:" + node().primary().port() + "/" + cluster.database());
    }

    @Test
    void countsWhatEachServerServed() {
        long before = served(ServerRole.REPLICA);
        long primaries = served(ServerRole.PRIMARY);

        shop.readOnly(key, em -> em.find(Customer.class, key));

        assertThat(served(ServerRole.REPLICA)).isEqualTo(before + 1);
        assertThat(served(ServerRole.PRIMARY)).isEqualTo(primaries);
        assertThat(shop.status()).hasSize(6).extracting(ServerStatus::node).startsWith("n1", "n1", "n1", "n2");
    }

    private static long served(ServerRole role) {
        return shop.status().stream()
                .filter(server -> server.role() == role)
                .mapToLong(ServerStatus::served)
                .sum();
    }

    private static Set<Integer> replicaPorts() {
        var ports = new TreeSet<Integer>();
        node().replicas().forEach(replica -> ports.add(replica.port()));
        return ports;
    }

    private static io.shardloom.testing.EmbeddedNode node() {
        return cluster.node(shop.explain(key).location().node().name());
    }

    private static int port(Session session) {
        return session.doReturningWork(connection -> {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery("select inet_server_port()")) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }
}
