package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.hibernate.wire.WireCounter;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Databases that sort by a language, as initdb makes them: texts are ranked by one of the servers. */
@WithCluster(nodes = 2)
class CollationsIT {
    private static final String DATABASE = "language";
    private static final int CUSTOMERS = 300;

    static EmbeddedCluster cluster;
    static WireCounter first;
    static WireCounter second;
    static EntityManagerFactory emf;
    static Shardloom shop;

    @BeforeAll
    static void open(EmbeddedCluster given) throws SQLException, IOException {
        cluster = given;
        for (var server : cluster.servers()) {
            server.executeAsSuperuser("create database " + DATABASE
                    + " template template0 locale_provider icu icu_locale 'en-US' owner " + cluster.user());
        }
        first = new WireCounter(cluster.node("n1").primary().port());
        second = new WireCounter(cluster.node("n2").primary().port());
        var properties = new HashMap<String, Object>(cluster.shardloomProperties(DATABASE));
        properties.put("shardloom.node.n1.primary", url(first));
        properties.put("shardloom.node.n2.primary", url(second));
        properties.put(Units.ACTION, "drop-and-create");
        properties.put("hibernate.jdbc.batch_size", "50");
        emf = Persistence.createEntityManagerFactory("shop", properties);
        shop = Shardloom.of(emf);
        sql(
                "n1",
                "create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "create collation local (provider = icu, locale = 'en')");
        sql(
                "n2",
                "create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "create collation local (provider = icu, locale = 'sv')");
        for (var node : List.of("n1", "n2")) {
            sql(
                    node,
                    "alter table branch alter column city type varchar(255) collate blind",
                    "alter table orders alter column status type varchar(255) collate local");
        }
        shop.inCluster(CollationsIT::fill);
    }

    private static void fill(ClusterSession session) {
        var letters = List.of("a", "B", "á", "Z", "z", "-", "ö", "o", " ", "é", "E", "ß", "9");
        var random = new Random(11);
        for (int i = 0; i < CUSTOMERS; i++) {
            var name = new StringBuilder();
            for (int n = random.nextInt(6); n >= 0; n--) {
                name.append(letters.get(random.nextInt(letters.size())));
            }
            var id = shop.newUuid();
            session.persist(new Customer(id, random.nextInt(20) == 0 ? null : name.toString()));
            session.persist(new Order(id, "new", BigDecimal.ONE));
        }
        for (var country : List.of("Brasil", "Espanha", "EUA")) {
            for (var city : List.of("recife", "Vigo", "RECIFE", "Åbo", "vigo")) {
                session.persist(new Branch(country, city));
            }
        }
    }

    private static String url(WireCounter counter) {
        return "jdbc:postgresql://127.0.0.1:" + counter.port() + "/" + DATABASE + "?sslmode=disable";
    }

    private static void sql(String node, String... statements) throws SQLException {
        try (var connection = cluster.node(node).primary().connect(DATABASE);
                var statement = connection.createStatement()) {
            for (var each : statements) {
                statement.execute(each);
            }
        }
    }

    @AfterAll
    static void close() throws SQLException, IOException {
        emf.close();
        first.close();
        second.close();
        for (var server : cluster.servers()) {
            server.executeAsSuperuser("drop database " + DATABASE + " with (force)");
        }
    }

    /** Returns what a server makes of rows. */
    private static List<String> sorted(List<String> texts, String orderBy) throws SQLException {
        var sorted = new ArrayList<String>();
        try (var connection = cluster.node("n1").primary().connect(DATABASE);
                var statement = connection.prepareStatement("select t from unnest(?) t order by " + orderBy)) {
            statement.setArray(1, connection.createArrayOf("text", texts.toArray()));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    sorted.add(rows.getString(1));
                }
            }
        }
        return sorted;
    }

    private static List<String> names() {
        return shop.query("select name from Customer", String.class).getResultList();
    }

    @Test
    void sortsByTheLanguageOfTheDatabase() throws SQLException {
        var names = names();
        var upper = shop.query("select upper(name) from Customer", String.class).getResultList();

        assertThat(asked("select name from Customer order by name")).isEqualTo(sorted(names, "t"));
        assertThat(asked("select name from Customer order by name desc")).isEqualTo(sorted(names, "t desc"));
        assertThat(asked("select name from Customer order by name nulls first"))
                .isEqualTo(sorted(names, "t nulls first"));
        assertThat(asked("select upper(name) from Customer order by upper(name) desc nulls last"))
                .isEqualTo(sorted(upper, "t desc nulls last"));
        assertThat(asked("select name from Customer order by length(name), name"))
                .isEqualTo(sorted(names, "length(t), t"));
    }

    private static List<String> asked(String hql) {
        return shop.query(hql, String.class).setFetchSize(7).getResultList();
    }

    @Test
    void sortsPagesStreamsAndGroups() throws SQLException {
        var sorted = sorted(names(), "t");
        var groups = sorted(new ArrayList<>(new HashSet<>(names())), "t desc nulls last");
        var query = shop.query("select name from Customer order by name", String.class);

        for (int at : List.of(0, 20, 215, 280, 299)) {
            assertThat(query.setFirstResult(at).setMaxResults(20).getResultList())
                    .isEqualTo(sorted.subList(at, Math.min(CUSTOMERS, at + 20)));
        }
        try (var rows = shop.query("from Customer order by name", Customer.class)
                .setFetchSize(11)
                .getResultStream()) {
            assertThat(rows.map(customer -> customer.name)).containsExactlyElementsOf(sorted);
        }
        assertThat(shop.query(
                                "select name, count(*) from Customer group by name order by name desc nulls last",
                                Object[].class)
                        .getResultList())
                .extracting(row -> (String) row[0])
                .isEqualTo(groups);
    }

