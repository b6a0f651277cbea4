package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.hibernate.Version;

/** The page that a run writes. */
final class Report {
    private final Options options;
    private final Markdown page = new Markdown();
    private final Markdown body = new Markdown();
    private final Targets targets = new Targets();

    Report(Options options) {
        this.options = options;
    }

    void sides(SidesPart part) {
        targets.sides(part, options);
        body.heading(2, "Operations").paragraph("""
                Each number is the median of the slices; in brackets the slowest and the fastest slice. CPU and garbage are
                those of all Java threads of the client; server CPU is that of all PostgreSQL processes, where the system tells
                it. The answers of all sides are compared before anything is measured.

                One thread of keyed work has client and servers on %s.
                """.formatted(
                        OneCore.isPossible()
                                ? "one core: waking a process that sleeps on another costs more than the work, and how"
                                        + " often it happens is the scheduler's choice"
                                : "any core, as this system has no `taskset`"));
        for (var op : Op.values()) {
            body.heading(3, op.label());
            var head = new ArrayList<>(List.of("side"));
            for (int threads : options.threads()) {
                head.add("operations/s, " + Targets.threads(threads));
                head.add("median / p99");
                head.add("client CPU");
                head.add("garbage");
                head.add("server CPU");
            }
            head.add("round trips");
            List<List<String>> rows = new ArrayList<>();
            for (var kind : part.kinds()) {
                if (kind.isWhole() || part.has(kind, op)) {
                    rows.add(row(part, op, kind));
                }
            }
            body.table(head, rows);
        }
        body.paragraph("""
                Plain Hibernate is one server with all rows, so its fan-outs are one statement there. The hand-written router
                puts customers on a node by modulo, asks the nodes for a UUID one after the other, and fans out by plain JDBC
                in parallel with a merge written for each question. ShardingSphere shares the router's databases; its pages are
                native SQL, because those that HQL makes came back with wrong rows; its read-only find has read-write
                splitting switched on, the other operations do without. Shardloom has the partitioned layout where nothing else is
                said; its plain layout has tables as the router's. JDBC by hand on Shardloom's tables is the router's fan-out
                on the very rows and partitions that Shardloom asks. A dash is an operation that a side does not have.

                100 rows of 100 keys are one transaction on plain Hibernate's server; a transaction on each node, one after the
                other, by hand, and one of ShardingSphere's local transactions: both may leave some nodes without their rows if
                one fails. Shardloom commits them in two phases, on all nodes or on none.""");
        footprint(part);
    }

    private List<String> row(SidesPart part, Op op, SideKind kind) {
        var row = new ArrayList<>(List.of(kind.label() + (part.isWrong(kind, op) ? " (**wrong answer**)" : "")));
        for (int threads : options.threads()) {
            var cell = part.results.cell(op, threads, kind.label());
            if (cell.isEmpty()) {
                row.addAll(List.of("-", "-", "-", "-", "-"));
                continue;
            }
            row.add("%s [%s-%s]"
                    .formatted(
                            Numbers.of(cell.median(Cell.Column.RATE)),
                            Numbers.of(cell.min(Cell.Column.RATE)),
                            Numbers.of(cell.max(Cell.Column.RATE))));
            row.add(Numbers.micros(cell.medianLatency()) + " / " + Numbers.micros(cell.highLatency()));
            row.add(Numbers.micros(cell.median(Cell.Column.CPU)));
            row.add(Numbers.bytes(cell.median(Cell.Column.BYTES)));
            row.add(Numbers.micros(cell.median(Cell.Column.SERVER_CPU)));
        }
        var trips = part.roundTrips.get(kind);
        row.add(Numbers.of(trips == null ? Double.NaN : trips.getOrDefault(op, Double.NaN)));
        return row;
    }

    private void footprint(SidesPart part) {
        body.heading(2, "Boot and footprint").paragraph("""
                From the start of main to the first row found, in a JVM of its own, in turn; then live heap after a collection
                and classes loaded. Jars are those of an application of this kind, without its own classes.""");
        List<List<String>> rows = new ArrayList<>();
        part.footprints.forEach((kind, footprint) -> rows.add(List.of(
                kind.label(),
                spread(footprint.bootMillis()) + " ms",
                Numbers.of(Numbers.median(footprint.classes())),
                Numbers.bytes(Numbers.median(footprint.heap())),
                Integer.toString(footprint.jars()),
                Numbers.bytes((double) footprint.jarBytes()))));
        body.table(List.of("side", "boot to first find", "classes", "heap", "jars", "their size"), rows);
    }

