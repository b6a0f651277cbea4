package io.shardloom.benchmarks;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.sample.model.TblUser;
import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * Measures what a sharded unit costs to boot: the sample's unit "users" by Shardloom on two nodes, and the same entity by plain
 * Hibernate on one of them, each from {@code createEntityManagerFactory} to the first row looked for, in a JVM of its own,
 * in turn.
 */
public final class BootCost {
    private static final int ROUNDS = 15;

    private BootCost() {}

    /**
     * Measures, or, with arguments, is one of the measured JVMs.
     *
     * @param args none, or {@code plain|shardloom} and pairs of property and value
     * @throws Exception if a server or a JVM fails
     */
    public static void main(String[] args) throws Exception {
        if (args.length > 0) {
            System.out.println("ms " + boot(args[0], properties(args)));
            return;
        }
        try (var cluster = EmbeddedCluster.builder().nodes(2, 0).start()) {
            measure(cluster);
        }
    }

    private static void measure(EmbeddedCluster cluster) throws IOException, InterruptedException {
        var create = new HashMap<String, Object>(cluster.shardloomProperties());
        create.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        Persistence.createEntityManagerFactory("users", create).close();

        var sharded = new ArrayList<String>();
        cluster.shardloomProperties().forEach((name, value) -> sharded.addAll(List.of(name, value)));
        sharded.addAll(List.of("jakarta.persistence.schema-generation.database.action", "none"));
        var plain = List.of(
                "jakarta.persistence.jdbc.url", cluster.node("n1").primary().jdbcUrl(),
                "jakarta.persistence.jdbc.user", cluster.user(),
                "jakarta.persistence.jdbc.password", cluster.password());
        var plainTimes = new ArrayList<Double>();
        var shardedTimes = new ArrayList<Double>();
        for (int round = 0; round < ROUNDS; round++) {
            plainTimes.add(run("plain", plain));
            shardedTimes.add(run("shardloom", sharded));
        }
        print("plain Hibernate, one server", plainTimes);
        print("Shardloom, two nodes", shardedTimes);
        System.out.printf(
                Locale.ROOT, "difference of the medians: %+.0f ms%n", median(shardedTimes) - median(plainTimes));
    }

    private static double run(String side, List<String> properties) throws IOException, InterruptedException {
        var command = new ArrayList<String>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Djava.util.logging.config.class=" + Silence.class.getName(),
                "-classpath",
                System.getProperty("java.class.path"),
                BootCost.class.getName(),
                side));
        command.addAll(properties);
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(side + " failed:\n" + output);
        }
        return output.lines()
                .filter(line -> line.startsWith("ms "))
                .mapToDouble(line -> Double.parseDouble(line.substring(3)))
                .findFirst()
                .orElseThrow();
    }

    private static double boot(String side, Map<String, String> properties) {
        long start = System.nanoTime();
        var unit = side.equals("plain") ? "plain-users" : "users";
        try (var factory = Persistence.createEntityManagerFactory(unit, properties)) {
            var id = UUID.fromString("018f4e1c-7d2a-7cc3-9a51-3f0e5b6d7a10");
            if (side.equals("plain")) {
                try (var session = factory.createEntityManager()) {
                    session.getTransaction().begin();
                    session.find(TblUser.class, id);
                    session.getTransaction().commit();
                }
            } else {
                Shardloom.of(factory).inTransaction(id, session -> session.find(TblUser.class, id));
            }
            return (System.nanoTime() - start) / 1e6;
        }
    }

    private static Map<String, String> properties(String[] args) {
        var properties = new HashMap<String, String>();
        for (int i = 1; i + 1 < args.length; i += 2) {
            properties.put(args[i], args[i + 1]);
        }
        return properties;
    }

    private static void print(String what, List<Double> times) {
        System.out.printf(
                Locale.ROOT,
                "%-28s median %5.0f ms  (min %.0f, max %.0f, %d runs)%n",
                what,
                median(times),
                Collections.min(times),
                Collections.max(times),
                times.size());
    }

    private static double median(List<Double> times) {
        var sorted = times.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Turns logging off, which would be measured too. */
    public static final class Silence {
        /** Called by java.util.logging. */
        public Silence() {
            java.util.logging.LogManager.getLogManager().reset();
        }
    }
}
