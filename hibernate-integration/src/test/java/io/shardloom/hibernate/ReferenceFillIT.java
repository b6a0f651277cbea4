package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.ddl.AtomicDdl;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Country;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A node that is added has the rows of the reference tables when the first application that knows it has started. */
@WithCluster(nodes = 3)
class ReferenceFillIT {
    private static final String ROWS = "select coalesce(string_agg(c::text, ' ' order by c.code), '') from country c";
    private static final String[] ON_TWO = {"shardloom.group.shop.nodes", "n1,n2", "shardloom.recovery.interval", "1h"};

    static EmbeddedCluster cluster;

    @BeforeEach
    void clear() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute(
                            "drop table if exists order_tags, orderline, orders, customer, country, branch,"
                                    + " reading, parameter cascade",
                            "drop schema if exists shardloom cascade");
        }
    }

    /** Makes on the third node what the scripts make there of the reference table. */
    private static void createCountryOnTheThirdNode() throws SQLException {
        var server = cluster.node("n3").primary();
        server.execute(AtomicDdl.createAll().toArray(String[]::new));
        server.execute("create table country (code varchar(255) primary key, name varchar(255))");
    }

    /** Opens the shop on two nodes of the three, or on all with the shards where they were. */
    private static EntityManagerFactory open(int nodes, String action, String... more) {
        var properties = Units.properties(cluster, ON_TWO);
        if (nodes == 2) {
            properties.keySet().removeIf(name -> name.startsWith("shardloom.node.n3."));
        }
        properties.put(Units.ACTION, action);
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        return Persistence.createEntityManagerFactory("shop", properties);
    }

    private static void openOnTwoNodesWithCountries() {
        try (var emf = open(2, "drop-and-create")) {
            Shardloom.of(emf)
                    .inCluster(session ->
                            session.persistAll(List.of(new Country("br", "Brasil"), new Country("es", "Espanha"))));
        }
    }

    private static String rows(String node) throws SQLException {
        return cluster.node(node).primary().value(ROWS);
    }

    @Test
    void fillsANodeAtTheBootThatMakesItsSchema() throws SQLException {
        openOnTwoNodesWithCountries();

        try (var emf = open(3, "create", "shardloom.schema.node", "n3")) {
            assertThat(rows("n3")).isEqualTo("(br,Brasil) (es,Espanha)").isEqualTo(rows("n1"));
            var shop = Shardloom.of(emf);
            assertThat(shop.checkReferenceTables()).isEmpty();
            shop.inCluster(session -> session.persist(new Country("fr", "França")));
            assertThat(rows("n3")).endsWith("(fr,França)");
        }
    }

    @Test
    void fillsANodeWhoseSchemaOthersHaveMadeOnceForAllInstancesThatStart() throws Exception {
        openOnTwoNodesWithCountries();
        createCountryOnTheThirdNode();
        int instances = 3;
        var threads = Executors.newFixedThreadPool(instances);
        var starts = new ArrayList<Callable<EntityManagerFactory>>();
        for (int i = 0; i < instances; i++) {
            starts.add(() -> open(3, "none"));
        }

        for (var started : threads.invokeAll(starts, 120, TimeUnit.SECONDS)) {
            started.get().close();
        }
        threads.shutdown();

        assertThat(rows("n3")).isEqualTo("(br,Brasil) (es,Espanha)");
        assertThat(cluster.node("n3")
                        .primary()
                        .value("select count(*) from pg_prepared_xacts where database =" + " current_database()"))
                .isEqualTo("0");
    }

    @Test
    void leavesANodeAloneThatHasARow() throws SQLException {
        openOnTwoNodesWithCountries();
        createCountryOnTheThirdNode();
        cluster.node("n3").primary().execute("insert into country values ('xx', 'its own')");

        open(3, "none").close();

        assertThat(rows("n3")).isEqualTo("(xx,\"its own\")");
    }

    @Test
    void fillsNothingWhereTheOthersDiffer() throws SQLException {
        openOnTwoNodesWithCountries();
        cluster.node("n2").primary().execute("delete from country where code = 'br'");
        createCountryOnTheThirdNode();

        try (var emf = open(3, "none")) {
            assertThat(rows("n3")).isEmpty();
            assertThat(Shardloom.of(emf).repairReferenceTables("n1")).isEqualTo(3);
        }
        assertThat(rows("n3")).isEqualTo("(br,Brasil) (es,Espanha)");
    }

    @Test
    void startsWhereThereIsNoSchemaYet() {
        open(3, "none").close();
    }

    @Test
    void givesEachNodeTheRowsOfAnImportScriptThatAreItsOwnAndAllTheSameReferenceRows() throws SQLException {
        try (var emf = open(3, "drop-and-create", "jakarta.persistence.sql-load-script-source", "seed.sql")) {
            assertThat(rows("n1")).contains("Brasil, 20").contains("(es,Espanha)");
            assertThat(rows("n2")).isEqualTo(rows("n1"));
            assertThat(rows("n3")).isEqualTo(rows("n1"));
            var shop = Shardloom.of(emf);
            assertThat(shop.query("select country || ' ' || city from Branch order by id", String.class)
                            .getResultList())
                    .containsExactly("Brasil Recife", "Espanha Vigo");
            List<Branch> branches = shop.readOnly(
                    "Espanha", em -> em.createQuery("from Branch", Branch.class).getResultList());
            assertThat(branches).hasSize(1);
            assertThat(shop.query("select text from Parameter", String.class).getResultList())
                    .containsExactly("hello");

            emf.unwrap(org.hibernate.SessionFactory.class).getSchemaManager().truncate();
            assertThat(rows("n1")).contains("Brasil, 20").contains("(es,Espanha)");
            assertThat(rows("n2")).isEqualTo(rows("n1"));
            assertThat(rows("n3")).isEqualTo(rows("n1"));
            for (var node : cluster.nodes()) {
                node.primary().execute("truncate country, customer, orders, order_tags, orderline, branch");
            }
            cluster.node("n2").primary().execute("truncate parameter");
            emf.unwrap(org.hibernate.SessionFactory.class).getSchemaManager().populate();
            assertThat(rows("n1")).contains("Brasil, 20").contains("(es,Espanha)");
            assertThat(rows("n2")).isEqualTo(rows("n1"));
            assertThat(rows("n3")).isEqualTo(rows("n1"));

            var id = shop.newUuid();
            shop.inCluster(session -> {
                var customer = new Customer(id, "Ann");
                customer.country = session.find(Country.class, "br");
                session.persist(customer);
            });
            assertThat(shop.<String>readOnly(shop.key("shop", id), em -> em.find(Customer.class, id).country.name))
                    .startsWith("Brasil");
        }
    }

    @Test
    void refusesAStatementOfAnImportScriptThatNoNodeTakes() {
        assertThatThrownBy(() -> open(
                        3, "drop-and-create", "jakarta.persistence.sql-load-script-source", "seed-of-no-shard.sql"))
                .hasStackTraceContaining("No node takes this statement of the import script: Error executing DDL"
                        + " \"insert into branch (id, country, city) values (1003, 'Portugal', 'Porto')\"")
                .hasStackTraceContaining("so rows of several keys need a statement each");
    }
}
