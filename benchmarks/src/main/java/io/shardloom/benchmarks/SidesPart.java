package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.Op;
import io.shardloom.testing.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** The sides beside each other: every operation, boot and footprint, round trips, and whether the answers are right. */
final class SidesPart {
    /**
     * What a side costs before it does anything.
     *
     * @param bootMillis from the start of main to the first row, one for each boot
     * @param heap live bytes after a collection, likewise
     * @param classes loaded, likewise
     * @param jars how many
     * @param jarBytes their size
     */
    record Footprint(List<Double> bootMillis, List<Double> heap, List<Double> classes, int jars, long jarBytes) {}

    /** How many times the seconds of one operation a JVM is warmed up before those of a kind are measured. */
    private static final int WARM_UP = 10;

    private final Options options;
    private final Servers servers;
    private final Dataset data;
    private final ClassPaths classPaths;
    private final Path directory;
    private final Consumer<String> progress;
    private final List<SideKind> kinds;

    final Interleaved results;
    final Map<SideKind, Footprint> footprints = new EnumMap<>(SideKind.class);
    final Map<SideKind, Map<Op, Double>> roundTrips = new EnumMap<>(SideKind.class);
    /** What each side answered: empty where it was right, else what was wrong. */
    final Map<SideKind, Map<Op, String>> faults = new EnumMap<>(SideKind.class);

    SidesPart(
            Options options,
            Servers servers,
            Dataset data,
            ClassPaths classPaths,
            Path directory,
            Consumer<String> progress) {
        this.options = options;
        this.servers = servers;
        this.data = data;
        this.classPaths = classPaths;
        this.directory = directory;
        this.progress = progress;
        this.results = new Interleaved(servers.cpu());
        this.kinds = new ArrayList<>(List.of(SideKind.values()));
        if (!classPaths.hasShardingSphere()) {
            kinds.remove(SideKind.SHARDINGSPHERE);
        }
    }

    List<SideKind> kinds() {
        return List.copyOf(kinds);
    }

    boolean has(SideKind side, Op op) {
        return faults.getOrDefault(side, Map.of()).containsKey(op);
    }

    boolean isRight(SideKind side, Op op) {
        return has(side, op) && !isWrong(side, op);
    }

    boolean isWrong(SideKind side, Op op) {
        return !faults.getOrDefault(side, Map.of()).getOrDefault(op, "").isEmpty();
    }

    void run() throws IOException, SQLException {
        progress.accept("loading " + data.orders() + " orders four times");
        var cluster = servers.cluster();
        kinds.stream().map(SideKind::database).distinct().forEach(cluster::createDatabase);
        data.loadPlain("plain", servers.primaries().subList(0, 1), customer -> 0);
        int nodes = servers.primaries().size();
        data.loadPlain("router", servers.primaries(), customer -> (int) (customer % nodes));
        for (var kind : List.of(SideKind.SHARDLOOM, SideKind.SHARDLOOM_PLAIN)) {
            var database = kind.database();
            data.loadSharded(database, servers.settings(kind, database, data, EmbeddedServer::port));
        }
        cluster.awaitReplicas();
        for (int fork = 1; fork <= options.forks(); fork++) {
            progress.accept("sides, JVMs " + fork + " of " + options.forks());
            fork(fork == 1);
            for (var database : List.of("plain", "router", "sharded")) {
                for (var server : database.equals("plain") ? servers.primaries().subList(0, 1) : servers.primaries()) {
                    Dataset.restore(server, database);
                }
            }
            cluster.awaitReplicas();
        }
        progress.accept("boot and footprint");
        boots();
        progress.accept("round trips");
        roundTrips();
    }

    private Child launch(SideKind kind, ToIntFunction<EmbeddedServer> port) throws IOException {
        return Child.launch(
                kind.label(),
                classPaths.of(kind),
                servers.settings(kind, kind.database(), data, port),
                directory,
                options.jvm());
    }

    /** Starts a JVM of each side, all at once. */
    private Map<SideKind, Child> launchAll(Map<SideKind, ToIntFunction<EmbeddedServer>> ports) throws IOException {
        Map<SideKind, Child> children = new LinkedHashMap<>();
        try {
            for (var kind : kinds) {
                children.put(kind, launch(kind, ports.getOrDefault(kind, EmbeddedServer::port)));
            }
            for (var child : children.values()) {
                child.awaitBoot();
            }
            return children;
        } catch (IOException | RuntimeException e) {
            children.values().forEach(Child::close);
            throw e;
        }
    }

