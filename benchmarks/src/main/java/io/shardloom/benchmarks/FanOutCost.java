package io.shardloom.benchmarks;

import com.sun.management.ThreadMXBean;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.Persistence;
import java.lang.management.ManagementFactory;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Measures what a query over the cluster costs the client: CPU and bytes of all threads, beside the least that a client can do, JDBC
 * by hand on the same tables of the same two nodes, in a transaction on each, asked at once by two threads. Client and servers share one core where the
 * system lets a process choose. Slices of both take turns in one JVM; what is printed are their medians.
 */
public final class FanOutCost {
    private static final int CUSTOMERS = 500;
    private static final int ORDERS = 10;
    private static final int SLICE = 100;
    private static final int WARM_UP = 40;
    private static final int PAIRS = 40;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Shardloom shop;
    private final List<HikariDataSource> nodes;
    private final Random random = new Random(1);

    private FanOutCost(Shardloom shop, List<HikariDataSource> nodes) {
        this.shop = shop;
        this.nodes = nodes;
    }

    /**
     * Measures and prints.
     *
     * @param args none
     */
    public static void main(String[] args) {
        System.out.println(OneCore.take() ? "client and servers on one core" : "on any core");
        List<HikariDataSource> nodes = new ArrayList<>();
        try (var cluster = EmbeddedCluster.builder().nodes(2, 0).start()) {
            var properties = new HashMap<String, Object>(cluster.shardloomProperties());
            properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
            try (var sharded = Persistence.createEntityManagerFactory("keyed-orders", properties)) {
                for (var node : cluster.nodes()) {
                    nodes.add(pool(node.primary().jdbcUrl(), cluster));
                }
                var cost = new FanOutCost(Shardloom.of(sharded), nodes);
                cost.fill();
                System.out.printf("%-22s %27s %27s%n", "", "by hand, CPU and bytes", "Shardloom, CPU and bytes");
                cost.compare("count(*)", "select count(*) from keyed_order", () -> cost.shop
                        .query("select count(*) from KeyedOrder", Long.class)
                        .getSingleResult());
                cost.compare(
                        "order by, limit 20",
                        "select customerId, number, cents from keyed_order order by customerId, number limit 20",
                        () -> cost.shop
                                .query(
                                        "select customerId, number, cents from KeyedOrder order by customerId, number",
                                        Object[].class)
                                .setMaxResults(20)
                                .getResultList());
                cost.compareOneNode();
            } finally {
                nodes.forEach(HikariDataSource::close);
            }
        }
    }

    private static HikariDataSource pool(String url, EmbeddedCluster cluster) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(cluster.user());
        config.setPassword(cluster.password());
        config.setAutoCommit(false);
        config.setMinimumIdle(1); // as Shardloom's
        config.addDataSourceProperty("options", "-c plan_cache_mode=force_generic_plan");
        return new HikariDataSource(config);
    }

    private void fill() {
        for (int i = 0; i < CUSTOMERS; i++) {
            var customer = shop.newUuid();
            shop.inTransaction(customer, session -> {
                for (int number = 0; number < ORDERS; number++) {
                    session.persist(new KeyedOrder(customer, number));
                }
            });
        }
    }

    private void compare(String what, String sql, Runnable work) {
        compare(
                what,
                () -> {
                    var other = CompletableFuture.runAsync(() -> read(nodes.get(1), sql));
                    read(nodes.get(0), sql);
                    other.join();
                },
                work);
    }

    /** A query of one key beside a key session's. */
    private void compareOneNode() {
        var hql = "from KeyedOrder where customerId = :c and number = 3";
        var customer =
                shop.query("from KeyedOrder", KeyedOrder.class).setMaxResults(1).getSingleResult().customerId;
        compare(
                "one row, keyed session",
                () -> shop.fromTransaction(customer, session -> session.createSelectionQuery(hql, KeyedOrder.class)
                        .setParameter("c", customer)
                        .getSingleResult()),
                () -> shop.query(hql, KeyedOrder.class)
                        .setParameter("c", customer)
                        .getSingleResult());
    }

    private static void read(HikariDataSource node, String sql) {
        try (var connection = node.getConnection();
                var statement = connection.prepareStatement(sql)) {
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    read(rows);
                }
            }
            connection.commit();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void read(ResultSet rows) throws SQLException {
        for (int column = 1; column <= rows.getMetaData().getColumnCount(); column++) {
            rows.getObject(column);
        }
    }

    /** What a unit of work costs. */
    private record Cost(double micros, double bytes) {}

    private void compare(String what, Runnable hand, Runnable shardloom) {
        List<Cost> ofHand = new ArrayList<>();
        List<Cost> ofShardloom = new ArrayList<>();
        for (int pair = -WARM_UP; pair < PAIRS; pair++) {
            boolean handFirst = random.nextBoolean();
            var first = slice(handFirst ? hand : shardloom);
            var second = slice(handFirst ? shardloom : hand);
            if (pair >= 0) {
                ofHand.add(handFirst ? first : second);
                ofShardloom.add(handFirst ? second : first);
            }
        }
        System.out.printf("%-22s %s %s%n", what, text(ofHand), text(ofShardloom));
    }

    private static String text(List<Cost> costs) {
        return "%12.1f us %7.0f bytes"
                .formatted(
                        Numbers.median(costs.stream().map(Cost::micros).toList()),
                        Numbers.median(costs.stream().map(Cost::bytes).toList()));
    }

    private static Cost slice(Runnable work) {
        var before = used();
        for (int i = 0; i < SLICE; i++) {
            work.run();
        }
        var after = used();
        return new Cost((after.micros - before.micros) / SLICE, (after.bytes - before.bytes) / SLICE);
    }

    private static Cost used() {
        var ids = THREADS.getAllThreadIds();
        double micros = 0;
        double bytes = 0;
        for (long nanos : THREADS.getThreadCpuTime(ids)) {
            micros += Math.max(0, nanos) / 1e3;
        }
        for (long allocated : THREADS.getThreadAllocatedBytes(ids)) {
            bytes += Math.max(0, allocated);
        }
        return new Cost(micros, bytes);
    }
}
