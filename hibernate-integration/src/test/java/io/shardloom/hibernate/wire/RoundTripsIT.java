package io.shardloom.hibernate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A keyed transaction costs the round trips of plain Hibernate: one for each statement and one for the commit. */
@WithCluster(nodes = 1, replicas = 1)
class RoundTripsIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    static WireCounter primary;
    static WireCounter replica;
    static EntityManagerFactory emf;
    static Shardloom shop;
    static UUID key;
    static int replicaPort;

    @BeforeAll
    static void open(EmbeddedCluster cluster) throws IOException {
        var node = cluster.node("n1");
        replicaPort = node.replica(0).port();
        primary = new WireCounter(node.primary().port());
        replica = new WireCounter(node.replica(0).port());
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("shardloom.node.n1.primary", url(primary, cluster));
        properties.put("shardloom.node.n1.replicas", url(replica, cluster));
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        properties.put("shardloom.hikari.maximumPoolSize", "1");
        Quiet.begin(properties);
        emf = Persistence.createEntityManagerFactory("shop-on-one-node", properties);
        shop = Shardloom.of(emf);
        key = shop.newUuid();
        shop.inTransaction(key, em -> em.persist(new Customer(key, "Ann")));
        cluster.awaitReplicas();
        Await.until(
                "the pool of the replica is open",
                DEADLINE,
                () -> shop.<Integer>readOnly(key, RoundTripsIT::port) == replicaPort);
        shop.readOnly(key, em -> em.find(Customer.class, key));
    }

    private static String url(WireCounter counter, EmbeddedCluster cluster) {
        return "jdbc:postgresql://127.0.0.1:" + counter.port() + "/" + cluster.database() + "?sslmode=disable";
    }

    @AfterAll
    static void close() throws IOException {
        Quiet.end();
        emf.close();
        primary.close();
        replica.close();
    }

    @Test
    void anEmptyTransactionCostsNone() {
        assertThat(cost(em -> {})).isZero();
    }

    @Test
    void aFindCostsOneAndTheCommit() {
        assertThat(cost(em -> em.find(Customer.class, key))).isEqualTo(2);
    }

    @Test
    void aFindByTheRestOfTheIdCostsTheSame() {
        var order = new Order(key, "new", BigDecimal.ONE);
        shop.inTransaction(key, em -> em.persist(order));

        assertThat(cost(em -> em.find(Order.class, new Order.Key(key, order.id))))
                .isEqualTo(2);
        assertThat(cost(em -> em.find(Order.class, order.id))).isEqualTo(2);
    }

    @Test
    void aQueryCostsOneAndTheCommit() {
        assertThat(cost(em -> em.createQuery("from Customer", Customer.class).getResultList()))
                .isEqualTo(2);
    }

    @Test
    void anInsertCostsOneAndTheCommit() {
        assertThat(cost(em -> em.persist(new Order(key, "new", BigDecimal.ONE))))
                .isEqualTo(2);
    }

    @Test
    void aBatchOfInsertsCostsOneAndTheCommit() {
        assertThat(cost(em -> insertInBatchesOfTen(em, 10))).isEqualTo(2);
        assertThat(cost(em -> insertInBatchesOfTen(em, 25))).isEqualTo(4);
    }

    private static void insertInBatchesOfTen(Session em, int rows) {
        em.setJdbcBatchSize(10);
        for (int i = 0; i < rows; i++) {
            em.persist(new Order(key, "new", BigDecimal.ONE));
        }
    }

    @Test
    void anUpdateCostsItsSelectItsUpdateAndTheCommit() {
        assertThat(cost(em -> em.find(Customer.class, key).name += "!")).isEqualTo(3);
    }

    @Test
    void aReadOnReplicaCostsTheSameAndNothingOnThePrimary() {
        primary.takeRoundTrips();
        replica.takeRoundTrips();

        shop.readOnly(key, em -> em.find(Customer.class, key));

        assertThat(replica.takeRoundTrips()).isEqualTo(2);
        assertThat(primary.takeRoundTrips()).isZero();
    }

    @Test
    void aTokenCostsOneAndItsReadNothingOnThePrimary() {
        assertThat(cost(em -> em.persist(new Order(key, "new", BigDecimal.ONE))))
                .isEqualTo(2);
        var token = shop.token(key);
        assertThat(primary.takeRoundTrips()).isEqualTo(1);
        Await.until(
                "a replica has it", DEADLINE, () -> shop.<Integer>readOnly(key, token, em -> port(em)) == replicaPort);
        primary.takeRoundTrips();
        replica.takeRoundTrips();

        shop.readOnly(key, token, em -> em.find(Customer.class, key));

        assertThat(replica.takeRoundTrips()).isLessThanOrEqualTo(3);
        assertThat(primary.takeRoundTrips()).isZero();
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

    private static long cost(Consumer<Session> work) {
        primary.takeRoundTrips();
        shop.inTransaction(key, work);
        return primary.takeRoundTrips();
    }
}
