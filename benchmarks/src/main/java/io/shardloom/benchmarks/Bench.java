package io.shardloom.benchmarks;

import io.shardloom.benchmarks.micro.Clusters;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.HashStrategy;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Measures everything and writes the report: {@code ./mvnw -q -ntp -Pbench verify}. */
public final class Bench {
    private static final Logger ROOT = Logger.getLogger("");

    private final Options options;
    private final Path directory;
    private final Report report;
    private boolean failed;

    private Bench(Options options, Path directory) {
        this.options = options;
        this.directory = directory;
        this.report = new Report(options);
    }

    /**
     * Measures.
     *
     * @param args {@code name=value}: {@code seconds}, {@code forks}, {@code boots}, {@code customers}, {@code rows},
     *     {@code threads}, {@code jvm}, {@code only}, {@code report}
     * @throws Exception if a server or a JVM fails
     */
    public static void main(String[] args) throws Exception {
        ROOT.setLevel(Level.SEVERE);
        var options = Options.of(args);
        var directory = Files.createTempDirectory("shardloom-bench");
        var bench = new Bench(options, directory);
        bench.run();
        if (bench.failed) {
            throw new IllegalStateException(
                    "A part has failed, as the report says; the logs are in " + directory + ".");
        }
        delete(directory);
    }

    private void run() throws Exception {
        long start = System.nanoTime();
        double load = Machine.load();
        var postgres = beside();
        if (options.has(Options.Part.STREAM)) {
            stream();
        }
        if (options.has(Options.Part.GROWTH)) {
            growth();
        }
        if (options.has(Options.Part.MICRO)) {
            tell("hashes, routing, ids");
            attempt("Without a server", () -> report.micro(MicroPart.run(options.seconds(), options.forks())));
        }
        if (options.has(Options.Part.PROGRAMS)) {
            attempt("Programs", this::programs);
        }
        var minutes = (System.nanoTime() - start) / 6e10;
        var file = options.report().toAbsolutePath();
        Files.createDirectories(file.getParent());
        Files.writeString(file, report.text(postgres, minutes, load));
        tell("written in " + Numbers.of(minutes) + " minutes: " + file);
    }

    /** Measures sides and layouts on two nodes with replicas; returns the servers' version. */
    private String beside() throws Exception {
        try (var cluster = Servers.start(2, 1)) {
            var data = Dataset.make(cluster, options.customers(), directory, hash());
            var servers = new Servers(cluster);
            if (options.has(Options.Part.SIDES)) {
                var part = new SidesPart(options, servers, data, ClassPaths.read(), directory, Bench::tell);
                attempt("Operations", () -> {
                    part.run();
                    report.sides(part);
                });
            }
            if (options.has(Options.Part.LAYOUTS)) {
                tell("layouts");
                attempt("Layouts", () -> new LayoutsPart(options, servers, data, ClassPaths.read(), directory)
                        .run(report));
            }
            return cluster.nodes().get(0).primary().value("show server_version");
        }
    }

    private void stream() {
        tell("streaming " + options.rows() + " rows");
        try (var cluster = Servers.start(2, 0)) {
            attempt(
                    "Rows streamed in order",
                    () -> report.stream(
                            new StreamPart(options, new Servers(cluster), ClassPaths.read(), directory).run()));
        }
    }

    private void growth() throws IOException {
        tell("2, 4 and 8 nodes");
        try (var cluster = Servers.start(GrowthPart.mostNodes(), 0)) {
            var data = Dataset.make(cluster, Math.min(10_000, options.customers()), directory, hash());
            var servers = new Servers(cluster);
            attempt("Nodes", () -> new GrowthPart(options, servers, data, ClassPaths.read(), directory).run(report));
            tell("10, 100 and 400 entities");
            attempt("Entities", () -> new EntitiesPart(options, servers, ClassPaths.read(), directory).run(report));
        }
    }

    private interface Step {
        void run() throws Exception;
    }

    /** A part that fails says so in the report, and leaves the others theirs. */
    private void attempt(String heading, Step step) {
        try {
            step.run();
        } catch (Exception e) {
            failed = true;
            tell(heading + " failed: " + e);
            report.printed(heading + ": failed", String.valueOf(e));
        }
    }

    private void programs() throws IOException, InterruptedException {
        report.keyed(output(KeyedCost.class));
        report.printed("The same, held by row-level security", output(KeyedCost.class, "row-level-security"));
        report.printed(
                "Keyed work on two nodes in one JVM with a hand-written router", output(KeyedCost.class, "router"));
        report.printed("Queries over all nodes in one JVM with JDBC by hand", output(FanOutCost.class));
        report.printed("Choice of a replica", output(ChoiceCost.class));
        report.printed("Failover", output(FailoverCost.class));
    }

    private static String output(Class<?> program, String... args) throws IOException, InterruptedException {
        tell(program.getSimpleName() + " " + String.join(" ", args));
        var command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-classpath",
                System.getProperty("java.class.path"),
                program.getName()));
        command.addAll(List.of(args));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? text : text + program.getSimpleName() + " has failed.";
    }

    private static HashStrategy hash() {
        return (HashStrategy) Clusters.without(KeyType.INT8).group("default").strategy();
    }

    private static void tell(String line) {
        var minutes = ManagementFactory.getRuntimeMXBean().getUptime() / 6e4;
        System.out.printf(Locale.ROOT, "%4.1f min: %s%n", minutes, line);
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
