package io.shardloom.hibernate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.ClusterSession;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.hibernate.exception.DataException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What a cluster session costs on the wire: one node written to is as cheap as a plain transaction. */
@WithCluster(nodes = 2)
class ClusterCostIT {
    static EmbeddedCluster cluster;
    static WireCounter first;
    static WireCounter second;
    static EntityManagerFactory emf;
    static Shardloom shop;
    static UUID onFirst;
    static UUID onSecond;

    @BeforeAll
    static void open(EmbeddedCluster given) throws IOException {
        cluster = given;
        first = new WireCounter(cluster.node("n1").primary().port());
        second = new WireCounter(cluster.node("n2").primary().port());
        var properties = properties(first, second);
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        emf = Persistence.createEntityManagerFactory("shop-on-one-node", properties);
        shop = Shardloom.of(emf);
        Quiet.awaitFirstPass();
        shop.query("select count(*) from Customer", Long.class).getSingleResult();
        first.countNoMoreConnections(); // each pool has its own
        second.countNoMoreConnections();
        onFirst = keyOn("n1");
        onSecond = keyOn("n2");
        shop.inCluster(
                session -> session.persistAll(List.of(new Customer(onFirst, "Ann"), new Customer(onSecond, "Bob"))));
    }

    private static Map<String, Object> properties(WireCounter one, WireCounter two) {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("shardloom.node.n1.primary", url(one));
        properties.put("shardloom.node.n2.primary", url(two));
        properties.put("shardloom.hikari.maximumPoolSize", "1");
        Quiet.begin(properties);
        properties.put("hibernate.jdbc.batch_size", "20");
        return properties;
    }

    private static String url(WireCounter counter) {
        return "jdbc:postgresql://127.0.0.1:" + counter.port() + "/" + cluster.database() + "?sslmode=disable";
    }

    private static UUID keyOn(String node) {
        return Stream.generate(shop::newUuid)
                .filter(id -> shop.explain(id).location().node().name().equals(node))
                .findFirst()
                .orElseThrow();
    }

    @AfterAll
    static void close() throws IOException {
        Quiet.end();
        emf.close();
        first.close();
        second.close();
    }

    @Test
    void anEmptySessionCostsNothing() {
        assertThat(cost(session -> {})).containsExactly(0L, 0L);
    }

    @Test
    void aRowOfOneNodeCostsItsStatementAndTheCommit() {
        assertThat(cost(session -> session.persist(new Order(onSecond, "new", BigDecimal.ONE))))
                .containsExactly(0L, 2L);
    }

    @Test
    void aBatchOfOneNodeCostsOneStatementAndTheCommit() {
        assertThat(cost(session -> {
                    for (int i = 0; i < 20; i++) {
                        session.persist(new Order(onFirst, "new", BigDecimal.ONE));
                    }
                }))
                .containsExactly(2L, 0L);
    }

    @Test
    void aNodeThatIsOnlyReadEndsWithAPlainCommit() {
        assertThat(cost(session -> {
                    session.find(Customer.class, onFirst);
                    session.persist(new Order(onSecond, "new", BigDecimal.ONE));
                }))
                .containsExactly(2L, 2L);
    }

    @Test
    void twoNodesCostFourRoundTripsBesideTheirStatements() {
        assertThat(cost(session -> {
                    session.persist(new Order(onFirst, "new", BigDecimal.ONE));
                    session.persist(new Order(onSecond, "new", BigDecimal.ONE));
                }))
                .containsExactly(1L + 2, 1L + 2); // prepare, commit prepared; record the decision, commit
    }

    @Test
    void aListComesInOneBlockAndAStreamInSmallOnes() {
        shop.inCluster(session -> {
            for (int i = 0; i < 600; i++) {
                session.persist(new Order(onFirst, "many", BigDecimal.ONE));
                session.persist(new Order(onSecond, "many", BigDecimal.ONE));
            }
        });

        assertThat(cost(session -> assertThat(many(session).getResultList()).hasSize(1200)))
                .containsExactly(2L, 2L);
        assertThat(cost(session -> {
                    try (var rows = many(session).getResultStream()) {
                        assertThat(rows).hasSize(1200);
                    }
                }))
                .containsExactly(3L, 3L);
        assertThat(cost(session -> assertThat(many(session).setFetchSize(300).getResultList())
                        .hasSize(1200)))
                .containsExactly(4L, 4L); // the third block, which is full, does not say that it is the last
    }