    void micro(List<MicroPart.Result> results) {
        targets.micro(results);
        body.heading(2, "Without a server").paragraph("""
                By JMH. Hashes, routing decision (a session's key to its node; and from the plain value, whose key is made
                first) and ids; time is that of one call on one thread, whatever number of threads calls at once: the median of
                the iterations, in brackets the fastest and the slowest. Routing shares nothing between threads, so what it
                loses on two is the machine's.""");
        body.table(
                List.of("what", "threads", "time of a call", "garbage", "calls/s, all threads"),
                results.stream()
                        .map(result -> List.of(
                                result.name(),
                                Integer.toString(result.threads()),
                                "%s [%s-%s] ns"
                                        .formatted(
                                                Numbers.of(result.nanos()),
                                                Numbers.of(result.fastest()),
                                                Numbers.of(result.slowest())),
                                Numbers.of(result.bytes()) + " bytes",
                                Numbers.of(result.threads() * 1e9 / result.nanos())))
                        .toList());
    }

    void stream(StreamPart.Result result) {
        targets.stream(result);
        body.heading(2, "Rows streamed in order").paragraph("""
                All rows of a table on two nodes, `order by` two columns that no index has in this order, read as a stream in a
                JVM with `-Xmx64m`. The heap is what was left of it after its last collection.""");
        body.table(
                List.of("rows", "in order", "time", "rows/s", "garbage a row", "heap"),
                List.of(List.of(
                        Numbers.count(result.rows()),
                        result.ordered() ? "yes" : "no",
                        Numbers.of(result.seconds()) + " s",
                        Numbers.of(result.rows() / result.seconds()),
                        Numbers.of(result.bytes() / result.rows()) + " bytes",
                        Numbers.bytes(result.kept()))));
    }

    /** Adds a table that a part has made. */
    void table(String heading, String explanation, List<String> head, List<List<String>> rows) {
        body.heading(2, heading).paragraph(explanation).table(head, rows);
    }

    /** Adds what {@link KeyedCost} has printed. */
    void keyed(String text) {
        targets.keyed(text);
        printed("Keyed work in one JVM with plain Hibernate", text);
    }

    /** Adds what a program has printed. */
    void printed(String heading, String text) {
        body.heading(2, heading).paragraph("```text\n" + text.stripTrailing() + "\n```");
    }

    static String spread(List<Double> values) {
        return "%s [%s-%s]"
                .formatted(
                        Numbers.of(Numbers.median(values)),
                        Numbers.of(values.stream().mapToDouble(x -> x).min().orElse(Double.NaN)),
                        Numbers.of(values.stream().mapToDouble(x -> x).max().orElse(Double.NaN)));
    }

    /**
     * Writes it all.
     *
     * @param postgres the servers' version
     * @param minutes how long the run took
     * @param load what else the machine did when the run began
     */
    String text(String postgres, double minutes, double load) {
        page.heading(1, "Benchmarks").paragraph("""
                Written by `./mvnw -q -ntp -Pbench verify`, not by hand. Each side runs in JVMs of its own with its own class
                path, and they work in turn: slices of 0.15 s (0.3 s for fan-out) in an order that is random in each round, after
                a warm-up at each kind of work. Options: `-Dbench.seconds` (for each operation, number of threads and side), `-Dbench.forks` (JVMs of
                each side, one after the other), `-Dbench.boots`, `-Dbench.customers`, `-Dbench.rows` (of the stream),
                `-Dbench.threads`, `-Dbench.jvm` (more options of the measured JVMs), `-Dbench.only` (`sides`, `layouts`, `stream`, `growth`, `micro`,
                `programs`), `-Dbench.report`.""");
        page.paragraph("""
                %s; Java %s; PostgreSQL %s on the same machine, fsync off, no parallel workers; Hibernate ORM %s. %s
                orders of %s customers. Run with %s s, %d JVMs, %d boots, in %s minutes; the machine's load was %s before it
                began.""".formatted(
                        Machine.description(),
                        Runtime.version(),
                        postgres,
                        Version.getVersionString(),
                        Numbers.count(options.customers() * 10L),
                        Numbers.count(options.customers()),
                        Numbers.of(options.seconds()),
                        options.forks(),
                        options.boots(),
                        Numbers.of(minutes),
                        Numbers.of(load)));
        if (!targets.rows().isEmpty()) {
            page.heading(2, "Targets")
                    .paragraph("Ratios are medians of the ratios of slices of one round. Where a target is missed,"
                            + " [performance](performance.md) says why.");
            page.table(List.of("target", "measured", ""), targets.rows());
        }
        return (page + "\n" + body).lines().map(String::stripTrailing).collect(Collectors.joining("\n")) + "\n";
    }
}
