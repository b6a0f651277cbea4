package io.shardloom.benchmarks;

import com.sun.management.ThreadMXBean;
import io.shardloom.choice.Candidates;
import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ServerChoice;
import io.shardloom.choice.ServerChoices;
import io.shardloom.config.Configuration;
import io.shardloom.server.NodePools;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.topology.Node;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures what it costs to choose a server for a read among two healthy replicas with pools of ten connections: time and
 * bytes of one choice, for each strategy; and of a whole read-only checkout and return, which holds one choice.
 */
public final class ChoiceCost {
    private static final int SLICE = 200_000;
    private static final int WARM_UP = 20;
    private static final int ROUNDS = 40;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static long sink;

    private ChoiceCost() {}

    private interface Step {
        void run() throws SQLException;
    }

    /**
     * Measures and prints.
     *
     * @param args none
     * @throws SQLException if a server does not answer
     */
    public static void main(String[] args) throws SQLException {
        Candidates[] seen = new Candidates[1];
        ServerChoice choice = ServerChoices.ROUND_ROBIN.make();
        try (var cluster = EmbeddedCluster.builder().nodes(1, 2).start()) {
            Map<String, Object> properties = new HashMap<>(cluster.shardloomProperties());
            properties.put("shardloom.replica.choice", (ServerChoice) candidates -> {
                seen[0] = candidates;
                return choice.choose(candidates);
            });
            properties.put("shardloom.zone", "b");
            properties.put("shardloom.node.n1.zones", "a, a, b");
            properties.put("shardloom.node.n1.weights", "1, 2, 1");
            Configuration configuration = Configuration.read(properties);
            Node node = configuration.nodes().get(0);
            try (NodePools pools = NodePools.open(configuration)) {
                fill(pools, node);
                System.out.printf("%-34s %10s %10s%n", "best of " + ROUNDS, "ns", "bytes");
                for (ServerChoices strategy : ServerChoices.values()) {
                    ServerChoice measured = strategy.make();
                    measure(strategy.label(), () -> sink += measured.choose(seen[0]));
                }
                measure("read-only checkout and return", () -> checkout(pools, node));
            }
        }
        System.out.println(sink == 0 ? "" : "done");
    }

    /** Makes each replica's pool hold its 10 connections, which is what least-busy counts. */
    private static void fill(NodePools pools, Node node) throws SQLException {
        List<Connection> taken = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            taken.add(pools.connection(node, ReadTarget.REPLICA));
        }
        for (Connection connection : taken) {
            connection.close();
        }
    }

    private static void checkout(NodePools pools, Node node) throws SQLException {
        try (Connection connection = pools.connection(node, true)) {
            sink += connection.isReadOnly() ? 1 : 0;
        }
    }

    private static void measure(String what, Step step) throws SQLException {
        double best = Double.MAX_VALUE;
        double bytes = Double.MAX_VALUE;
        for (int round = 0; round < WARM_UP + ROUNDS; round++) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long start = System.nanoTime();
            for (int i = 0; i < SLICE; i++) {
                step.run();
            }
            double nanos = (System.nanoTime() - start) / (double) SLICE;
            double allocated = (THREADS.getCurrentThreadAllocatedBytes() - before) / (double) SLICE;
            if (round >= WARM_UP) {
                best = Math.min(best, nanos);
                bytes = Math.min(bytes, allocated);
            }
        }
        System.out.printf(Locale.ROOT, "%-42s %10.1f %10.2f%n", what, best, bytes);
    }
}
