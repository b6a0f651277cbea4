package io.shardloom.benchmarks;

import io.shardloom.Sharding;
import io.shardloom.benchmarks.side.Orders;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.id.ShardedUuids;
import io.shardloom.strategy.HashStrategy;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.LongToIntFunction;

/** Customers, ten orders of each, an item of each order; the same rows wherever they are loaded. */
final class Dataset {
    private static final long FIRST_MILLIS = 1_767_225_600_000L;
    private static final String INSERT = """
        with new as (select * from unnest(?, ?, ?) as row (customer, id, n)),
        new_orders as (
            insert into orders (customer_id, id, status, total, created)
            select customer, id, 'status ' || n % 8, n::bigint * 7919 % 1000 + (10 + n % 90) / 100.0,
                timestamp '2026-01-01' + n * interval '1 second' from new),
        new_items as (
            insert into items (customer_id, order_id, number, article, quantity)
            select customer, id, 1, 'article ' || n % 500, 1 + n % 9 from new)
        insert into customers (id, name) select distinct customer, 'customer ' || customer from new
        """;
    private static final String CREATE = "jakarta.persistence.schema-generation.database.action";

    private final EmbeddedCluster cluster;
    private final int customers;
    private final Path ids;

    private Dataset(EmbeddedCluster cluster, int customers, Path ids) {
        this.cluster = cluster;
        this.customers = customers;
        this.ids = ids;
    }

    /** Makes the ids and writes them to a file. */
    static Dataset make(EmbeddedCluster cluster, int customers, Path directory, HashStrategy strategy)
            throws IOException {
        var random = new SplittableRandom(1);
        var bytes = ByteBuffer.allocate(customers * Orders.EACH * 16);
        for (int customer = 1; customer <= customers; customer++) {
            long hash = strategy.hash((long) customer) & ((1 << ShardedUuids.HASH_BITS) - 1);
            for (int number = 0; number < Orders.EACH; number++) {
                long millis = FIRST_MILLIS + sequence(customers, customer, number) * 1000L;
                bytes.putLong(millis << 16 | 0x7000 | random.nextInt(0x1000));
                bytes.putLong(
                        (random.nextLong() >>> 2 | Long.MIN_VALUE) >> ShardedUuids.HASH_BITS << ShardedUuids.HASH_BITS
                                | hash);
            }
        }
        var file = directory.resolve("orders-" + customers + ".bin");
        Files.write(file, bytes.array());
        return new Dataset(cluster, customers, file);
    }

    /** All customers' first orders come before their second ones. */
    private static int sequence(int customers, int customer, int number) {
        return number * customers + customer - 1;
    }

    Path ids() {
        return ids;
    }

    int orders() {
        return customers * Orders.EACH;
    }

    /** Makes the plain tables in a database of some servers and loads each customer into one of them. */
    void loadPlain(String database, List<EmbeddedServer> servers, LongToIntFunction serverOf)
            throws IOException, SQLException {
        for (var server : servers) {
            Persistence.createEntityManagerFactory(
                            "shop",
                            Map.of(
                                    "jakarta.persistence.jdbc.url",
                                    server.jdbcUrl(database),
                                    "jakarta.persistence.jdbc.user",
                                    server.user(),
                                    "jakarta.persistence.jdbc.password",
                                    server.password(),
                                    CREATE,
                                    "drop-and-create"))
                    .close();
        }
        for (int i = 0; i < servers.size(); i++) {
            int number = i;
            load(database, servers.get(i), customer -> serverOf.applyAsInt(customer) == number);
        }
    }

    /** Makes Shardloom's tables in a database of its nodes and loads each customer where Shardloom looks for it. */
    void loadSharded(String database, Map<String, String> properties) throws IOException, SQLException {
        var create = new HashMap<String, Object>(properties);
        create.put(CREATE, "drop-and-create");
        try (var factory = Persistence.createEntityManagerFactory("shop", create)) {
            Sharding sharding = Shardloom.of(factory).sharding();
            for (var node : sharding.nodes()) {
                load(database, cluster.node(node.name()).primary(), customer -> sharding.nodeOf(sharding.key(customer))
                        .equals(node));
            }
        }
    }

    private interface Choice {
        boolean takes(long customer);
    }

    private void load(String database, EmbeddedServer server, Choice choice) throws IOException, SQLException {
        var orders = Orders.read(ids);
        List<Long> keys = new ArrayList<>();
        List<UUID> uuids = new ArrayList<>();
        List<Integer> sequences = new ArrayList<>();
        for (int number = 0; number < Orders.EACH; number++) {
            for (int customer = 1; customer <= customers; customer++) {
                if (choice.takes(customer)) {
                    keys.add((long) customer);
                    uuids.add(orders.id(customer, number).id());
                    sequences.add(sequence(customers, customer, number));
                }
            }
        }
        try (var connection = DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
                var statement = connection.createStatement()) {
            try (var insert = connection.prepareStatement(INSERT)) {
                insert.setArray(1, connection.createArrayOf("bigint", keys.toArray()));
                insert.setArray(2, connection.createArrayOf("uuid", uuids.toArray()));
                insert.setArray(3, connection.createArrayOf("integer", sequences.toArray()));
                insert.executeUpdate();
            }
            statement.execute("vacuum analyze");
        }
    }

    /** Takes out what a run has inserted and packs the tables again. */
    static void restore(EmbeddedServer server, String database) throws SQLException {
        try (var connection = DriverManager.getConnection(server.jdbcUrl(database), server.user(), server.password());
                var statement = connection.createStatement()) {
            statement.execute("delete from orders where status = 'new'");
            statement.execute("vacuum full orders");
            statement.execute("vacuum analyze orders");
        }
    }
}
