package io.shardloom.hibernate.rls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.shardloom.hibernate.Limits;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Country;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.hibernate.shop.OrderLine;
import io.shardloom.hibernate.shop.Parameter;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import jakarta.persistence.QueryTimeoutException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** What nobody sees into keeps to its key all the same, because PostgreSQL holds it. */
@WithCluster(nodes = 2, replicas = 1)
class RowSecurityIT {
    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom shop;

    private UUID ann;
    /** On the same node as Ann. */
    private UUID bob;

    @BeforeAll
    static void open(EmbeddedCluster given) throws SQLException {
        cluster = given;
        emf = Persistence.createEntityManagerFactory(
                "shop",
                Web.properties(cluster, "shardloom.hikari.maximumPoolSize", "1", "hibernate.jdbc.batch_size", "20"));
        shop = Shardloom.of(emf);
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void fill() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().execute("truncate customer cascade", "truncate branch");
        }
        ann = keyOn("n1");
        bob = keyOn("n1");
        for (var key : List.of(ann, bob)) {
            shop.inTransaction(key, em -> {
                var customer = new Customer(key, key.equals(ann) ? "Ann" : "Bob");
                em.persist(customer);
                for (int i = 0; i < 3; i++) {
                    var order = new Order(key, "new", BigDecimal.TEN);
                    order.tags.add("a");
                    order.tags.add("b");
                    em.persist(order);
                }
            });
        }
    }

    private static UUID keyOn(String node) {
        while (true) {
            var key = shop.newUuid();
            if (shop.explain(key).location().node().name().equals(node)) {
                return key;
            }
        }
    }

    @Test
    void nativeQueriesSeeTheKeysRowsAlone() {
        shop.inTransaction(ann, em -> {
            assertThat(names(em)).containsExactly("Ann");
            assertThat(names(em)).containsExactly("Ann");
            assertThat(count(em, "select count(*) from orders")).isEqualTo(3);
            assertThat(count(em, "select count(*) from order_tags")).isEqualTo(6);
            assertThat(count(em, "select count(*) from customer where id = '" + bob + "'"))
                    .isZero();
        });
        shop.inTransaction(bob, em -> assertThat(names(em)).containsExactly("Bob"));
    }

    @Test
    void nativeChangesReachTheKeysRowsAlone() {
        shop.inTransaction(ann, em -> {
            assertThat(run(em, "update orders set status = 'paid'")).isEqualTo(3);
            assertThat(run(em, "delete from order_tags")).isEqualTo(6);
            assertThat(run(em, "delete from orders where status = 'paid'")).isEqualTo(3);
        });
        assertThat(shop.<Long>fromTransaction(ann, em -> count(em, "select count(*) from orders")))
                .isZero();
        assertThat(shop.<Long>fromTransaction(bob, em -> count(em, "select count(*) from orders where status = 'new'")))
                .isEqualTo(3);
        assertThat(shop.<Long>fromTransaction(bob, em -> count(em, "select count(*) from order_tags")))
                .isEqualTo(6);
    }

    @Test
    void aNativeInsertOrUpdateIntoAnotherKeyIsRefused() {
        refused(em -> run(em, "insert into customer (id, name, version) values ('" + keyOn("n1") + "', 'Eve', 0)"));
        refused(em -> run(em, "update customer set id = '" + keyOn("n1") + "'"));
        refused(em -> em.doWork(jdbc -> {
            try (var insert = jdbc.prepareStatement("insert into customer (id, name, version) values (?, 'Eve', 0)")) {
                insert.setObject(1, keyOn("n1"));
                insert.executeUpdate();
            }
        }));
        shop.inTransaction(ann, em -> assertThat(
                        run(em, "insert into orders (customerid, id) values ('" + ann + "', '" + bob + "')"))
                .isEqualTo(1));
    }

    private void refused(Consumer<Session> work) {
        var failure = catchThrowable(() -> shop.inTransaction(ann, work));

        while (failure != null && !(failure instanceof SQLException)) {
            failure = failure.getCause();
        }
        assertThat(failure)
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"))
                .hasMessageContaining("row-level security policy");
    }

    @Test
    void jdbcSeesAndChangesTheKeysRowsAloneThroughEveryDoor() {
        shop.inTransaction(
                ann,
                em -> em.doWork(jdbc -> {
                    try (var statement = jdbc.createStatement()) {
                        assertThat(statement.executeUpdate("update orders set status = 'seen'"))
                                .isEqualTo(3);
                    }
                    jdbc.commit();
                    try (var statement = jdbc.prepareStatement("select count(*) from orders where status = ?")) {
                        statement.setString(1, "seen");
                        try (var rows = statement.executeQuery()) {
                            rows.next();
                            assertThat(rows.getLong(1)).isEqualTo(3);
                        }
                    }
                    jdbc.rollback();
                    try (var call = jdbc.prepareCall("delete from order_tags")) {
                        assertThat(call.executeUpdate()).isEqualTo(6);
                    }
                    jdbc.rollback();
                    assertThat(namesOf((Connection) jdbc.unwrap(PGConnection.class)))
                            .containsExactly("Ann");
                    assertThat(namesOf(jdbc.createStatement().getConnection())).containsExactly("Ann");
                }));
        assertThat(shop.<Long>fromTransaction(bob, em -> count(em, "select count(*) from orders where status = 'new'")))
                .isEqualTo(3);
    }

    @Test
    void aPooledConnectionCarriesNoKeyOver() throws SQLException {
        shop.inTransaction(ann, em -> assertThat(names(em)).containsExactly("Ann"));
        nothingIsSeen();
        assertThatThrownBy(() -> shop.inTransaction(ann, em -> {
                    assertThat(names(em)).containsExactly("Ann");
                    throw new IllegalStateException("stop");
                }))
                .hasMessage("stop");
        nothingIsSeen();
        assertThatThrownBy(() -> shop.inTransaction(ann, em -> run(em, "update customer set version = 1/0")))
                .hasMessageContaining("division by zero");
        nothingIsSeen();
        shop.inTransaction(
                ann,
                em -> em.doWork(jdbc -> {
                    var before = jdbc.setSavepoint();
                    assertThat(namesOf(jdbc)).containsExactly("Ann");
                    jdbc.rollback(before);
                    assertThat(namesOf(jdbc)).containsExactly("Ann");
                }));
        nothingIsSeen();
        try (var session = shop.openSession(ann)) { // without a transaction
            assertThat(names(session)).containsExactly("Ann");
        }
        nothingIsSeen();
        shop.inTransaction(bob, em -> assertThat(names(em)).containsExactly("Bob"));
    }

    private static void nothingIsSeen() throws SQLException {
        var node = shop.sharding().node("n1");
        try (var pooled = shop.sharding().pools().connection(node, false)) {
            assertThat(namesOf(pooled)).isEmpty();
            pooled.rollback();
        }
    }

    @Test
    void readOnlySessionsAreHeldOnTheirReplica() {
        cluster.awaitReplicas();
        for (int i = 0; i < 8; i++) {
            shop.readOnly(ann, em -> {
                assertThat(names(em)).containsExactly("Ann");
                assertThat(em.createQuery("from Order", Order.class).getResultList())
                        .hasSize(3);
                return em;
            });
            shop.readOnly(bob, em -> {
                assertThat(em.find(Customer.class, bob).name).isEqualTo("Bob");
                assertThat(names(em)).containsExactly("Bob");
                return em;
            });
        }
    }

    @Test
    void aQueryOfTheClusterEndsInTimeWhateverBlockIsBeingSent() throws SQLException {
        shop.inTransaction(ann, em -> em.persist(new Order(ann, "slow", BigDecimal.ONE))); // behind three others
        var primary = cluster.node("n1").primary();
        primary.executeAsSuperuser(
                "create function is_fast(status text) returns boolean language plpgsql as"
                        + " 'begin if status = ''slow'' then perform pg_sleep(600); end if; return true; end'",
                "create policy slow on orders as restrictive using (is_fast(status))");
        cluster.awaitReplicas();
        try {
            var query = shop.query("select total from Order", BigDecimal.class).setFetchSize(1);
            var late = " has not sent all its rows within ";

            var failure = assertTimeoutPreemptively(
                    Duration.ofMinutes(3),
                    () -> Limits.longEnough(
                            limit -> catchThrowable(query.setTimeout(limit)::getResultList),
                            thrown -> thrown.getMessage().contains(late)));

            assertThat(failure).isInstanceOf(QueryTimeoutException.class).hasMessageContaining(late);
        } finally {
            primary.executeAsSuperuser("drop policy slow on orders", "drop function is_fast");
        }
    }

    @Test
    void sessionsOfANodeSeeItWhole() {
        cluster.awaitReplicas();
        assertThat(shop.query("select count(*) from Order", Long.class).getSingleResult())
                .isEqualTo(6);
        // the customers come with statements, and so transactions, of their own
        assertThat(shop.query("from Order where customerId in :keys", Order.class)
                        .setParameterList("keys", List.of(ann, bob))
                        .getResultList())
                .extracting(order -> order.customer.name)
                .containsOnly("Ann", "Bob")
                .hasSize(6);
        assertThat(shop.query("from Order order by id", Order.class)
                        .setMaxResults(6)
                        .getResultList())
                .extracting(order -> order.customer.name)
                .containsOnly("Ann", "Bob")
                .hasSize(6);
        shop.inNodeTransaction("n1", em -> assertThat(count(em, "select count(*) from customer"))
                .isEqualTo(2));
        shop.inNodeTransaction("n2", em -> assertThat(count(em, "select count(*) from customer"))
                .isZero());
        assertThat(shop.rowsPerShard(Customer.class).stream()
                        .mapToLong(shard -> shard.rows())
                        .sum())
                .isEqualTo(2);
        shop.inNodeTransaction("n2", em -> em.persist(new Parameter("colour", "blue")));
        shop.inNodeTransaction("n2", em -> {
            assertThat(em.find(Parameter.class, "colour").text).isEqualTo("blue");
            em.remove(em.find(Parameter.class, "colour"));
        });
        shop.inTransaction(ann, em -> assertThat(names(em)).containsExactly("Ann"));
    }

    @Test
    void aKeyOfOneGroupShowsNothingOfAnother() throws SQLException {
        for (var country : List.of("EUA", "Brasil")) {
            shop.inTransaction(country, em -> em.persist(new Branch(country, "City of " + country)));
        }
        shop.inTransaction("Brasil", em -> {
            assertThat(em.createQuery("from Branch", Branch.class).getResultList())
                    .hasSize(1);
            assertThat(count(em, "select count(*) from branch")).isEqualTo(1);
            assertThat(names(em)).isEmpty();
        });
    }

    @Test
    void referenceTablesAreReadByEverySession() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().execute("delete from country", "insert into country (code, name) values ('de', 'Germany')");
        }
        shop.inTransaction(
                ann, em -> assertThat(em.find(Country.class, "de").name).isEqualTo("Germany"));
        shop.inTransaction(
                ann, em -> assertThat(count(em, "select count(*) from country")).isEqualTo(1));
    }

    @Test
    void hibernateWorksAsWithoutIt() {
        shop.inTransaction(ann, em -> {
            for (int i = 0; i < 45; i++) {
                var order = new Order(ann, "batch", BigDecimal.ONE);
                order.lines.add(new OrderLine(order, "p" + i));
                em.persist(order);
            }
        });
        shop.inTransaction(ann, em -> {
            var seen = new ArrayList<Order>();
            try (var rows = em.createQuery("from Order where status = 'batch'", Order.class)
                    .setFetchSize(10)
                    .scroll()) {
                while (rows.next()) {
                    seen.add(rows.get());
                }
            }
            assertThat(seen).hasSize(45);
            seen.get(0).status = "changed";
        });
        int changed = shop.fromTransaction(
                ann, em -> em.createMutationQuery("update Order set status = 'done' where status = 'batch'")
                        .executeUpdate());
        assertThat(changed).isEqualTo(44);
        try (var session = shop.openStatelessSession(ann)) {
            assertThat(session.createSelectionQuery("select count(*) from OrderLine", Long.class)
                            .getSingleResult())
                    .isEqualTo(45);
        }
    }

    @Test
    void everyShardedTableAndPartitionIsHeldAndNoOther() throws SQLException {
        var n1 = cluster.node("n1").primary();

        assertThat(n1.value("select string_agg(relname, ' ' order by relname) from pg_class"
                        + " where relrowsecurity and not relispartition"))
                .isEqualTo("branch customer order_tags orderline orders reading");
        assertThat(n1.value(
                        "select count(*) from pg_class where relispartition and relkind = 'r' and not relrowsecurity"))
                .isEqualTo("0");
        assertThat(n1.value(
                        "select string_agg(distinct polname, ' ' order by polname) || ' ' || count(*) from pg_policy"))
                .isEqualTo("shardloom_key shardloom_node 12");
        assertThat(n1.value("select has_table_privilege('web', 'orders_p0', 'SELECT') or has_table_privilege('web',"
                        + " 'orders', 'TRUNCATE')"))
                .isEqualTo("f");
    }

    private static List<String> names(Session session) {
        return Shardloom.unchecked(session.createNativeQuery("select name from customer order by name", String.class))
                .getResultList();
    }

    private static long count(Session session, String sql) {
        return Shardloom.unchecked(session.createNativeQuery(sql, Long.class)).getSingleResult();
    }

    private static int run(Session session, String sql) {
        return Shardloom.unchecked(session.createNativeMutationQuery(sql)).executeUpdate();
    }

    private static List<String> namesOf(Connection jdbc) throws SQLException {
        var names = new ArrayList<String>();
        try (var statement = jdbc.prepareStatement("select name from customer order by name");
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }
}
