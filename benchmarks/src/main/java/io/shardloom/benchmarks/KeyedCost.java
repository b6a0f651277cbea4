package io.shardloom.benchmarks;

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

/**
 * Measures what a keyed transaction costs the client: CPU and bytes allocated by the calling thread, for Shardloom and for
 * plain Hibernate on the same server, or a hand-written router on the same two, the same tables, the same pool settings, in
 * one JVM, by {@link PairedCost}. Both have connections of their own, and waking a server process costs the client half as
 * much again when the process sleeps on another core. So client and servers share one core where the system lets a process
 * choose, unless told otherwise.
 */
public final class KeyedCost {
    private static final int CUSTOMERS = 500;
    private static final int ORDERS = 10;
    private static final int WARM_UP = 220;
    private static final int PAIRS = 140;
    private static final int BATCH = 100;
    private static final String BATCH_SIZE = "hibernate.jdbc.batch_size";

    /**
     * A row, and on which node it is.
     *
     * @param id of the row
     * @param node its number, from 0
     */
    private record Place(KeyedOrder.Key id, int node) {}

    private final List<Place> places = new ArrayList<>();
    private final Shardloom shop;
    private final KeyedPeer peer;
    private final PairedCost costs;
    /** Fewer, for a hundred times the rows. */
    private final PairedCost costsOfBatches;

    private final AtomicInteger numbers = new AtomicInteger(ORDERS);

    private KeyedCost(Shardloom shop, KeyedPeer peer, int threads) {
        this.shop = shop;
        this.peer = peer;
        this.costs = new PairedCost(threads, WARM_UP / threads, PAIRS / threads);
        this.costsOfBatches = new PairedCost(threads, WARM_UP / 20 / threads, PAIRS / 10 / threads);
    }

    /**
     * Measures and prints.
     *
     * @param args {@code row-level-security} for a unit that PostgreSQL holds; {@code router} for two nodes beside a
     *     hand-written router; {@code threads=8} for that many at once; {@code any-core} for processes that stay where they are
     */
    public static void main(String[] args) throws SQLException, InterruptedException {
        int threads = List.of(args).stream()
                .filter(arg -> arg.startsWith("threads="))
                .mapToInt(arg -> Integer.parseInt(arg.substring("threads=".length())))
                .findFirst()
                .orElse(1);
        boolean routes = List.of(args).contains("router");
        boolean oneCore = !List.of(args).contains("any-core") && OneCore.take();
        System.out.println(oneCore ? "client and server on one core" : "on any core");
        Map<String, Object> batches = Map.of(BATCH_SIZE, BATCH);
        try (var cluster = EmbeddedCluster.builder().nodes(routes ? 2 : 1, 0).start();
                var sharded = sharded(cluster, List.of(args).contains("row-level-security"));
                var peer = routes ? KeyedPeer.router(cluster, batches) : KeyedPeer.plain(cluster, batches)) {
            var cost = new KeyedCost(Shardloom.of(sharded), peer, threads);
            cost.fill();
            System.out.printf(
                    "%-22s %25s %27s %31s%n",
                    "", (routes ? "router" : "plain") + ", CPU and bytes", "Shardloom", "ratio of CPU (95 % interval)");
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

    private void fill() {
        var sharding = shop.sharding();
        for (int i = 0; i < CUSTOMERS; i++) {
            var customer = shop.newUuid();
            int node = sharding.nodes().indexOf(sharding.nodeOf(sharding.key(customer)));
            shop.inTransaction(customer, session -> {
                for (int number = 0; number < ORDERS; number++) {
                    session.persist(new KeyedOrder(customer, number));
                    places.add(new Place(new KeyedOrder.Key(customer, number), node));
                }
            });
        }
        Collections.shuffle(places, new Random(1));
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
                place -> peer.write(place.node(), session -> work.run(session, place.id())),
                place -> shop.inTransaction(place.id().customerId(), session -> work.run(session, place.id())));
    }

    private void compareReads(String what, Work work) throws InterruptedException {
        compare(
                costs,
                what,
                place -> peer.read(place.node(), session -> work.run(session, place.id())),
                place -> shop.readOnly(place.id().customerId(), session -> {
                    work.run(session, place.id());
                    return place;
                }));
    }

    private void compare(PairedCost by, String what, Consumer<Place> onPeer, Consumer<Place> onShop)
            throws InterruptedException {
        System.out.printf("%-22s %s%n", what, by.of(places, onPeer, onShop));
    }
}
