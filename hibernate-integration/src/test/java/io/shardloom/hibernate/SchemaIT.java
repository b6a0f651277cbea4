package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.ddl.SequenceDdl;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.hibernate.shop.OrderLine;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2)
class SchemaIT {
    private static final String PARTITIONS =
            "select coalesce(string_agg(inhrelid::regclass::text, ' ' order by inhrelid::regclass::text), '-') from pg_inherits"
                    + " where inhparent = to_regclass('%s')";
    private static final String PRIMARY_KEY =
            "select pg_get_constraintdef(oid) from pg_constraint where contype = 'p' and conrelid = to_regclass('%s')";
    private static final String FOREIGN_KEYS =
            "select string_agg(pg_get_constraintdef(oid), '; ' order by pg_get_constraintdef(oid)) from pg_constraint"
                    + " where contype = 'f' and conparentid = 0 and convalidated and conrelid = to_regclass('%s')";

    /** Everything a person would compare: columns, constraints, indexes, partitions with their bounds. */
    private static final String CATALOG = """
            select string_agg(line, E'\\n' order by line) from (
              select c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull
                     as line
              from pg_class c join pg_attribute a on a.attrelid = c.oid
              where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attnum > 0
              union all
              select conrelid::regclass || ' ' || pg_get_constraintdef(oid) from pg_constraint
              where connamespace = 'public'::regnamespace
              union all
              select relname || ' ' || pg_get_expr(relpartbound, oid) from pg_class where relispartition
              union all
              select 'atomic ' || count(distinct identity) || to_regclass('shardloom.atomic_decision')
              from shardloom.atomic_node
              union all
              select name || ' ' || next_value from shardloom.global_sequence
            ) t""";

    private static final String CATALOG_WITHOUT_SEQUENCES = CATALOG.replaceFirst(
            "union all\\s+select name \\|\\| ' ' \\|\\| next_value from shardloom.global_sequence", "");

    @BeforeEach
    void reset(EmbeddedCluster cluster) {
        cluster.resetDatabases();
    }

