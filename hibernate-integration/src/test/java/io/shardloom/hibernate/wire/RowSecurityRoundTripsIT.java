package io.shardloom.hibernate.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.rls.Web;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.math.BigDecimal;
import java.sql.Statement;
import java.time.Duration;
import java.time.LocalDate;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.jdbc.Work;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** With row-level security a keyed transaction costs the round trips it costs without: the key goes along. */
@WithCluster(nodes = 1, replicas = 1)
class RowSecurityRoundTripsIT {
    /** More than the five runs after which the driver prepares a statement on the server. */
    private static final int RUNS = 9;

    static WireCounter primary;
    static WireCounter replica;
    static EntityManagerFactory emf;
    static Shardloom shop;
    static UUID key;

    @BeforeAll
    static void open(EmbeddedCluster cluster) throws Exception {
        var node = cluster.node("n1");
        primary = new WireCounter(node.primary().port());
        replica = new WireCounter(node.replica(0).port());
        var properties = Web.properties(
                cluster,
                "shardloom.node.n1.primary",
                url(primary, cluster),
                "shardloom.node.n1.replicas",
                url(replica, cluster),
                "shardloom.hikari.maximumPoolSize",
                "1");
        Quiet.begin(properties);
        emf = Persistence.createEntityManagerFactory("shop-on-one-node", properties);
        shop = Shardloom.of(emf);
        key = shop.newUuid();
        shop.inTransaction(key, em -> em.persist(new Customer(key, "Ann")));
        cluster.awaitReplicas();
        Await.until("the pool of the replica is open", Duration.ofSeconds(60), () -> {
            replica.takeStatements();
            shop.readOnly(key, em -> em.find(Customer.class, key));
            return !replica.takeStatements().isEmpty();
        });
    }

    private static String url(WireCounter counter, EmbeddedCluster cluster) {
        return "jdbc:postgresql://127.0.0.1:" + counter.port() + "/" + cluster.database() + "?sslmode=disable";
    }

    @AfterAll
    static void close() throws Exception {
        Quiet.end();
        emf.close();
        primary.close();
        replica.close();
    }

    @Test
    void anEmptyTransactionCostsNone() {
        costs(0, em -> {});
    }

    @Test
    void aFindCostsOneAndTheCommit() {
        costs(2, em -> em.find(Customer.class, key));
    }

    @Test
    void aQueryCostsOneAndTheCommit() {
        costs(2, em -> em.createQuery("from Customer", Customer.class).getResultList());
    }

    @Test
    void anInsertCostsOneAndTheCommit() {
        costs(2, em -> em.persist(new Order(key, "new", BigDecimal.ONE)));
    }

    @Test
    void anUpdateCostsItsSelectItsUpdateAndTheCommit() {
        costs(3, em -> em.find(Customer.class, key).name += "!");
    }

    @Test
    void aBulkUpdateCostsOneAndTheCommit() {
        costs(2, em -> em.createMutationQuery("update Order set status = 'x'").executeUpdate());
    }

    @Test
    void aScrolledQueryCostsOneAndTheCommit() {
        costs(2, em -> em.createQuery("from Customer", Customer.class)
                .setFetchSize(10)
                .getResultStream()
                .forEach(customer -> {}));
    }

    @Test
    void aReadOnReplicaCostsTheSameAndNothingOnThePrimary() {
        for (int i = 0; i < RUNS; i++) {
            primary.takeRoundTrips();
            replica.takeRoundTrips();

            shop.readOnly(key, em -> em.find(Customer.class, key));

            assertThat(replica.takeRoundTrips()).isEqualTo(2);
            assertThat(primary.takeRoundTrips()).isZero();
        }
    }

    @Test
    void aQueryOfItsOwnCostsOne() {
        for (int i = 0; i < RUNS; i++) {
            replica.takeRoundTrips();
            primary.takeRoundTrips();

            shop.query("select count(*) from Customer", Long.class).getSingleResult();

            assertThat(replica.takeRoundTrips()).isEqualTo(1);
            assertThat(primary.takeRoundTrips()).isZero();
        }
    }

    @Test
    void jdbcOfOneStatementCostsOneAndTheCommit() {
        costs(2, work(jdbc -> {
            try (var statement = jdbc.createStatement()) {
                statement.executeUpdate("update orders set status = 'y'");
            }
        }));
        costs(2, work(jdbc -> {
            try (var statement = jdbc.prepareStatement("update orders set status = ?")) {
                statement.setString(1, "z");
                statement.addBatch();
                statement.executeBatch();
            }
        }));
    }

    @Test
    void whatCannotGoTogetherCostsOneMoreAsTheFirstStatement() {
        costs(3, work(jdbc -> {
            try (var statement = jdbc.prepareStatement("update orders set status = ?")) {
                statement.setString(1, "z");
                statement.addBatch();
                statement.addBatch();
                statement.executeBatch();
            }
        }));
        costs(3, work(jdbc -> {
            try (var call = jdbc.prepareCall("select 1")) {
                call.execute();
            }
        }));
        costs(3, work(jdbc -> {
            try (var statement =
                    jdbc.prepareStatement("update orders set status = 'z'", Statement.RETURN_GENERATED_KEYS)) {
                statement.executeUpdate();
            }
        }));
    }

    /** The driver describes a statement whose parameter has no type, and then keeps rows of any length apart. */
    @Test
    void aDateOfJdbcAndRowsOfTextCostOneMoreOnceTheyArePrepared() {
        Work query = jdbc -> {
            try (var statement = jdbc.prepareStatement("select name::text from customer where ? < current_date")) {
                statement.setDate(1, java.sql.Date.valueOf(LocalDate.EPOCH));
                statement.executeQuery();
            }
        };
        for (int i = 0; i < RUNS; i++) {
            shop.inTransaction(key, work(query));
        }

        assertThat(cost(work(query))).isEqualTo(3);
    }

    private static Consumer<Session> work(Work work) {
        return em -> em.doWork(work);
    }

    private static void costs(long roundTrips, Consumer<Session> work) {
        for (int i = 0; i < RUNS; i++) {
            assertThat(cost(work)).as("round trips of run %d", i).isEqualTo(roundTrips);
        }
    }

    private static long cost(Consumer<Session> work) {
        primary.takeRoundTrips();
        shop.inTransaction(key, work);
        return primary.takeRoundTrips();
    }
}
