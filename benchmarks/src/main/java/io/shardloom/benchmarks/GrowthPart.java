package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.Op;
import io.shardloom.testing.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The same work on 2, 4 and 8 nodes, and what many live keys leave behind. */
final class GrowthPart {
    private static final List<Integer> NODES = List.of(2, 4, 8);
    private static final List<Op> OPS = List.of(Op.FIND, Op.COUNT, Op.GROUP_8, Op.TOP_20, Op.INSERT);
    private static final List<Integer> KEYS = List.of(10, 10_000);

    private final Options options;
    private final Servers servers;
    private final Dataset data;
    private final String classPath;
    private final Path directory;

    GrowthPart(Options options, Servers servers, Dataset data, ClassPaths classPaths, Path directory) {
        this.options = options;
        this.servers = servers;
        this.data = data;
        this.classPath = classPaths.of(SideKind.SHARDLOOM);
        this.directory = directory;
    }

    static int mostNodes() {
        return NODES.get(NODES.size() - 1);
    }

    void run(Report report) throws IOException, SQLException {
        for (int nodes : NODES) {
            servers.cluster().createDatabase(database(nodes));
            data.loadSharded(database(nodes), sharded(nodes));
        }
        var results = new Interleaved(servers.cpu());
        Map<Integer, Child> children = new LinkedHashMap<>();
        Map<Integer, Double> boots = new LinkedHashMap<>();
        try {
            for (int nodes : NODES) {
                var child = start(nodes);
                children.put(nodes, child);
                boots.put(nodes, child.bootMillis());
            }
            Interleaved.warm(OPS, 3 * options.seconds(), children.values());
            for (var op : OPS) {
                results.measure(op, 1, options.seconds() / 2, List.copyOf(children.values()), Child::supports);
            }
        } finally {
            children.values().forEach(Child::close);
        }
        report.table(
                "Nodes",
                "Shardloom on one thread with %s orders, 32 shards over more and more nodes of one machine; the boot is a single one."
                        .formatted(Numbers.count(data.orders())),
                List.of("operation", "nodes", "operations/s", "client CPU", "garbage", "server CPU", "boot"),
                rows(results, boots));
        keys(report);
    }

    private static String database(int nodes) {
        return "grown_" + nodes;
    }

    private Map<String, String> sharded(int nodes) {
        return servers.sharded(database(nodes), nodes, EmbeddedServer::port);
    }

    private Child start(int nodes) throws IOException {
        var settings = new LinkedHashMap<>(sharded(nodes));
        settings.put("side", SideKind.SHARDLOOM.setting());
        settings.put("orders", data.ids().toString());
        return Child.start(label(nodes), classPath, settings, directory, options.jvm());
    }

    private static String label(int nodes) {
        return nodes + " nodes";
    }

    private static List<List<String>> rows(Interleaved results, Map<Integer, Double> boots) {
        List<List<String>> rows = new ArrayList<>();
        for (var op : OPS) {
            for (int nodes : NODES) {
                var cell = results.cell(op, 1, label(nodes));
                if (!cell.isEmpty()) {
                    rows.add(List.of(
                            op.label(),
                            Integer.toString(nodes),
                            Numbers.of(cell.median(Cell.Column.RATE)),
                            Numbers.micros(cell.median(Cell.Column.CPU)),
                            Numbers.bytes(cell.median(Cell.Column.BYTES)),
                            Numbers.micros(cell.median(Cell.Column.SERVER_CPU)),
                            Numbers.of(boots.getOrDefault(nodes, Double.NaN)) + " ms"));
                }
            }
        }
        return rows;
    }

    private void keys(Report report) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        try (var child = start(NODES.get(0))) {
            rows.add(row("none but the first find's", child));
            for (int keys : KEYS) {
                child.ask("keys " + keys);
                rows.add(row(Numbers.count(Math.min(keys, data.orders() / 10)), child));
            }
        }
        report.table(
                "Live keys",
                "What is left in one JVM after a transaction for each of many keys: nothing is kept for a key.",
                List.of("keys", "live heap", "classes"),
                rows);
    }

    private static List<String> row(String keys, Child child) {
        var footprint = child.numbers("footprint");
        return List.of(keys, Numbers.bytes(footprint[0]), Numbers.of(footprint[1]));
    }
}
