package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.context.ShardContext;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Country;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.hibernate.shop.OrderLine;
import io.shardloom.hibernate.shop.Parameter;
import io.shardloom.hibernate.shop.Reading;
import io.shardloom.id.ShardedUuids;
import io.shardloom.strategy.HashStrategy;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;
import org.hibernate.Hibernate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2)
class KeySessionIT {
    static EmbeddedCluster cluster;
    static EntityManagerFactory emf;
    static Shardloom shop;

    @BeforeAll
    static void open(EmbeddedCluster given) {
        cluster = given;
        emf = Units.shop(cluster);
        shop = Shardloom.of(emf);
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @Test
    void keepsEveryRowOnTheNodeAndInThePartitionOfItsKey() throws SQLException {
        var ids = IntStream.range(0, 50).mapToObj(i -> newCustomer("c" + i)).toList();

        for (var id : ids) {
            var location = shop.explain(id).location();
            for (var node : cluster.nodes()) {
                var partition = node.primary()
                        .value("select coalesce(max(tableoid::regclass::text), '-') from customer where id = '" + id
                                + "'");
                assertThat(partition)
                        .isEqualTo(
                                node.name().equals(location.node().name())
                                        ? "customer_" + location.shard().name()
                                        : "-");
            }
        }
        assertThat(ids.stream().map(id -> shop.explain(id).location().node().name()))
                .contains("n1", "n2");
    }

    @Test
    void seesTheRowsOfItsKeyAndNoOthers() {
        var keys = twoKeysOfOneShard();
        for (var key : keys) {
            shop.inTransaction(key, em -> {
                var order = new Order(key, "new", BigDecimal.TEN);
                em.persist(order);
                em.persist(new OrderLine(order, "pen"));
            });
        }
        var own = keys.get(0);

        shop.inTransaction(own, em -> {
            assertThat(em.createQuery("from Order", Order.class).getResultList())
                    .extracting(o -> o.customerId)
                    .containsExactly(own);
            assertThat(em.createQuery("select count(*) from OrderLine", Long.class)
                            .getSingleResult())
                    .isEqualTo(1);
            var foreign = shop.fromTransaction(
                    keys.get(1),
                    other -> other.createQuery("from Order", Order.class).getSingleResult().id);
            assertThat(em.find(Order.class, new Order.Key(keys.get(1), foreign)))
                    .isNull();
            assertThat(em.find(Customer.class, keys.get(1))).isNull();
            assertThat(em.createMutationQuery("update Order set status = 'seen'")
                            .executeUpdate())
                    .isEqualTo(1);
            assertThat(em.createMutationQuery("delete from OrderLine").executeUpdate())
                    .isEqualTo(1);
        });
        assertThat(shop.<String>readOnly(keys.get(1), em -> em.createQuery("select status from Order", String.class)
                        .getSingleResult()))
                .isEqualTo("new");
    }

    @Test
    void worksThroughPlainJpaWithTheKeyAsAProperty() {
        var key = newCustomer("Ada");

        try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key))) {
            em.getTransaction().begin();
            em.find(Customer.class, key).name = "Ada L.";
            em.getTransaction().commit();
        }

        try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, key, Shardloom.READ_ONLY, true))) {
            assertThat(em.find(Customer.class, key).name).isEqualTo("Ada L.");
        }
    }

    /** Within a bound key a misspelt one would open a session of the wrong key. */
    @Test
    void refusesAPropertyThatAnEntityManagerDoesNotHave() throws Exception {
        var key = newCustomer("Cy");
        var other = newCustomer("Di");

        ShardContext.run(key, () -> assertThatThrownBy(() -> emf.createEntityManager(Map.of("shardloom.kye", other)))
                .isInstanceOf(ShardloomException.class)
                .hasMessage("shardloom.kye is no property of an entity manager. It has shardloom.key,"
                        + " shardloom.read-only, shardloom.read-target, shardloom.read-token; settings of the"
                        + " unit go to createEntityManagerFactory."));
    }

    @Test
    void takesTheKeyBoundToTheThread() throws Exception {
        var key = newCustomer("Bo");

        String name = ShardContext.with(key, () -> {
            try (var em = emf.createEntityManager()) {
                return em.createQuery("select name from Customer", String.class).getSingleResult();
            }
        });

        assertThat(name).isEqualTo("Bo");
        assertThat(ShardContext.current()).isEmpty();
        ShardContext.run(key, () -> emf.runInTransaction(em -> em.find(Customer.class, key).name = "Bob"));
        assertThat(shop.<String>readOnly(key, em -> em.find(Customer.class, key).name))
                .isEqualTo("Bob");
    }

    @Test
    void followsAssociationsAndCollectionsInsideTheKey() {
        var key = newCustomer("Cy");
        var id = shop.fromTransaction(key, em -> {
            var order = new Order(null, "new", new BigDecimal("9.50"));
            order.tags.add("gift");
            em.persist(order);
            em.persist(new OrderLine(order, "pen"));
            em.persist(new OrderLine(order, "ink"));
            return order.id;
        });

        shop.inTransaction(key, em -> {
            var order = em.find(Order.class, new Order.Key(key, id));
            assertThat(order.customer.name).isEqualTo("Cy");
            assertThat(order.tags).containsExactly("gift");
            assertThat(order.lines).extracting(line -> line.article).containsExactlyInAnyOrder("pen", "ink");
            order.tags.add("rush");
            order.lines.get(0).article = "pencil";
        });
        var fetched = shop.readOnly(
                key, em -> em.createQuery("from Order o join fetch o.lines left join fetch o.customer", Order.class)
                        .getSingleResult());
        assertThat(Hibernate.isInitialized(fetched.lines)).isTrue();
        assertThat(fetched.lines).extracting(line -> line.article).contains("pencil");

        shop.inTransaction(key, em -> em.remove(em.find(Order.class, new Order.Key(key, id))));
        assertThat(shop.<Long>readOnly(key, em -> em.createQuery("select count(*) from OrderLine", Long.class)
                        .getSingleResult()))
                .isZero();
    }

    @Test
    void mergesUpdatesAndUpsertsRowsOfItsKey() {
        var key = newCustomer("Di");
        var order = new Order(key, "new", BigDecimal.ONE);
        shop.inTransaction(key, em -> em.persist(order));

        order.status = "paid";
        shop.inTransaction(key, em -> em.merge(order));
        assertThat(status(key)).isEqualTo("paid");

        try (var session = shop.openStatelessSession(key)) {
            var transaction = session.beginTransaction();
            var loaded = session.get(Order.class, new Order.Key(key, order.id));
            loaded.status = "sent";
            session.update(loaded);
            var another = new Order(key, "stateless", BigDecimal.TEN);
            session.insert(another);
            assertThat(another.id).isNotNull();
            session.upsert(another);
            session.delete(another);
            transaction.commit();
        }
        assertThat(status(key)).isEqualTo("sent");
    }

    @Test
    void routesListAndRangeKeysByTheirOwnGroups() throws SQLException {
        shop.inTransaction("Brasil", em -> em.persist(new Branch("Brasil", "Rio")));
        shop.inTransaction("França", em -> em.persist(new Branch(null, "Lyon")));
        var day = LocalDate.of(2016, 8, 3);
        shop.inTransaction(day, em -> em.persist(new Reading(day, "London", 63)));
        var other = LocalDate.of(2020, 1, 1);
        shop.inTransaction(other, em -> em.persist(new Reading(other, "London", 41)));

        var n1 = cluster.node("n1").primary();
        var n2 = cluster.node("n2").primary();
        assertThat(n1.value("select string_agg(id || city, ',') from branch_america"))
                .isEqualTo("1Rio");
        assertThat(n2.value("select string_agg(id || city, ',') from branch_europa"))
                .isEqualTo("2Lyon");
        assertThat(n2.value("select temperature from reading_y2016")).isEqualTo("63");
        assertThat(n1.value("select day from reading_other")).isEqualTo("2020-01-01");
        assertThat(shop.<List<String>>readOnly(
                        "França", em -> em.createQuery("select country from Branch", String.class)
                                .getResultList()))
                .containsExactly("França");
        shop.inTransaction("Brasil", em -> {
            var rio = em.createQuery("from Branch", Branch.class).getSingleResult();
            rio.city = "Salvador";
        });
        shop.inTransaction("Brasil", em -> em.remove(em.find(Branch.class, 1)));
        assertThat(n1.value("select count(*) from branch")).isEqualTo("0");
    }

    @Test
    void letsPostgresqlRefuseARowOnTheWrongNode() {
        var key = keyOn("n2");
        var sql = "insert into customer (id, version) values ('" + key + "', 0)";

        assertThatThrownBy(() -> cluster.node("n1").primary().execute(sql))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23514"))
                .hasMessageContaining("no partition of relation \"customer\" found for row");
    }

    @Test
    void makesIdsThatCarryTheKeysHash() {
        var key = newCustomer("Ed");
        var order = new Order(key, "new", BigDecimal.ONE);
        shop.inTransaction(key, em -> em.persist(order));

        var strategy = (HashStrategy) shop.sharding().group("shop").strategy();
        assertThat(order.id.version()).isEqualTo(7);
        assertThat(ShardedUuids.hashBits(order.id)).isEqualTo((int) (strategy.hash(key) & 0xFFF));
    }

    @Test
    void numbersRowsOfAllNodesFromOneSequence() {
        var numbers = new ArrayList<Long>();
        for (var key : List.of(keyOn("n1"), keyOn("n2"), keyOn("n1"))) {
            shop.inTransaction(key, em -> {
                em.persist(new Customer(key, "any"));
                var order = new Order(key, "new", BigDecimal.ONE);
                em.persist(order);
                for (int i = 0; i < 15; i++) {
                    var line = new OrderLine(order, "a" + i);
                    em.persist(line);
                    numbers.add(line.number);
                }
            });
        }
        assertThat(numbers).doesNotHaveDuplicates().hasSize(45);
    }

    @Test
    void readsWholeNodesWhenAskedTo() throws SQLException {
        var before = customersByNode();
        var a = keyOn("n1");
        var b = keyOn("n2");
        shop.inTransaction(a, em -> em.persist(new Customer(a, "a")));
        shop.inTransaction(b, em -> em.persist(new Customer(b, "b")));

        var after = customersByNode();
        assertThat(after.get("n1")).isEqualTo(before.get("n1") + 1);
        assertThat(after.get("n2")).isEqualTo(before.get("n2") + 1);
        var rows = shop.rowsPerShard(Customer.class);
        assertThat(rows).hasSize(8).extracting(r -> r.shard().name()).startsWith("p0", "p1");
        assertThat(rows.stream().mapToLong(ShardRows::rows).sum()).isEqualTo(after.get("n1") + after.get("n2"));
    }

    @Test
    void keepsLocalTablesOnTheirNode() {
        shop.inNodeTransaction("n2", em -> em.persist(new Parameter("colour", "blue")));

        shop.inCluster(session ->
                assertThat(session.find(Parameter.class, "colour").text).isEqualTo("blue"));
        assertThat(shop.query("select text from Parameter", String.class).getResultList())
                .containsExactly("blue");
        var onTheSameNode = keyOn("n2");
        assertThat(shop.<String>readOnly(onTheSameNode, em -> em.createQuery(
                                "select p.text from Parameter p where p.name = 'colour'", String.class)
                        .getSingleResult()))
                .isEqualTo("blue");
        assertThat(shop.<Parameter>readOnly(onTheSameNode, em -> em.find(Parameter.class, "colour")))
                .isNotNull();
    }

    @Test
    void readsReferenceTablesOnEveryNode() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().execute("insert into country values ('BR', 'Brasil') on conflict do nothing");
        }
        for (var key : List.of(keyOn("n1"), keyOn("n2"))) {
            shop.inTransaction(key, em -> {
                var customer = new Customer(key, "any");
                customer.country = em.getReference(Country.class, "BR");
                em.persist(customer);
            });
            assertThat(shop.<String>readOnly(
                            key, em -> em.createQuery("select c.country.name from Customer c", String.class)
                                    .getSingleResult()))
                    .isEqualTo("Brasil");
        }
    }

    private static Map<String, Long> customersByNode() throws SQLException {
        var counts = new TreeMap<String, Long>();
        for (var node : cluster.nodes()) {
            counts.put(node.name(), Long.valueOf(node.primary().value("select count(*) from customer")));
        }
        return counts;
    }

    private static String status(UUID key) {
        return shop.readOnly(key, em -> em.createQuery("select status from Order", String.class)
                .getSingleResult());
    }

    private static UUID newCustomer(String name) {
        var id = shop.newUuid();
        shop.inTransaction(id, em -> em.persist(new Customer(id, name)));
        return id;
    }

    private static UUID keyOn(String node) {
        UUID key;
        do {
            key = shop.newUuid();
        } while (!shop.explain(key).location().node().name().equals(node));
        return key;
    }

    private static List<UUID> twoKeysOfOneShard() {
        var first = newCustomer("one");
        var shard = shop.explain(first).location().shard();
        UUID second;
        do {
            second = shop.newUuid();
        } while (!shop.explain(second).location().shard().equals(shard));
        var id = second;
        shop.inTransaction(id, em -> em.persist(new Customer(id, "two")));
        return List.of(first, second);
    }
}