    @Test
    void aQueryOfOneNodeIsPlainHibernatesStatementWithoutACursor() {
        var order = new Order(onSecond, "new", BigDecimal.ONE);
        shop.inCluster(session -> session.persist(order));

        assertThat(secondCost(
                        session -> assertThat(session.query("select total from Order where id = :id", BigDecimal.class)
                                        .setParameter("id", order.id)
                                        .getSingleResult())
                                .isEqualByComparingTo(BigDecimal.ONE)))
                .containsExactly(0L, 2L);
        assertThat(second.takeBlocks()).isZero();
    }

    @Test
    void onlyListsWithoutALimitTakeCursors() {
        assertThat(secondCost(session -> session.query("select total from Order order by total, id", BigDecimal.class)
                        .setMaxResults(20)
                        .getResultList()))
                .containsExactly(2L, 2L);
        assertThat(blocks()).containsExactly(0L, 0L);

        assertThat(secondCost(session -> session.query("select count(*), sum(total) from Order", Object[].class)
                        .getSingleResult()))
                .containsExactly(2L, 2L);
        assertThat(blocks()).containsExactly(0L, 0L);

        assertThat(secondCost(session -> many(session).getResultList())).containsExactly(2L, 2L);
        assertThat(blocks()).containsExactly(1L, 1L);
    }

    @Test
    void aQueryOfItsOwnEndsWithItsAnswer() {
        var order = new Order(onSecond, "own", BigDecimal.ONE);
        shop.inCluster(session -> session.persist(order));

        Runnable totals = () -> shop.query("select count(*), sum(total) from Order", Object[].class)
                .getSingleResult();
        Runnable page = () -> shop.query("from Customer order by name, id", Customer.class)
                .setMaxResults(3)
                .getResultList();
        Runnable row = () -> assertThat(shop.query("select total from Order where id = :id", BigDecimal.class)
                        .setParameter("id", order.id)
                        .getSingleResult())
                .isEqualByComparingTo(BigDecimal.ONE);
        List.of(totals, page, row).forEach(Runnable::run); // the driver asks once what a statement is
        for (int i = 0; i < 7; i++) { // it prepares one on the server when it has seen it five times
            assertThat(cost(totals)).containsExactly(1L, 1L);
            assertThat(cost(page)).containsExactly(1L, 1L);
            assertThat(cost(row)).containsExactly(0L, 1L);
        }
        assertThat(cost(() -> shop.query("from Order where id = :id", Order.class)
                        .setParameter("id", order.id)
                        .getResultList()))
                .as("with its customer, which is loaded eagerly")
                .containsExactly(0L, 2L);
        assertThat(cost(() -> many(shop::query).getResultList()))
                .as("rows come in blocks, from a transaction")
                .containsExactly(2L, 2L);
    }

    @Test
    void aQueryOfItsOwnIsOneTransactionWhereASnapshotHoldsForMoreThanAStatement() throws IOException {
        try (var one = new WireCounter(cluster.node("n1").primary().port());
                var two = new WireCounter(cluster.node("n2").primary().port())) {
            var properties = properties(one, two);
            properties.put("shardloom.hikari.transactionIsolation", "TRANSACTION_REPEATABLE_READ");
            try (var strict = Persistence.createEntityManagerFactory("shop-on-one-node", properties)) {
                Quiet.awaitFirstPass();
                Runnable count = () -> Shardloom.of(strict)
                        .query("select count(*) from Order", Long.class)
                        .getSingleResult();
                count.run();
                one.takeRoundTrips();
                two.takeRoundTrips();

                count.run();

                assertThat(List.of(one.takeRoundTrips(), two.takeRoundTrips())).containsExactly(2L, 2L);
            }
        }
    }

