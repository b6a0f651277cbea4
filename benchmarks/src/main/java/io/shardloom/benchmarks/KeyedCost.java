package io.shardloom.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/**
 * Measures what a keyed transaction costs the client: CPU and bytes allocated by the calling thread, for Shardloom and for
 * plain Hibernate on the same server, the same table, the same pool settings, in one JVM, by {@link PairedCost}. Both have
 * a connection of their own, and waking its server process costs the client half as much again when the process sleeps on
 * another core. So client and server share one core where the system lets a process choose.
 */
public final class KeyedCost {
    private static final int CUSTOMERS = 500;
    private static final int ORDERS = 10;
    private static final int WARM_UP = 400;
    private static final int PAIRS = 300;
    private static final int BATCH = 100;
    private static final String BATCH_SIZE = "hibernate.jdbc.batch_size";

    private final List<KeyedOrder.Key> ids = new ArrayList<>();
    private final Shardloom shop;
    private final SessionFactory plain;
    private final PairedCost costs;
    /** Fewer, for a hundred times the rows. */
    private final PairedCost costsOfBatches;

    private final AtomicInteger numbers = new AtomicInteger(ORDERS);

    private KeyedCost(Shardloom shop, SessionFactory plain, int threads) {
        this.shop = shop;
        this.plain = plain;
        this.costs = new PairedCost(threads, WARM_UP / threads, PAIRS / threads);
        this.costsOfBatches = new PairedCost(threads, WARM_UP / 20 / threads, PAIRS / 10 / threads);
    }

    /**
     * Measures and prints.
     *
     * @param args {@code row-level-security} for a unit that PostgreSQL holds; {@code threads=8} for that many at once
     */
    public static void main(String[] args) throws SQLException, InterruptedException {
        int threads = List.of(args).stream()
                .filter(arg -> arg.startsWith("threads="))
                .mapToInt(arg -> Integer.parseInt(arg.substring("threads=".length())))
                .findFirst()
                .orElse(1);
        System.out.println(OneCore.take() ? "client and server on one core" : "on any core");
        try (var cluster = EmbeddedCluster.builder().nodes(1, 0).start();
                var sharded = sharded(cluster, List.of(args).contains("row-level-security"));
                var pool = pool(cluster);
                var plain = plain(pool)) {
            var cost = new KeyedCost(Shardloom.of(sharded), plain.unwrap(SessionFactory.class), threads);
            cost.fill();
            System.out.printf(
                    "%-22s %25s %27s %31s%n", "", "plain, CPU and bytes", "Shardloom", "ratio of CPU (95 % interval)");
            cost.compare("find", (session, id) -> session.find(KeyedOrder.class, id));
            cost.compare("query of 10 rows", (session, id) -> session.createSelectionQuery(
                            "from KeyedOrder where customerId = :c", KeyedOrder.class)
                    .setParameter("c", id.customerId())
                    .getResultList());
            cost.compare("update by id", (session, id) -> session.find(KeyedOrder.class, id).cents++);
            cost.compareReads("read-only find", (session, id) -> session.find(KeyedOrder.class, id));
            cost.compareReads("read-only 10 rows", (session, id) -> session.createSelectionQuery(
                            "from KeyedOrder where customerId = :c", KeyedOrder.class)
                    .setParameter("c", id.customerId())
                    .getResultList());
            cost.compare("insert", (session, id) -> cost.insert(session, id, 1));
            cost.compareBatches("batch of 100, one key", (session, id) -> cost.insert(session, id, BATCH));
        }
    }

    private static EntityManagerFactory sharded(EmbeddedCluster cluster, boolean held) throws SQLException {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        if (held) {
            cluster.node("n1")
                    .primary()
                    .executeAsSuperuser(
                            "create role web login password 'web'",
                            "create role web_node",
                            "grant web_node to web with inherit false, set true");
            properties.put("shardloom.row-level-security", "true");
            properties.put("shardloom.user", "web");
            properties.put("shardloom.password", "web");
            properties.put("shardloom.schema.user", cluster.user());
            properties.put("shardloom.schema.password", cluster.password());
        }
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        properties.put("shardloom.shards", "16");
        properties.put(BATCH_SIZE, BATCH);
        return Persistence.createEntityManagerFactory("keyed-orders", properties);
    }

    private static HikariDataSource pool(EmbeddedCluster cluster) {
        var config = new HikariConfig();
        config.setJdbcUrl(cluster.node("n1").primary().jdbcUrl());
        config.setUsername(cluster.user());
        config.setPassword(cluster.password());
        config.setAutoCommit(false);
        config.setMinimumIdle(1); // as Shardloom's
        config.addDataSourceProperty("options", "-c plan_cache_mode=force_generic_plan");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        return new HikariDataSource(config);
    }

    private static EntityManagerFactory plain(HikariDataSource pool) {
        return Persistence.createEntityManagerFactory(
                "keyed-orders",
                Map.of(
                        "jakarta.persistence.nonJtaDataSource",
                        pool,
                        "hibernate.connection.provider_disables_autocommit",
                        "true",
                        BATCH_SIZE,
                        BATCH));
    }

    private void fill() {
        for (int i = 0; i < CUSTOMERS; i++) {
            var customer = shop.newUuid();
            shop.inTransaction(customer, session -> {
                for (int number = 0; number < ORDERS; number++) {
                    session.persist(new KeyedOrder(customer, number));
                    ids.add(new KeyedOrder.Key(customer, number));
                }
            });
        }
        Collections.shuffle(ids, new Random(1));
    }

    /** New rows of the customer of an id. */
    private void insert(Session session, KeyedOrder.Key id, int rows) {
        for (int i = 0; i < rows; i++) {
            session.persist(new KeyedOrder(id.customerId(), numbers.getAndIncrement()));
        }
    }

    private interface Work {
        void run(Session session, KeyedOrder.Key id);
    }

    private void compare(String what, Work work) throws InterruptedException {
        compare(costs, what, work);
    }

    private void compareBatches(String what, Work work) throws InterruptedException {
        compare(costsOfBatches, what, work);
    }

    private void compare(PairedCost by, String what, Work work) throws InterruptedException {
        compare(
                by,
                what,
                id -> plain.inTransaction(session -> work.run(session, id)),
                id -> shop.inTransaction(id.customerId(), session -> work.run(session, id)));
    }

    private void compareReads(String what, Work work) throws InterruptedException {
        compare(
                costs,
                what,
                id -> {
                    try (var session = plain.withOptions().readOnly(true).openSession()) {
                        session.beginTransaction();
                        work.run(session, id);
                        session.getTransaction().commit();
                    }
                },
                id -> shop.readOnly(id.customerId(), session -> {
                    work.run(session, id);
                    return id;
                }));
    }

    private void compare(PairedCost by, String what, Consumer<KeyedOrder.Key> onPlain, Consumer<KeyedOrder.Key> onShop)
            throws InterruptedException {
        System.out.printf("%-22s %s%n", what, by.of(ids, onPlain, onShop));
    }
}
