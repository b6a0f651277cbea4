package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.hibernate.shop.OrderLine;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.Persistence;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hibernate.StatelessSession;
import org.hibernate.exception.ConstraintViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The driver sends a batch of inserts as some of many rows; everything else is as with single rows. */
@WithCluster(nodes = 2)
class BatchedInsertsIT {
    private static EmbeddedCluster cluster;
    /** As users have it, and with the driver left as it is. */
    private static EntityManagerFactory many;

    private static EntityManagerFactory single;

    @BeforeAll
    static void open(EmbeddedCluster given) throws SQLException {
        cluster = given;
        many = Units.shop(cluster, "hibernate.jdbc.batch_size", "50");
        var properties = Units.properties(
                cluster,
                "hibernate.jdbc.batch_size",
                "50",
                "shardloom.hikari.dataSource.reWriteBatchedInserts",
                "false");
        properties.remove(Units.ACTION);
        single = Persistence.createEntityManagerFactory("shop", properties);
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute(
                            "create table sent (tab text)",
                            "create function note_sent() returns trigger language plpgsql as"
                                    + " 'begin insert into sent values (tg_table_name); return null; end'");
            for (var table : List.of("customer", "orders", "order_tags")) {
                node.primary()
                        .execute("create trigger note_sent after insert on " + table
                                + " for each statement execute function note_sent()");
            }
        }
    }

    @AfterAll
    static void close() {
        many.close();
        single.close();
    }

    @BeforeEach
    void empty() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().execute("truncate customer cascade", "truncate sent");
        }
    }

    private static Shardloom shop(EntityManagerFactory emf) {
        return Shardloom.of(emf);
    }

    private static UUID keyOn(String node) {
        return Stream.generate(shop(many)::newUuid)
                .filter(key -> shop(many).explain(key).location().node().name().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static void persistOrders(Shardloom shop, UUID key, int orders) {
        shop.inTransaction(key, session -> {
            session.persist(new Customer(key, "Ann"));
            for (int i = 0; i < orders; i++) {
                var order = new Order(key, i % 3 == 0 ? null : "new", BigDecimal.valueOf(i));
                order.tags.add("a" + i);
                order.tags.add("b");
                session.persist(order);
            }
        });
    }

    @Test
    void aKeySessionSendsFewStatements() throws SQLException {
        persistOrders(shop(many), keyOn("n1"), 50);

        assertThat(sent("n1", "orders")).isEqualTo(3); // 32, 16 and 2 rows
        assertThat(sent("n1", "order_tags")).isEqualTo(6); // two batches of that size
        assertThat(sent("n1", "customer")).isEqualTo(1);
    }

    @Test
    void aClusterSessionSendsFewStatementsToEachNode() throws SQLException {
        shop(many)
                .inCluster(session -> session.persistAll(IntStream.range(0, 64)
                        .mapToObj(i -> new Customer(keyOn(i % 2 == 0 ? "n1" : "n2"), "c" + i))
                        .toList()));

        assertThat(sent("n1", "customer")).isEqualTo(1);
        assertThat(sent("n2", "customer")).isEqualTo(1);
        assertThat(shop(many).query("select count(*) from Customer", Long.class).getSingleResult())
                .isEqualTo(64);
    }

    @Test
    void storesWhatSingleRowsStore() throws SQLException {
        var first = keyOn("n1");
        var second = keyOn("n1");

        persistOrders(shop(many), first, 30);
        persistOrders(shop(single), second, 30);

        assertThat(sent("n1", "orders")).isEqualTo(4 + 30);
        assertThat(stored(first))
                .isEqualTo(stored(second))
                .contains("null 0 [a0, b]")
                .contains("new 29 [a29, b]");
    }

    private static String stored(UUID key) {
        return shop(many)
                .fromTransaction(
                        key,
                        session ->
                                session.createQuery("from Order order by total", Order.class).getResultList().stream()
                                        .map(order ->
                                                order.status + " " + order.total.toBigInteger() + " " + order.tags)
                                        .toList())
                .toString();
    }

    @Test
    void versionsAreCheckedAsEver() {
        var keys = IntStream.range(0, 20).mapToObj(i -> keyOn("n1")).toList();
        shop(many)
                .inCluster(session -> session.persistAll(
                        keys.stream().map(key -> new Customer(key, "c")).toList()));
        var stale = shop(many).fromTransaction(keys.get(7), session -> session.find(Customer.class, keys.get(7)));

        shop(many).inCluster(session -> session.findAll(Customer.class, keys).forEach(customer -> customer.name = "d"));
        stale.name = "e";

        assertThat(catchThrowable(() -> shop(many).inTransaction(stale.id, session -> session.merge(stale))))
                .isInstanceOf(OptimisticLockException.class);
        assertThat(shop(many)
                        .query("select distinct c.version from Customer c", Integer.class)
                        .getResultList())
                .containsExactly(1);
    }

    @Test
    void aRowThatIsThereIsRefusedInTheSameWords() {
        var key = keyOn("n1");
        persistOrders(shop(many), key, 3);
        var there = shop(many).fromTransaction(key, session -> session.createQuery("from Order", Order.class)
                .getResultList());

        var failures = Stream.of(many, single)
                .map(emf -> catchThrowable(() -> stateless(emf, key, session -> {
                    var rows = new ArrayList<Order>();
                    IntStream.range(0, 20).forEach(i -> rows.add(new Order(key, "new", BigDecimal.ONE)));
                    rows.add(11, there.get(1));
                    session.insertMultiple(rows);
                })))
                .toList();

        assertThat(failures).allSatisfy(failure -> assertThat(failure)
                .isInstanceOfSatisfying(ConstraintViolationException.class, violation -> {
                    assertThat(violation.getKind()).isEqualTo(ConstraintViolationException.ConstraintKind.UNIQUE);
                    assertThat(violation.getConstraintName())
                            .isEqualTo(((ConstraintViolationException) failures.get(1)).getConstraintName())
                            .startsWith("orders_p");
                    assertThat(violation.getSQLException().getMessage())
                            .contains(there.get(1).id.toString());
                }));
    }

    @Test
    void aForeignKeyIsCheckedAsEver() {
        var key = keyOn("n2");

        var failures = Stream.of(many, single)
                .map(emf -> catchThrowable(() -> stateless(
                        emf,
                        key,
                        session -> session.insertMultiple(IntStream.range(0, 20)
                                .mapToObj(i -> new Order(key, "orphan", BigDecimal.ONE))
                                .toList()))))
                .toList();

        assertThat(failures).allSatisfy(failure -> assertThat(failure)
                .isInstanceOfSatisfying(ConstraintViolationException.class, violation -> {
                    assertThat(violation.getKind()).isEqualTo(ConstraintViolationException.ConstraintKind.FOREIGN_KEY);
                    assertThat(violation.getConstraintName())
                            .isEqualTo(((ConstraintViolationException) failures.get(1)).getConstraintName());
                }));
    }

    @Test
    void theSameRowTwiceInAnUpsertEndsAsItsLastState() {
        for (var emf : List.of(many, single)) {
            var key = keyOn("n1");
            persistOrders(shop(emf), key, 1);
            var id = shop(emf).fromTransaction(key, session -> session.createQuery("from Order", Order.class)
                    .getSingleResult()
                    .id);

            stateless(emf, key, session -> session.upsertMultiple(List.of(order(key, id, "b"), order(key, id, "c"))));

            assertThat(stored(key)).isEqualTo("[c 1 []]"); // its collections too are those that were given
        }
    }

    private static Order order(UUID key, UUID id, String status) {
        var order = new Order(key, status, BigDecimal.ONE);
        order.id = id;
        return order;
    }

    @Test
    void linesThatPointToRowsOfTheSameBatchAreStored() {
        var key = keyOn("n1");
        shop(many).inTransaction(key, session -> {
            session.persist(new Customer(key, "Ann"));
            for (int i = 0; i < 8; i++) {
                var order = new Order(key, "new", BigDecimal.ONE);
                session.persist(order);
                session.persist(new OrderLine(order, "article " + i));
            }
        });

        long lines = shop(many).fromTransaction(key, session -> session.createQuery(
                        "select count(*) from OrderLine l join l.order o", Long.class)
                .getSingleResult());
        assertThat(lines).isEqualTo(8);
    }

    private static void stateless(EntityManagerFactory emf, UUID key, Consumer<StatelessSession> work) {
        try (var session = shop(emf).openStatelessSession(key)) {
            session.setJdbcBatchSize(50);
            var transaction = session.beginTransaction();
            work.accept(session);
            transaction.commit();
        }
    }

    private static int sent(String node, String table) throws SQLException {
        return Integer.parseInt(
                cluster.node(node).primary().value("select count(*) from sent where tab = '" + table + "'"));
    }
}