    @Test
    void takesTextsForEqualAsANondeterministicCollationDoes() throws SQLException {
        var rows = shop.query("select city, id from Branch order by city, id desc", Object[].class)
                .getResultList();
        var cities = rows.stream().map(row -> (String) row[0]).toList();

        assertThat(cities.stream().map(String::toLowerCase).distinct()).containsExactly("åbo", "recife", "vigo");
        assertThat(rows.subList(3, 9))
                .extracting(row -> (Integer) row[1])
                .isSortedAccordingTo(Collections.reverseOrder());
        assertThatThrownBy(() -> shop.query("select distinct city from Branch", String.class)
                        .getResultList())
                .isInstanceOf(RefusedQueryException.class);
    }

    @Test
    void refusesCollationsThatDifferByNode() {
        assertThatThrownBy(() -> shop.query("select status from Order order by status", String.class))
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining("status', and Shardloom does not know in which order");
        assertThatThrownBy(() -> shop.query("select max(status) from Order", String.class))
                .isInstanceOf(RefusedQueryException.class);
        assertThatThrownBy(() -> shop.query("select upper(min(status)) from Order", String.class))
                .isInstanceOf(RefusedQueryException.class);
    }

    @Test
    void letsAServerFindTheFirstAndLastText() throws SQLException {
        var sorted = sorted(names().stream().filter(name -> name != null).toList(), "t");
        var first = sorted.get(0);
        var last = sorted.get(sorted.size() - 1);

        assertThat(asked("select min(name) from Customer")).containsExactly(first);
        assertThat(asked("select max(name) || '!' from Customer")).containsExactly(last + "!");
        assertThat(asked("select upper(max(name)) from Customer where name is null"))
                .containsOnlyNulls();
        var ends = shop.query(
                        "select length(name), min(name), max(name), count(*) from Customer where name is not null"
                                + " group by length(name) order by max(name) desc",
                        Object[].class)
                .getResultList();
        var expected = new ArrayList<List<Object>>();
        for (var end :
                sorted.stream().collect(Collectors.groupingBy(String::length)).values()) {
            expected.add(List.of(end.get(0).length(), end.get(0), end.get(end.size() - 1), (long) end.size()));
        }
        assertThat(ends.stream().map(List::of)).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(ends.stream().map(row -> (String) row[2]))
                .isEqualTo(sorted(ends.stream().map(row -> (String) row[2]).toList(), "t desc"));
        assertThat(asked("select max(city) from Branch").get(0)).isEqualToIgnoringCase("Vigo");
    }

    @Test
    void letsAServerCompareTextsOfGroups() throws SQLException {
        var names = names().stream().filter(name -> name != null).toList();
        var groups = sorted(new ArrayList<>(new HashSet<>(names)), "t");

        var kept = shop.query(
                        "select name from Customer where name is not null group by name having min(name) > :least order by"
                                + " name",
                        String.class)
                .setParameter("least", groups.get(20))
                .getResultList();

        assertThat(kept).isEqualTo(groups.subList(21, groups.size()));
    }

    @Test
    void sortsSetOperationsInMemoryByTheLanguage() throws SQLException {
        var upper = asked("select upper(name) from Customer where name is not null");
        var all = new ArrayList<>(names());
        all.removeIf(name -> name == null);
        all.addAll(new HashSet<>(upper));

        var rows =
                asked("(select name from Customer where name is not null union all select upper(c.name) from Customer c"
                        + " where c.name is not null group by upper(c.name)) order by 1");

        assertThat(rows).isEqualTo(sorted(all, "t"));
    }

    /** The test servers know no other language of their system than C and what is like it. */
    @Test
    void sortsByCodePointsInACollationOfTheSystem() throws SQLException {
        var names = new ArrayList<>(names());
        names.removeIf(name -> name == null);
        Collections.sort(names);
        collate("\"C.utf8\"");
        try (var unit = Persistence.createEntityManagerFactory("shop", cluster.shardloomProperties(DATABASE))) {
            var other = Shardloom.of(unit);

            assertThat(other.query("select name from Customer where name is not null order by name", String.class)
                            .getResultList())
                    .isEqualTo(names);
            assertThat(other.query("select max(name) from Customer", String.class)
                            .getSingleResult())
                    .isEqualTo(names.get(names.size() - 1));
            assertThat(other.query("select min(name) || '!' from Customer", String.class)
                            .getSingleResult())
                    .isEqualTo(names.get(0) + "!");
        } finally {
            collate("\"default\"");
        }
    }

    private static void collate(String collation) throws SQLException {
        for (var node : List.of("n1", "n2")) {
            sql(node, "alter table customer alter column name type varchar(255) collate " + collation);
        }
    }

    @Test
    void costsOneRoundTripForAPage() {
        var byName = "select name from Customer order by name";
        var byId = "select name from Customer order by id";

        assertThat(roundTrips(byName)).isEqualTo(roundTrips(byId) + 1);
    }

    /** Returns the fewest of some runs, because probes of the servers are counted, too. */
    private static long roundTrips(String hql) {
        var query = shop.query(hql, String.class).setMaxResults(20);
        long fewest = Long.MAX_VALUE;
        for (int i = 0; i < 20; i++) {
            first.takeRoundTrips();
            second.takeRoundTrips();
            query.getResultList();
            fewest = Math.min(fewest, first.takeRoundTrips() + second.takeRoundTrips());
        }
        return fewest;
    }
}