    @Test
    void aQueryOfItsOwnThatFailsLeavesNoTransaction() {
        shop.inCluster(session -> session.persist(new Order(onFirst, "new", BigDecimal.ONE)));
        for (int i = 0; i < 7; i++) {
            // of one node, as the others of several are cancelled, which may be counted late
            assertThatThrownBy(() -> shop.query(
                                    "select sum(1 / (total - total)) from Order where customerId = :key",
                                    BigDecimal.class)
                            .setParameter("key", onFirst)
                            .getSingleResult())
                    .isInstanceOf(DataException.class);
            assertThat(cost(() ->
                            shop.query("select count(*) from Order", Long.class).getSingleResult()))
                    .containsExactly(1L, 1L);
        }
    }

    /** The driver asks once what a statement is. */
    private static List<Long> secondCost(Consumer<ClusterSession> work) {
        shop.inCluster(work);
        return cost(work);
    }

    private static List<Long> blocks() {
        return List.of(first.takeBlocks(), second.takeBlocks());
    }

    /** Neither node's end gets through before both are on their way. */
    @Test
    void readsOfSeveralNodesEndAtOnce() {
        var failures = new ConcurrentLinkedQueue<Exception>();
        Runnable meetings = () -> {
            var both = new CyclicBarrier(2);
            Runnable meet = () -> {
                try {
                    both.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
                    failures.add(e);
                }
            };
            first.beforeClient(meet);
            second.beforeClient(meet);
        };
        try {
            shop.inCluster(session -> {
                many(session).getResultList();
                meetings.run();
            });
            shop.readCluster(session -> {
                passOn();
                many(session).getResultList();
                meetings.run();
                return true;
            });
            meetings.run(); // the nodes are asked at once, and their transactions ended at once
            shop.query("select count(*) from Order", Long.class).getSingleResult();
        } finally {
            passOn();
        }

        assertThat(failures).isEmpty();
    }

    @Test
    void queriesOfUnitsThatShareSmallPoolsDoNotWaitForEachOther() throws Exception {
        atOnce(number -> shop.inCluster(session -> assertThat(session.query("select count(*) from Customer", Long.class)
                        .getSingleResult())
                .isEqualTo(2L)));
    }

    @Test
    void findsOfUnitsThatShareSmallPoolsDoNotWaitForEachOther() throws Exception {
        var ids = List.of(onFirst, onSecond);
        var turned = List.of(onSecond, onFirst);
        atOnce(number ->
                shop.inCluster(session -> assertThat(session.findAll(Customer.class, number % 2 == 0 ? ids : turned))
                        .hasSize(2)));
    }

    /** Each pool has one connection: two units, each with that of one node, would wait for the other's. */
    private static void atOnce(IntConsumer unit) throws Exception {
        var threads = Executors.newFixedThreadPool(8);
        try {
            var running = new ArrayList<Future<?>>();
            for (int i = 0; i < 80; i++) {
                int number = i;
                running.add(threads.submit(() -> unit.accept(number)));
            }
            for (var each : running) {
                each.get(60, TimeUnit.SECONDS);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void passOn() {
        first.beforeClient(() -> {});
        second.beforeClient(() -> {});
    }

    private static ClusterQuery<BigDecimal> many(ClusterSession session) {
        return many(session::query);
    }

    private static ClusterQuery<BigDecimal> many(
            BiFunction<String, Class<BigDecimal>, ClusterQuery<BigDecimal>> query) {
        return query.apply("select total from Order where status = 'many'", BigDecimal.class);
    }

    private static List<Long> cost(Consumer<ClusterSession> work) {
        return cost(() -> shop.inCluster(work));
    }

    private static List<Long> cost(Runnable work) {
        first.takeRoundTrips();
        second.takeRoundTrips();
        blocks();
        work.run();
        return List.of(first.takeRoundTrips(), second.takeRoundTrips());
    }
}
