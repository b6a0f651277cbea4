package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hibernate.query.Order.asc;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.hibernate.shop.Reading;
import io.shardloom.server.ServerStatus;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.QueryTimeoutException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.query.Page;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which nodes a query over the cluster goes to, and what happens when one does not answer. */
@WithCluster(nodes = 2)
class FanOutIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom shop;
    static final List<UUID> CUSTOMERS = new ArrayList<>();
    static final Map<UUID, UUID> ORDERS = new TreeMap<>();

    @BeforeAll
    static void open(EmbeddedCluster given) throws SQLException {
        cluster = given;
        emf = Units.shop(cluster);
        shop = Shardloom.of(emf);
        for (var node : cluster.nodes()) {
            node.primary().execute("alter table branch alter column city type varchar(255) collate \"en-x-icu\"");
        }
        for (int i = 0; i < 30; i++) {
            var id = shop.newUuid();
            var total = new BigDecimal(i);
            CUSTOMERS.add(id);
            shop.inTransaction(id, em -> {
                em.persist(new Customer(id, "customer " + total));
                var order = new Order(id, "new", total);
                em.persist(order);
                ORDERS.put(id, order.id);
            });
        }
        for (var country : List.of("Brasil", "Espanha")) {
            shop.inTransaction(country, em -> em.persist(new Branch(country, "capital")));
        }
        for (var day : List.of(LocalDate.of(2015, 5, 5), LocalDate.of(2016, 6, 6), LocalDate.of(2017, 7, 7))) {
            shop.inTransaction(day, em -> em.persist(new Reading(day, "London", 20)));
        }
    }

    @Test
    void refusesAnIdThatDoesNotCarryTheHashOfItsKey() {
        var key = CUSTOMERS.get(0);
        var order = new Order(key, "new", BigDecimal.ONE);
        order.id = new UUID(0, ORDERS.get(key).getLeastSignificantBits() ^ 1);

        assertThatThrownBy(() -> shop.inTransaction(key, em -> em.persist(order)))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith(
                        "Cannot insert Order with the id " + order.id + ": the low bits of a @ShardedUuid");
    }

    @Test
    void sortsAndAggregatesTextsOfALanguage() {
        assertThat(shop.query("select city from Branch order by city", String.class)
                        .getResultList())
                .containsExactly("capital", "capital");
        assertThat(shop.query("select max(city) from Branch", String.class).getSingleResult())
                .isEqualTo("capital");
        assertThat(shop.query("select distinct city from Branch", String.class).getResultList())
                .containsExactly("capital");
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @Test
    void asksOnlyTheNodesThatCanHoldTheRows() {
        var customer = CUSTOMERS.get(5);
        var home = nodeOf(customer);

        assertThat(asked(s -> s.find(Customer.class, customer))).containsExactly(home);
        assertThat(asked(s -> s.find(Order.class, new Order.Key(customer, ORDERS.get(customer)))))
                .containsExactly(home);
        assertThat(asked(s -> s.query("from Order where customerId = :id", Order.class)
                        .setParameter("id", customer)
                        .getResultList()))
                .containsExactly(home);
        assertThat(asked(s -> s.query("from Order where id = ?1", Order.class)
                        .setParameter(1, ORDERS.get(customer))
                        .getSingleResult()))
                .containsExactly(home);
        assertThat(asked(s -> s.query("from Branch where country in ('Brasil', 'Mexico')", Branch.class)
                        .getSingleResult()))
                .containsExactly("n1");
        assertThat(asked(s -> s.query("select count(*) from Reading r where r.key.day between :a and :b", Long.class)
                        .setParameter("a", LocalDate.of(2016, 2, 2))
                        .setParameter("b", LocalDate.of(2016, 12, 31))
                        .getSingleResult()))
                .containsExactly("n2");
        assertThat(asked(s -> s.query("from Country", Object.class).getResultList()))
                .hasSize(1);
        assertThat(asked(s -> s.query("from Order", Order.class).getResultList()))
                .containsExactly("n1", "n2");
    }

    @Test
    void asksEachNodeOnceForManyRows() {
        var half = CUSTOMERS.stream().filter(id -> nodeOf(id).equals("n1")).toList();

        assertThat(asked(s -> assertThat(s.findAll(Customer.class, half)).hasSameSizeAs(half)))
                .containsExactly("n1");
        assertThat(asked(s -> assertThat(s.query("from Customer where id in (:ids)", Customer.class)
                                .setParameterList("ids", half)
                                .getResultList())
                        .hasSameSizeAs(half)))
                .containsExactly("n1");
    }

    @Test
    void findsRowsOfAllNodesAtOnce() throws SQLException {
        var found = new ArrayList<Customer>();
        var reader = new Thread(() -> shop.inCluster(s -> found.addAll(s.findAll(Customer.class, CUSTOMERS))));

        lock(
                "n1",
                first -> onSecond(second -> {
                    reader.start();
                    awaitStatement("n1");
                    awaitStatement("n2");
                }));
        Await.until("it has its answer", DEADLINE, () -> !reader.isAlive());

        assertThat(found).extracting(customer -> customer.id).containsExactlyElementsOf(CUSTOMERS);
    }

    private static void onSecond(Consumer<String> work) {
        try {
            lock("n2", work);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void answersCriteriaQueries() {
        var builder = (HibernateCriteriaBuilder) emf.getCriteriaBuilder();
        var query = builder.createQuery(Object[].class);
        var order = query.from(Order.class);
        query.select(
                builder.array(order.get("status"), builder.count(order), builder.sum(order.<BigDecimal>get("total"))));
        query.where(builder.lessThan(order.<BigDecimal>get("total"), new BigDecimal(10)));
        query.groupBy(order.get("status"));
        var top = builder.createQuery(Customer.class);
        var customer = top.from(Customer.class);
        top.orderBy(builder.desc(customer.get("name")));

        shop.inCluster(session -> {
            assertThat(session.query(query).getSingleResult()).containsExactly("new", 10L, new BigDecimal("45.00"));
            assertThat(session.query(top).setMaxResults(2).getResultList())
                    .extracting(c -> c.name)
                    .containsExactly("customer 9", "customer 8");
        });
    }

    @Test
    void streamsAndCountsRows() {
        shop.inCluster(session -> {
            var query = session.query("select total from Order order by total desc", BigDecimal.class);
            try (var rows = query.setFetchSize(3).getResultStream()) {
                assertThat(rows.map(BigDecimal::intValue).limit(4)).containsExactly(29, 28, 27, 26);
            }
            assertThat(query.setMaxResults(5).getResultCount()).isEqualTo(30);
            assertThat(session.query("select distinct status from Order", String.class)
                            .getResultCount())
                    .isEqualTo(1);
        });
        try (var rows = shop.query("select o from Order o order by o.total", Order.class)
                .getResultStream()) {
            assertThat(rows.map(order -> order.total.intValue()).skip(27)).containsExactly(27, 28, 29);
        }
    }

    @Test
    void explainsItself() {
        var all = shop.query("select o.status, avg(o.total) from Order o group by o.status", Object[].class);
        var one = shop.query("from Order o where o.customerId = :id order by o.total limit 3", Order.class)
                .setParameter("id", CUSTOMERS.get(0));

        assertThat(all.explain())
                .startsWith("Route  ALL nodes: n1, n2\nMerge  groups with equal keys, ")
                .contains(
                        "\nSQL    select o1_0.status,sum(o1_0.total),count(o1_0.total) from orders o1_0 where 1=1 group by o1_0.status\n")
                .contains("Plan of node n1\n", "Plan of node n2\n", "Aggregate");
        assertThat(one.explain())
                .startsWith("Route  " + nodeOf(CUSTOMERS.get(0)) + "\nMerge  none, one node has all rows, limit 3\n");
    }

    @Test
    void asksTheNodesForSetOperationsThatCarryTheKey() {
        var all = shop.query("select c.id from Customer c intersect select o.customerId from Order o", UUID.class);
        var one = shop.query(
                        "select c.id from Customer c where c.id = :id union all select o.customerId from Order o where"
                                + " o.customerId = :id",
                        UUID.class)
                .setParameter("id", CUSTOMERS.get(0));

        assertThat(all.getResultCount()).isEqualTo(30);
        assertThat(all.getPartialResult().rows()).hasSize(30);
        assertThat(all.explain()).startsWith("Route  ALL nodes: n1, n2\n").contains(" intersect select ");
        assertThat(one.explain()).startsWith("Route  " + nodeOf(CUSTOMERS.get(0)) + "\n");
        assertThat(one.getResultList()).containsExactly(CUSTOMERS.get(0), CUSTOMERS.get(0));
    }

    @Test
    void putsSetOperationsTogetherInMemoryWhereTheNodesCannot() {
        var query = shop.query("select c.name from Customer c except select o.status from Order o", String.class);

        assertThat(query.getResultCount()).isEqualTo(30);
        try (var rows = query.setFetchSize(2).getResultStream()) {
            assertThat(rows.limit(3)).hasSize(3);
        }
        assertThat(query.setMaxResults(7).setFirstResult(28).getResultList()).hasSize(2);
        assertThat(query.explain())
                .startsWith("Merge  except of 2 queries, in memory\nRoute  ALL nodes: n1, n2\n")
                .contains("select c1_0.name from Customer c1_0", "select o1_0.status from orders o1_0");
        assertThatThrownBy(query::getPartialResult)
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining("it is put together");
    }

    @Test
    void stopsTheOtherNodesWhenOneFails() throws SQLException {
        var failure = new AtomicReference<Throwable>();
        var reader = new Thread(() -> {
            try {
                shop.inCluster(session ->
                        session.query("select count(*) from Order", Long.class).getSingleResult());
            } catch (Throwable e) {
                failure.set(e);
            }
        });

        lock(
                "n1",
                first -> onSecond(second -> {
                    reader.start();
                    awaitStatement("n1");
                    awaitStatement("n2");
                    cancel("n2");
                    Await.until("the query has failed", DEADLINE, () -> failure.get() != null);
                    Await.until("no statement waits", DEADLINE, () -> waiting("n1") == 0);
                }));

        assertThat(failure.get())
                .isInstanceOf(QueryTimeoutException.class)
                .hasMessageStartingWith("1 of 2 nodes failed: n2: ");
    }

    @Test
    void returnsPartialResultsOnlyWhenAsked() throws SQLException {
        lock("n2", locked -> {
            var query = shop.query("select name from Customer", String.class);

            var partial =
                    Limits.longEnough(limit -> query.setTimeout(limit).getPartialResult(), result -> !result.failures()
                            .containsKey("n1"));

            assertThat(partial.isComplete()).isFalse();
            assertThat(partial.failures()).containsOnlyKeys("n2");
            assertThat(partial.rows()).hasSize((int)
                    CUSTOMERS.stream().filter(id -> nodeOf(id).equals("n1")).count());
            query.setTimeout(Duration.ofMillis(100));
            assertThatThrownBy(query::getResultList).isInstanceOf(QueryTimeoutException.class);
        });
        assertThat(shop.query("from Customer", Customer.class)
                        .getPartialResult()
                        .isComplete())
                .isTrue();
    }

    /** Holds back every reader of a node's tables. */
    private static void lock(String node, Consumer<String> work) throws SQLException {
        try (var connection = cluster.node(node).primary().connect();
                var statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("lock table orders, customer in access exclusive mode");
            work.accept(node);
            connection.rollback();
        }
    }

    private static void awaitStatement(String node) {
        Await.until("a statement waits on " + node, DEADLINE, () -> waiting(node) == 1);
    }

    private static void cancel(String node) {
        try {
            cluster.node(node)
                    .primary()
                    .value(
                            "select bool_and(pg_cancel_backend(pid)) from pg_stat_activity where wait_event_type = 'Lock'"
                                    + " and datname = current_database()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int waiting(String node) {
        try {
            return Integer.parseInt(cluster.node(node)
                    .primary()
                    .value("select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname ="
                            + " current_database()"));
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void queriesThatArePlannedEachTimeLeaveHibernatesCacheAlone() {
        var builder = (HibernateCriteriaBuilder) emf.getCriteriaBuilder();
        var cache = emf.unwrap(SessionFactoryImplementor.class).getQueryEngine().getInterpretationCache();
        Runnable ask = () -> {
            var query = builder.createQuery(Long.class);
            query.select(builder.count(query.from(Customer.class)));
            shop.readCluster(session -> session.query(query).getSingleResult());
            shop.query("from Order", Order.class)
                    .getKeyedResultList(Page.first(2).keyedBy(List.of(asc(Order.class, "id"))));
        };

        ask.run();
        int plans = cache.getNumberOfCachedQueryPlans();
        ask.run();

        assertThat(cache.getNumberOfCachedQueryPlans()).isEqualTo(plans);
    }

    private static String nodeOf(UUID customer) {
        return shop.explain(customer).location().node().name();
    }

    /** Returns the nodes that gave a connection to the work. */
    private static List<String> asked(Consumer<ClusterSession> work) {
        var before = served();
        shop.inCluster(work);
        var after = served();
        return after.keySet().stream()
                .filter(node -> after.get(node) > before.get(node))
                .toList();
    }

    private static Map<String, Long> served() {
        var served = new TreeMap<String, Long>();
        for (ServerStatus status : shop.status()) {
            served.merge(status.node(), status.served(), Long::sum);
        }
        return served;
    }
}