    /** Measures in a JVM of each side; answers are compared before any of them has updated rows of its own choice. */
    private void fork(boolean untouched) throws IOException {
        var children = launchAll(Map.of());
        try {
            if (untouched) {
                checkAnswers(children);
            }
            var all = List.copyOf(children.values());
            for (var kind :
                    List.of(Op.Kind.READ, Op.Kind.FAN_OUT, Op.Kind.WRITE)) { // writes last: all read the same rows
                var ops = Stream.of(Op.values()).filter(op -> op.kind() == kind).toList();
                progress.accept("warming up");
                Interleaved.warm(ops, WARM_UP * options.seconds(), all);
                for (var threads : options.threads()) {
                    for (var op : ops) {
                        measure(op, threads, all);
                    }
                }
            }
        } finally {
            children.values().forEach(Child::close);
        }
    }

    private void measure(Op op, int threads, List<Child> all) {
        results.measure(op, threads, options.seconds() / options.forks(), all, (child, asked) -> kinds.stream()
                .anyMatch(kind -> kind.label().equals(child.label()) && has(kind, asked)));
    }

    /** The first of the sides, plain Hibernate on one server, is right. */
    private void checkAnswers(Map<SideKind, Child> children) {
        for (var op : Op.values()) {
            String right = "";
            for (var kind : kinds) {
                var child = children.get(kind);
                if (child == null) {
                    continue;
                }
                var answer = child.ask("answer " + op);
                if (kind == kinds.get(0)) {
                    right = answer;
                }
                if (!answer.equals("unsupported")) {
                    var fault = answer.equals(right) ? "" : answer.startsWith("failed ") ? answer : "wrong answer";
                    if (!fault.isEmpty()) {
                        progress.accept(kind.label() + ", " + op.label() + ": " + fault + "\n  right: "
                                + shortened(right) + "\n  this:  " + shortened(answer));
                    }
                    if (!answer.startsWith("failed ")) {
                        faults.computeIfAbsent(kind, any -> new EnumMap<>(Op.class))
                                .put(op, fault);
                    }
                }
            }
        }
    }

    private static String shortened(String answer) {
        return answer.length() <= 300 ? answer : answer.substring(0, 300) + " …";
    }

    /** Each side has a wire of its own, as one's probes go on while another is counted. */
    private void roundTrips() throws IOException {
        Map<SideKind, Servers.Wire> wires = new EnumMap<>(SideKind.class);
        Map<SideKind, ToIntFunction<EmbeddedServer>> ports = new EnumMap<>(SideKind.class);
        try {
            for (var kind : kinds) {
                var wire = new Servers.Wire(servers.cluster());
                wires.put(kind, wire);
                ports.put(kind, wire::port);
            }
            var children = launchAll(ports);
            try {
                children.forEach((kind, child) ->
                        roundTrips.put(kind, roundTrips(kind, child, Objects.requireNonNull(wires.get(kind)))));
            } finally {
                children.values().forEach(Child::close);
            }
        } finally {
            for (var wire : wires.values()) {
                wire.close();
            }
        }
    }

    private Map<Op, Double> roundTrips(SideKind kind, Child child, Servers.Wire wire) {
        int times = 10;
        Map<Op, Double> counts = new EnumMap<>(Op.class);
        for (var op : Op.values()) {
            if (has(kind, op)) {
                child.ask("times " + op + " " + 2 * times);
                wire.takeRoundTrips();
                child.ask("times " + op + " " + times);
                counts.put(op, wire.takeRoundTrips() / (double) times);
            }
        }
        return counts;
    }

    private void boots() throws IOException {
        for (var kind : kinds.stream().filter(SideKind::isWhole).toList()) {
            var jars = classPaths.jars(kind);
            long bytes = 0;
            for (var jar : jars) {
                bytes += Path.of(jar).toFile().length();
            }
            footprints.put(
                    kind, new Footprint(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), jars.size(), bytes));
        }
        var random = new Random(11);
        for (int i = 0; i < options.boots(); i++) {
            var order = new ArrayList<>(kinds);
            Collections.shuffle(order, random);
            for (var kind : order) {
                var footprint = footprints.get(kind);
                if (footprint == null) {
                    continue;
                }
                try (var child = launch(kind, EmbeddedServer::port)) {
                    child.awaitBoot();
                    footprint.bootMillis().add(child.bootMillis());
                    var numbers = child.numbers("footprint");
                    footprint.heap().add(numbers[0]);
                    footprint.classes().add(numbers[1]);
                }
            }
        }
    }
}
