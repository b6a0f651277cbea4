package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.Op;
import io.shardloom.testing.EmbeddedServer;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Shardloom's two layouts, 16 and 32 partitions of a table on a node, with forced generic plans and without. */
final class LayoutsPart {
    private static final List<Op> OPS = List.of(Op.FIND, Op.QUERY, Op.UPDATE);

    private enum Layout {
        PLAIN("plain", "layout_plain", 32, false),
        GENERIC_16("16 partitions a node", "layout_16", 32, false),
        GENERIC_32("32 partitions a node", "layout_32", 64, false),
        AUTO_16("16 partitions a node, plans left to the server", "layout_16", 32, true),
        AUTO_32("32 partitions a node, plans left to the server", "layout_32", 64, true);

        private final String label;
        private final String database;
        private final int shards;
        private final boolean serversPlans;

        Layout(String label, String database, int shards, boolean serversPlans) {
            this.label = label;
            this.database = database;
            this.shards = shards;
            this.serversPlans = serversPlans;
        }

        Map<String, String> properties() {
            Map<String, String> properties = new HashMap<>();
            properties.put("shardloom.shards", Integer.toString(shards));
            properties.put("shardloom.layout", this == PLAIN ? "plain" : "partitioned");
            if (serversPlans) {
                properties.put("shardloom.hikari.dataSource.options", "-c plan_cache_mode=auto");
            }
            return properties;
        }
    }

    private final Options options;
    private final Servers servers;
    private final Dataset data;
    private final String classPath;
    private final Path directory;

    LayoutsPart(Options options, Servers servers, Dataset data, ClassPaths classPaths, Path directory) {
        this.options = options;
        this.servers = servers;
        this.data = data;
        this.classPath = classPaths.of(SideKind.SHARDLOOM);
        this.directory = directory;
    }

    void run(Report report) throws IOException, SQLException {
        for (var layout : List.of(Layout.PLAIN, Layout.GENERIC_16, Layout.GENERIC_32)) {
            servers.cluster().createDatabase(layout.database);
            data.loadSharded(layout.database, settings(layout));
        }
        var results = new Interleaved(servers.cpu());
        Map<Layout, Child> children = new LinkedHashMap<>();
        try {
            for (var layout : Layout.values()) {
                children.put(
                        layout,
                        Child.start("layout " + layout.label, classPath, settings(layout), directory, options.jvm()));
            }
            Interleaved.warm(OPS, 3 * options.seconds(), children.values());
            for (var op : OPS) {
                results.measure(op, 1, options.seconds(), List.copyOf(children.values()), (child, any) -> true);
            }
        } finally {
            children.values().forEach(Child::close);
        }
        report.table(
                "Layouts",
                """
                One thread, two nodes. Ratios of server CPU are to the plain layout, medians over the rounds. Shardloom's pools
                force generic plans in the partitioned layout; the last rows show why.""",
                List.of("layout", "operation", "operations/s", "client CPU", "server CPU", "ratio", "median / p99"),
                rows(results));
    }

    private Map<String, String> settings(Layout layout) {
        var settings =
                new LinkedHashMap<>(servers.settings(SideKind.SHARDLOOM, layout.database, data, EmbeddedServer::port));
        settings.putAll(layout.properties());
        return settings;
    }

    private static List<List<String>> rows(Interleaved results) {
        List<List<String>> rows = new ArrayList<>();
        for (var op : OPS) {
            var plain = results.cell(op, 1, "layout " + Layout.PLAIN.label);
            for (var layout : Layout.values()) {
                var cell = results.cell(op, 1, "layout " + layout.label);
                rows.add(List.of(
                        layout.label,
                        op.label(),
                        Numbers.of(cell.median(Cell.Column.RATE)),
                        Numbers.micros(cell.median(Cell.Column.CPU)),
                        Numbers.micros(cell.median(Cell.Column.SERVER_CPU)),
                        "x" + Numbers.of(cell.ratio(Cell.Column.SERVER_CPU, plain)),
                        Numbers.micros(cell.medianLatency()) + " / " + Numbers.micros(cell.highLatency())));
            }
        }
        return rows;
    }
}
