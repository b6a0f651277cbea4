package io.shardloom.benchmarks;

import io.shardloom.config.Configuration;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.NodePools;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures how long after a promotion the first write succeeds, with the default settings, while four clients write: the
 * primary is killed, a replica is promoted by {@code pg_promote}, and the time runs from when that has returned.
 */
public final class FailoverCost {
    private static final int ROUNDS = 10;
    private static final int CLIENTS = 4;

    private FailoverCost() {}

    /**
     * Measures and prints.
     *
     * @param args none
     * @throws Exception if a server cannot be set up
     */
    public static void main(String[] args) throws Exception {
        List<Long> micros = new ArrayList<>();
        try (var cluster = EmbeddedCluster.builder().nodes(1, 0).start()) {
            for (int round = 0; round < ROUNDS; round++) {
                var embedded = cluster.addNode("m" + round, 1);
                embedded.primary().execute("create table written (id bigint)");
                embedded.awaitReplicas();
                var properties = new HashMap<>(cluster.shardloomProperties());
                properties
                        .keySet()
                        .removeIf(name -> name.startsWith("shardloom.node.")
                                && !name.startsWith("shardloom.node." + embedded.name() + "."));
                Configuration configuration = Configuration.read(properties);
                Node node = configuration.nodes().get(0);
                try (NodePools pools = NodePools.open(configuration)) {
                    micros.add(round(pools, node, embedded.primary()::kill, () -> embedded.replica(0)
                            .executeAsSuperuser("select pg_promote(true, 30)")));
                }
                embedded.servers().forEach(EmbeddedServer::kill);
            }
        }
        micros.sort(null);
        System.out.printf(
                "first write after a promotion, ms: median %.1f, slowest %.1f of %d%n",
                micros.get(ROUNDS / 2) / 1000.0, micros.get(ROUNDS - 1) / 1000.0, ROUNDS);
    }

    private interface Promotion {
        void run() throws SQLException;
    }

    private static long round(NodePools pools, Node node, Runnable death, Promotion promotion) throws Exception {
        AtomicLong count = new AtomicLong();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            Thread client = new Thread(() -> {
                while (!Thread.currentThread().isInterrupted()) {
                    try (Connection connection = pools.connection(node, false);
                            Statement statement = connection.createStatement()) {
                        statement.executeUpdate("insert into written values (1)");
                        connection.commit();
                        count.incrementAndGet();
                    } catch (SQLException | ShardloomException e) {
                        // The next one tells.
                    }
                }
            });
            clients.add(client);
            client.start();
        }
        while (count.get() < 100) {
            Thread.onSpinWait();
        }
        death.run();
        promotion.run();
        long promoted = System.nanoTime();
        long before = count.get();
        while (count.get() == before && System.nanoTime() - promoted < 30_000_000_000L) {
            Thread.onSpinWait();
        }
        long took = Math.max(0, System.nanoTime() - promoted) / 1000;
        for (Thread client : clients) {
            client.interrupt();
            client.join();
        }
        return took;
    }
}
