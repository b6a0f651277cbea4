package io.shardloom.benchmarks;

import com.sun.management.ThreadMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.lang.management.ManagementFactory;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;

/**
 * Measures what a keyed transaction costs the client: CPU and bytes allocated by the calling thread, for Shardloom and for
 * plain Hibernate on the same server, the same table, the same pool settings, in one JVM, in short slices in turn.
 */
public final class KeyedCost {
    private static final int CUSTOMERS = 500;
    private static final int ORDERS = 10;
    private static final int SLICE = 400;
    private static final int WARM_UP = 25;
    private static final int ROUNDS = 60;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final List<UUID> customers = new ArrayList<>();
    private final Random random = new Random(1);
    private final Shardloom shop;
    private final SessionFactory plain;

    private KeyedCost(Shardloom shop, SessionFactory plain) {
        this.shop = shop;
        this.plain = plain;
    }

    /**
     * Measures and prints.
     *
     * @param args {@code row-level-security} for a unit that PostgreSQL holds; none else
     */
    public static void main(String[] args) throws SQLException {
        try (var cluster = EmbeddedCluster.builder().nodes(1, 0).start();
                var sharded = sharded(cluster, List.of(args).contains("row-level-security"));
                var pool = pool(cluster);
                var plain = plain(pool)) {
            var cost = new KeyedCost(Shardloom.of(sharded), plain.unwrap(SessionFactory.class));
            cost.fill();
            System.out.printf("%-22s %22s %22s %14s%n", "", "plain us / bytes", "Shardloom us / bytes", "ratio CPU");
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
        return Persistence.createEntityManagerFactory("keyed-orders", properties);
    }

    private static HikariDataSource pool(EmbeddedCluster cluster) {
        var config = new HikariConfig();
        config.setJdbcUrl(cluster.node("n1").primary().jdbcUrl());
        config.setUsername(cluster.user());
        config.setPassword(cluster.password());
        config.setAutoCommit(false);
        config.addDataSourceProperty("options", "-c plan_cache_mode=force_generic_plan");
        return new HikariDataSource(config);
    }

    private static EntityManagerFactory plain(HikariDataSource pool) {
        return Persistence.createEntityManagerFactory(
                "keyed-orders",
                Map.of(
                        "jakarta.persistence.nonJtaDataSource",
                        pool,
                        "hibernate.connection.provider_disables_autocommit",
                        "true"));
    }

    private void fill() {
        for (int i = 0; i < CUSTOMERS; i++) {
            var customer = shop.newUuid();
            customers.add(customer);
            shop.inTransaction(customer, session -> {
                for (int number = 0; number < ORDERS; number++) {
                    session.persist(new KeyedOrder(customer, number));
                }
            });
        }
    }

    private interface Work {
        void run(Session session, KeyedOrder.Key id);
    }

    private void compare(String what, Work work) {
        compare(
                what,
                id -> plain.inTransaction(session -> work.run(session, id)),
                id -> shop.inTransaction(id.customerId(), session -> work.run(session, id)));
    }

    private void compareReads(String what, Work work) {
        compare(
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

    private void compare(String what, Consumer<KeyedOrder.Key> onPlain, Consumer<KeyedOrder.Key> onShop) {
        var plainCost = new ArrayList<double[]>();
        var shardedCost = new ArrayList<double[]>();
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            boolean plainFirst = random.nextBoolean();
            for (int side = 0; side < 2; side++) {
                boolean isPlain = (side == 0) == plainFirst;
                var cost = slice(isPlain ? onPlain : onShop);
                if (round >= WARM_UP) {
                    (isPlain ? plainCost : shardedCost).add(cost);
                }
            }
        }
        double plainCpu = median(plainCost, 0);
        double shardedCpu = median(shardedCost, 0);
        System.out.printf(
                Locale.ROOT,
                "%-22s %13.1f / %6.0f %13.1f / %6.0f %7.3f (%+.0f bytes)%n",
                what,
                plainCpu,
                median(plainCost, 1),
                shardedCpu,
                median(shardedCost, 1),
                shardedCpu / plainCpu,
                median(shardedCost, 1) - median(plainCost, 1));
    }

    /** Returns microseconds of CPU and bytes allocated for one transaction. */
    private double[] slice(Consumer<KeyedOrder.Key> transaction) {
        var ids = new ArrayList<KeyedOrder.Key>();
        for (int i = 0; i < SLICE; i++) {
            ids.add(new KeyedOrder.Key(customers.get(random.nextInt(CUSTOMERS)), random.nextInt(ORDERS)));
        }
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long cpu = THREADS.getCurrentThreadCpuTime();
        ids.forEach(transaction);
        return new double[] {
            (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / SLICE,
            (THREADS.getCurrentThreadAllocatedBytes() - bytes) / (double) SLICE
        };
    }

    private static double median(List<double[]> costs, int which) {
        var sorted = costs.stream().mapToDouble(cost -> cost[which]).sorted().toArray();
        return sorted[sorted.length / 2];
    }
}