    @Test
    void givesEachNodeThePartitionsOfItsShards(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster)) {
            assertThat(emf.isOpen()).isTrue();
            assertThat(query(cluster, "n1", PARTITIONS, "orders")).isEqualTo("orders_p0 orders_p2 orders_p4 orders_p6");
            assertThat(query(cluster, "n2", PARTITIONS, "orders")).isEqualTo("orders_p1 orders_p3 orders_p5 orders_p7");
            assertThat(query(cluster, "n1", PARTITIONS, "order_tags")).contains("order_tags_p6");
            assertThat(query(cluster, "n1", PARTITIONS, "branch")).isEqualTo("branch_america");
            assertThat(query(cluster, "n2", PARTITIONS, "reading")).isEqualTo("reading_y2016");
        }
    }

    @Test
    void putsTheKeyFirstAndKeepsForeignKeysValid(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster)) {
            assertThat(emf.isOpen()).isTrue();
            assertThat(query(cluster, "n1", PRIMARY_KEY, "orders")).isEqualTo("PRIMARY KEY (customerid, id)");
            assertThat(query(cluster, "n1", PRIMARY_KEY, "orderline")).isEqualTo("PRIMARY KEY (customerid, number)");
            assertThat(query(cluster, "n1", PRIMARY_KEY, "reading")).isEqualTo("PRIMARY KEY (day, city)");
            assertThat(query(cluster, "n1", PRIMARY_KEY, "branch")).isEqualTo("PRIMARY KEY (country, id)");
            assertThat(query(cluster, "n2", FOREIGN_KEYS, "orderline"))
                    .isEqualTo("FOREIGN KEY (customerid, orderid) REFERENCES orders(customerid, id)");
            assertThat(query(cluster, "n2", FOREIGN_KEYS, "order_tags"))
                    .isEqualTo("FOREIGN KEY (order_customerid, order_id) REFERENCES orders(customerid, id)");
            assertThat(query(cluster, "n2", FOREIGN_KEYS, "customer"))
                    .isEqualTo("FOREIGN KEY (country_code) REFERENCES country(code)");
        }
    }

    @Test
    void keepsLocalTablesAndSequencesOnTheirOneNode(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster, "shardloom.sequence.node", "n2")) {
            assertThat(emf.isOpen()).isTrue();
            assertThat(query(cluster, "n1", "select coalesce(to_regclass('%s')::text, '-')", "parameter"))
                    .isEqualTo("-");
            assertThat(query(cluster, "n2", "select to_regclass('%s')", "parameter"))
                    .isEqualTo("parameter");
            assertThat(query(
                            cluster,
                            "n2",
                            "select string_agg(name, ' ' order by name) from %s",
                            "shardloom.global_sequence"))
                    .isEqualTo("branch order_line");
            assertThat(query(cluster, "n1", "select to_regclass('%s')", "country"))
                    .isEqualTo("country");
            assertThat(query(cluster, "n2", "select to_regclass('%s')", "country"))
                    .isEqualTo("country");
        }
    }

    @Test
    void keepsToTheBlockOfEachAttributeThatSharesASequence(EmbeddedCluster cluster) {
        try (var emf = Units.shop(cluster)) {
            var runtime = emf.unwrap(SessionFactoryImplementor.class)
                    .getServiceRegistry()
                    .requireService(ShardingRuntime.class);
            var large = runtime.sequence("branch", 5);
            var small = runtime.sequence("branch", 1);

            assertThat(List.of(large.next(), small.next(), small.next(), large.next(), small.next()))
                    .containsExactly(1L, 6L, 7L, 2L, 8L);
            assertThat(runtime.sequence("branch", 5)).isSameAs(large);
        }
    }

    @Test
    void printsForEachNodeAScriptThatMakesTheSameSchema(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster)) {
            assertThat(emf.isOpen()).isTrue();
        }
        var n1 = cluster.node("n1").primary().value(CATALOG);
        var n2 = cluster.node("n2").primary().value(CATALOG_WITHOUT_SEQUENCES);
        cluster.resetDatabases();

        var scripts = Shardloom.createScripts("shop", offline(cluster));
        for (var entry : scripts.entrySet()) {
            cluster.node(entry.getKey()).primary().execute(entry.getValue());
        }

        assertThat(scripts).containsOnlyKeys("n1", "n2");
        assertThat(cluster.node("n1").primary().value(CATALOG)).isEqualTo(n1);
        assertThat(cluster.node("n2").primary().value(CATALOG_WITHOUT_SEQUENCES))
                .isEqualTo(n2);
        try (var emf = Units.shop(cluster, Units.ACTION, "validate")) {
            assertThat(emf.isOpen()).isTrue();
        }
    }

    /** The same servers by addresses at which nothing listens. */
    private static Map<String, String> offline(EmbeddedCluster cluster) {
        var properties = cluster.shardloomProperties();
        properties.replaceAll((name, value) -> value.replaceAll("127\\.0\\.0\\.1:\\d+", "192.0.2.1:1"));
        properties.put("shardloom.node.n2.primary", "jdbc:postgresql://192.0.2.2:1/app");
        return properties;
    }

    @Test
    void validatesEveryNode(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster)) {
            assertThat(emf.isOpen()).isTrue();
        }
        var n2 = cluster.node("n2").primary();
        n2.execute("drop table reading_y2016", "create table orders_extra (like orders)");

        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessage("Node n2 (127.0.0.1:" + n2.port() + "/" + cluster.database()
                        + "): Partition reading_y2016 (FOR VALUES FROM ('2016-01-01') TO ('2017-01-01')) is missing."
                        + " Correct the placement in the configuration, or the partitions on the node.");

        n2.execute("create table reading_y2016 partition of reading for values from ('2015-01-01') to ('2017-01-01')");
        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessageContaining("Partition reading_y2016 is FOR VALUES FROM ('2015-01-01') TO ('2017-01-01'),"
                        + " expected FOR VALUES FROM ('2016-01-01') TO ('2017-01-01').");
        n2.execute("alter table customer drop column name");
        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessageContaining("Node n2")
                .hasMessageContaining("missing column [name] in table [Customer]");
    }

    @Test
    void validatesByWhatATableIsPartitioned(EmbeddedCluster cluster) throws SQLException {
        Units.shop(cluster).close();
        var n2 = cluster.node("n2").primary();
        n2.execute(
                "drop table branch",
                "create table branch (id integer not null, country varchar(255) not null, city varchar(255))"
                        + " partition by list (city)",
                "create table branch_europa partition of branch for values in ('França', 'Alemanha', 'Espanha')");

        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessage("Node n2 (127.0.0.1:" + n2.port() + "/" + cluster.database()
                        + "): Table branch is partitioned by LIST (city), expected LIST (country). Correct the placement"
                        + " in the configuration, or the partitions on the node.");
    }

    @Test
    void validatesTheTypeOfTheKey(EmbeddedCluster cluster) throws SQLException {
        Units.shop(cluster).close();
        var n2 = cluster.node("n2").primary();
        n2.execute(
                "drop table branch",
                "create collation blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "create table branch (id integer not null, country varchar(255) collate blind not null, city varchar(255))");

        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessage("Node n2 (127.0.0.1:" + n2.port() + "/" + cluster.database()
                        + "): The shard key branch.country has the nondeterministic collation \"blind\", expected a"
                        + " deterministic one. Keys that are equal there and not in the application, or the other way"
                        + " round, would lead to rows of another key. Change the column.");

        n2.execute("alter table branch alter country type name"); // Hibernate takes it for a varchar
        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessageContaining("The shard key branch.country is name, expected text. ");
    }

    @Test
    void validatesTheTableAndTheFunctionsOfGlobalSequences(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster)) {
            assertThat(emf.isOpen()).isTrue();
        }
        var n1 = cluster.node("n1").primary();
        var cure = "alter table shardloom.global_sequence add column if not exists replicated_until bigint not null"
                + " default 0, add column if not exists reserved_until bigint not null default 0, add column if not"
                + " exists timeline integer not null default 0, add column if not exists reserved_by xid8, add column if not"
                + " exists witnessed boolean not null default false;";

        n1.execute("drop function shardloom.next_block");
        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessage("Node n1 (127.0.0.1:" + n1.port() + "/" + cluster.database() + "): functions of global"
                        + " sequences are missing. Create shardloom.confirm_standbys, next_block and next_value as"
                        + " Shardloom.createScripts(…) has them.");

        n1.execute(
                "drop table shardloom.global_sequence",
                "create table shardloom.global_sequence (name text primary key, next_value bigint not null)",
                "insert into shardloom.global_sequence values ('branch', 8), ('order_line', 101)");
        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessageEndingWith("the table shardloom.global_sequence has the shape of an earlier version. Run "
                        + cure + " and create the functions shardloom.confirm_standbys, next_block and next_value as"
                        + " Shardloom.createScripts(…) has them.");

        n1.execute(cure);
        n1.execute(SequenceDdl.createAll().toArray(String[]::new));
        try (var emf = Units.shop(cluster, Units.ACTION, "validate")) {
            assertThat(emf.unwrap(SessionFactoryImplementor.class)
                            .getServiceRegistry()
                            .requireService(ShardingRuntime.class)
                            .sequence("branch", 1)
                            .next())
                    .isEqualTo(8);
        }

        n1.execute("drop table shardloom.global_sequence");
        assertThatThrownBy(() -> Units.shop(cluster, Units.ACTION, "validate"))
                .rootCause()
                .hasMessageEndingWith("the table shardloom.global_sequence of global sequences is missing. Create it as"
                        + " Shardloom.createScripts(…) has it.");
    }

    @Test
    void dropsWhatItMadeOnEveryNode(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster, Units.ACTION, "create-drop")) {
            assertThat(emf.isOpen()).isTrue();
            assertThat(tables(cluster.node("n2"))).isNotEqualTo("0");
        }
        for (var node : cluster.nodes()) {
            assertThat(tables(node)).isEqualTo("0");
        }
    }

    @Test
    void managesTheSchemaThroughHibernatesSchemaManager(EmbeddedCluster cluster) throws Exception {
        try (var emf = Units.shop(cluster, Units.ACTION, "none")) {
            var manager = emf.unwrap(org.hibernate.SessionFactory.class).getSchemaManager();
            manager.create(false);
            manager.validate();
            assertThat(query(cluster, "n2", PRIMARY_KEY, "reading")).isEqualTo("PRIMARY KEY (day, city)");
            assertThat(query(cluster, "n2", FOREIGN_KEYS, "orderline"))
                    .isEqualTo("FOREIGN KEY (customerid, orderid) REFERENCES orders(customerid, id)");
            manager.drop(false);
        }
        assertThat(tables(cluster.node("n1"))).isEqualTo("0");
    }

    @Test
    void leavesPlainTablesAsHibernateMakesThem(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster, "shardloom.layout", "plain")) {
            assertThat(query(cluster, "n1", PARTITIONS, "orders")).isEqualTo("-");
            assertThat(query(cluster, "n1", PRIMARY_KEY, "branch")).isEqualTo("PRIMARY KEY (id)");
            assertThat(query(cluster, "n1", PRIMARY_KEY, "reading")).isEqualTo("PRIMARY KEY (day, city)");
            assertThat(query(cluster, "n2", FOREIGN_KEYS, "orderline"))
                    .isEqualTo("FOREIGN KEY (customerid, orderid) REFERENCES orders(customerid, id)");
            writesAndReads(emf);
            assertThat(Shardloom.of(emf).rowsPerShard(Customer.class).stream()
                            .mapToLong(ShardRows::rows)
                            .sum())
                    .isEqualTo(1);
        }
        try (var emf = Units.shop(cluster, "shardloom.layout", "plain", Units.ACTION, "validate")) {
            assertThat(emf.isOpen()).isTrue();
        }
    }

    @Test
    void letsGroupsDifferInLayout(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster, "shardloom.group.geo.layout", "plain")) {
            assertThat(query(cluster, "n1", PARTITIONS, "branch")).isEqualTo("-");
            assertThat(query(cluster, "n1", PARTITIONS, "orders")).contains("orders_p0");
            writesAndReads(emf);
        }
    }

    @Test
    void quotesNamesWhereHibernateDoes(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(cluster, "hibernate.globally_quoted_identifiers", "true")) {
            assertThat(query(cluster, "n1", PARTITIONS, "\"OrderLine\"")).contains("\"OrderLine_p0\"");
            assertThat(query(cluster, "n1", PRIMARY_KEY, "\"OrderLine\""))
                    .isEqualTo("PRIMARY KEY (\"customerId\", number)");
            writesAndReads(emf);
        }
        try (var emf = Units.shop(cluster, "hibernate.globally_quoted_identifiers", "true", Units.ACTION, "validate")) {
            assertThat(emf.isOpen()).isTrue();
        }
    }

    @Test
    void putsTablesIntoTheDefaultSchemaOfTheUnit(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.shop(
                cluster, "hibernate.default_schema", "sales", "hibernate.hbm2ddl.create_namespaces", "true")) {
            assertThat(query(cluster, "n1", PARTITIONS, "sales.orders")).contains("sales.orders_p0");
            writesAndReads(emf);
        }
    }

    private static void writesAndReads(EntityManagerFactory emf) {
        var shop = Shardloom.of(emf);
        var key = shop.newUuid();
        shop.inTransaction(key, em -> {
            em.persist(new Customer(key, "Ann"));
            var order = new Order(key, "new", BigDecimal.ONE);
            em.persist(order);
            em.persist(new OrderLine(order, "pen"));
        });
        shop.inTransaction("Brasil", em -> em.persist(new Branch("Brasil", "Rio")));
        shop.inTransaction(
                "Brasil", em -> em.createQuery("from Branch", Branch.class).getSingleResult().city = "Sul");
        assertThat(shop.<String>readOnly(
                        key, em -> em.createQuery("select l.article from Order o join o.lines l", String.class)
                                .getSingleResult()))
                .isEqualTo("pen");
    }

    private static String tables(EmbeddedNode node) throws SQLException {
        return node.primary()
                .value("select count(*) from pg_class where relkind in ('r', 'p') and relnamespace ="
                        + " 'public'::regnamespace");
    }

    private static String query(EmbeddedCluster cluster, String node, String sql, String name) throws SQLException {
        return cluster.node(node).primary().value(sql.formatted(name));
    }
}
