package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.server.OwnWrites;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.hibernate.SharedSessionContract;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Sessions see what was written before them, while the replica does not have it yet. */
@WithCluster(nodes = 1, replicas = 1, shared = false)
class ReadTokensIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    static EmbeddedServer primary;
    static EmbeddedServer replica;
    static EntityManagerFactory emf;
    static Shardloom shop;

    private UUID key;

    @BeforeAll
    static void open(EmbeddedCluster cluster) {
        primary = cluster.node("n1").primary();
        replica = cluster.node("n1").replica(0);
        emf = Units.open(
                "shop-on-one-node",
                cluster,
                "shardloom.health.interval",
                "100ms",
                "shardloom.replica.max-lag",
                "10m"); // it is no fault that the replica is held back
        shop = Shardloom.of(emf);
        cluster.awaitReplicas();
        Await.until("the pool of the replica is open", SOON, () -> shop.<Integer>readOnly(
                        shop.newUuid(), ReadTokensIT::port)
                .equals(replica.port()));
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void writeWhatTheReplicaLacks() throws SQLException {
        replica.executeAsSuperuser("select pg_wal_replay_pause()");
        Await.until("nothing is replayed any more", SOON, () -> replica.value("select pg_get_wal_replay_pause_state()")
                .equals("paused"));
        key = shop.newUuid();
        shop.inTransaction(key, em -> em.persist(new Customer(key, "Ann")));
    }

    @AfterEach
    void goOn() throws SQLException {
        replica.executeAsSuperuser("select pg_wal_replay_resume()");
    }

    @Test
    void aReadWithATokenSeesTheWriteAndOneWithoutDoesNot() {
        var token = shop.token(key);

        assertThat(shop.<Customer>readOnly(key, em -> em.find(Customer.class, key)))
                .isNull();
        assertThat(shop.<String>readOnly(key, token, em -> em.find(Customer.class, key).name + port(em)))
                .isEqualTo("Ann" + primary.port());
        try (var session = shop.withKey(key, token).openSession()) {
            assertThat(session.isDefaultReadOnly()).isTrue();
            assertThat(session.find(Customer.class, key).name).isEqualTo("Ann");
        }
        try (var session = shop.openStatelessSession(key, token)) {
            assertThat(session.get(Customer.class, key).name).isEqualTo("Ann");
        }
        for (Object given : new Object[] {token, token.toString()}) {
            try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_TOKEN, given))) {
                assertThat(em.find(Customer.class, key).name).isEqualTo("Ann");
            }
        }
        // The token was the session's own: the next one is stale again.
        assertThat(shop.<Customer>readOnly(key, em -> em.find(Customer.class, key)))
                .isNull();
    }

    @Test
    void aReadWithATokenIsTheReplicasAsSoonAsItHasComeAsFar() throws SQLException {
        var token = shop.token(key);
        goOn();

        Await.until("the replica takes the read", SOON, () -> shop.<String>readOnly(
                        key, token, em -> em.find(Customer.class, key).name + port(em))
                .equals("Ann" + replica.port()));
    }

    @Test
    void theReadTargetIsSaidForEachCall() {
        assertThat(shop.<Integer>readOnly(key, ReadTarget.PRIMARY, ReadTokensIT::port))
                .isEqualTo(primary.port());
        assertThat(shop.<Integer>readOnly(key, ReadTarget.REPLICA, ReadTokensIT::port))
                .isEqualTo(replica.port());
        try (var session = shop.withKey(key, ReadTarget.PRIMARY).openSession()) {
            assertThat(port(session)).isEqualTo(primary.port());
        }
        for (Object given : new Object[] {ReadTarget.PRIMARY, "primary"}) {
            try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_TARGET, given))) {
                assertThat(port((SharedSessionContract) em)).isEqualTo(primary.port());
            }
        }
        assertThatThrownBy(() -> {
                    try (var em = emf.createEntityManager(Map.of(
                            Shardloom.KEY,
                            key,
                            Shardloom.READ_TARGET,
                            ReadTarget.REPLICA,
                            Shardloom.READ_TOKEN,
                            shop.token(key)))) {
                        em.find(Customer.class, key);
                    }
                })
                .isInstanceOf(ServerUnavailableException.class)
                .hasMessageStartingWith("Node n1 has no replica that is as new as asked for (");
    }

    @Test
    void workSeesItsOwnWritesWithoutAToken() {
        OwnWrites.with(() -> {
            assertThat(shop.<Integer>readOnly(key, ReadTokensIT::port)).isEqualTo(replica.port());
            shop.inTransaction(key, em -> {
                em.find(Customer.class, key).name = "Bo";
                em.flush();
                assertThat(shop.<Integer>readOnly(key, ReadTokensIT::port)).isEqualTo(primary.port());
            });

            assertThat(shop.<String>readOnly(key, em -> em.find(Customer.class, key).name))
                    .isEqualTo("Bo");
            return key;
        });
        assertThat(shop.<Customer>readOnly(key, em -> em.find(Customer.class, key)))
                .isNull();
    }

    @Test
    void whatMakesNoSenseIsRefusedBeforeAnySql() {
        assertThatThrownBy(() -> emf.createEntityManager(
                        Map.of(Shardloom.KEY, key, Shardloom.READ_ONLY, false, Shardloom.READ_TARGET, "any")))
                .isInstanceOf(ShardloomException.class)
                .hasMessage("shardloom.read-target and shardloom.read-token are for sessions that only read. Leave them"
                        + " away, or do not say that the session writes.");
        assertThatThrownBy(() -> emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_TARGET, "nearest")))
                .hasMessage("shardloom.read-target = nearest. Give one of primary, prefer-replica, replica, any.");
        assertThatThrownBy(() -> emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_TOKEN, "n1")))
                .isInstanceOf(ShardloomException.class)
                .hasMessageStartingWith("shardloom.read-token: Not a token of a read: 'n1'.");
        assertThatThrownBy(() -> shop.readOnly(key, new ReadToken("n2", 1, 1), em -> em.find(Customer.class, key)))
                .hasMessage("The token n2:1:0/1 is of another node than n1. Give each node its own token.");
    }

    private static int port(SharedSessionContract session) {
        return session.doReturningWork(connection -> {
            try (var statement = connection.createStatement();
                    var rows = statement.executeQuery("select inet_server_port()")) {
                rows.next();
                return rows.getInt(1);
            }
        });
    }
}
