package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.Op;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoublePredicate;

/** What Shardloom is held to, and what this run says. Nothing fails here: timings are for people to judge. */
final class Targets {
    private final List<List<String>> rows = new ArrayList<>();

    /** Returns a row for each target: the target, what was measured, met or missed. */
    List<List<String>> rows() {
        return List.copyOf(rows);
    }

    void sides(SidesPart part, Options options) {
        var shardloom = SideKind.SHARDLOOM;
        for (var op : List.of(Op.FIND, Op.QUERY)) {
            for (int threads : options.threads()) {
                var mine = part.results.cell(op, threads, shardloom.label());
                var plain = part.results.cell(op, threads, SideKind.PLAIN.label());
                var router = part.results.cell(op, threads, SideKind.ROUTER.label());
                add(
                        op.label() + ", " + threads(threads)
                                + ": client CPU of the JVM on two nodes ≤ x1.05 of plain's on one server",
                        mine.ratio(Cell.Column.CPU, plain),
                        "x%.3f"
                                + String.format(
                                        Locale.ROOT,
                                        " (hand-written router x%.3f)",
                                        router.ratio(Cell.Column.CPU, plain)),
                        x -> x <= 1.05);
                add(
                        op.label() + ", " + threads(threads) + ": garbage ≤ +0.3 KiB over plain",
                        (mine.median(Cell.Column.BYTES) - plain.median(Cell.Column.BYTES)) / 1024,
                        "%+.2f KiB",
                        x -> x <= 0.3);
            }
            add(
                    op.label() + ": the round trips of plain",
                    trips(part, shardloom, op) - trips(part, SideKind.PLAIN, op),
                    "%+.1f",
                    x -> Math.abs(x) < 0.05);
        }
        if (part.kinds().contains(SideKind.SHARDINGSPHERE)) {
            againstShardingSphere(part, options);
        }
        fanOut(part, options);
        cost(part, options);
        var boot = part.footprints.get(shardloom);
        var plainBoot = part.footprints.get(SideKind.PLAIN);
        if (boot != null && plainBoot != null) {
            add(
                    "boot to first find ≤ +200 ms over plain",
                    Numbers.median(boot.bootMillis()) - Numbers.median(plainBoot.bootMillis()),
                    "%+.0f ms",
                    x -> x <= 200);
            add("jars ≤ 23", boot.jars(), "%.0f", x -> x <= 23);
        }
    }

    /** What fan-outs may cost, on 200,000 orders of 20,000 customers. */
    private void cost(SidesPart part, Options options) {
        int threads = options.threads().get(0);
        var groups = part.results.cell(Op.GROUP_ALL, threads, SideKind.SHARDLOOM.label());
        add(Op.GROUP_ALL.label() + ": garbage ≤ 8 MB", groups.median(Cell.Column.BYTES) / 1e6, "%.2f MB", x -> x <= 8);
        var page = part.results.cell(Op.PAGE_1000, threads, SideKind.SHARDLOOM.label());
        add(
                Op.PAGE_1000.label() + ": garbage ≤ 0.4 MB",
                page.median(Cell.Column.BYTES) / 1e6,
                "%.2f MB",
                x -> x <= 0.4);
        for (var op : List.of(Op.COUNT, Op.SUM, Op.AVG)) {
            for (int number : options.threads()) {
                add(
                        op.label() + ", " + threads(number) + ": not slower than JDBC by hand on the same tables",
                        part.results
                                .cell(op, number, SideKind.SHARDLOOM.label())
                                .ratio(Cell.Column.RATE, part.results.cell(op, number, SideKind.HAND.label())),
                        "x%.2f",
                        x -> x >= 1);
            }
        }
    }

    private void againstShardingSphere(SidesPart part, Options options) {
        for (var op : Op.values()) {
            if (op.kind() == Op.Kind.FAN_OUT
                    || !part.has(SideKind.SHARDLOOM, op)
                    || !part.has(SideKind.SHARDINGSPHERE, op)) {
                continue;
            }
            for (int threads : options.threads()) {
                var mine = part.results.cell(op, threads, SideKind.SHARDLOOM.label());
                var peer = part.results.cell(op, threads, SideKind.SHARDINGSPHERE.label());
                add(
                        op.label() + ", " + threads(threads) + ": ≥ 2.5 times ShardingSphere's throughput",
                        mine.ratio(Cell.Column.RATE, peer),
                        "x%.2f",
                        x -> x >= 2.5);
                var plain = part.results.cell(op, threads, SideKind.PLAIN.label());
                add(
                        op.label() + ", " + threads(threads) + ": ≤ 1/8 of ShardingSphere's garbage",
                        peer.median(Cell.Column.BYTES) / mine.median(Cell.Column.BYTES),
                        "1/%.1f"
                                + String.format(
                                        Locale.ROOT,
                                        " (plain Hibernate 1/%.1f)",
                                        peer.median(Cell.Column.BYTES) / plain.median(Cell.Column.BYTES)),
                        x -> x >= 8);
            }
        }
    }

    private void fanOut(SidesPart part, Options options) {
        for (var op : Op.values()) {
            if (op.kind() != Op.Kind.FAN_OUT || !part.has(SideKind.SHARDLOOM, op)) {
                continue;
            }
            for (int threads : options.threads()) {
                var mine = part.results.cell(op, threads, SideKind.SHARDLOOM.label());
                var others = part.kinds().stream()
                        .filter(kind -> kind != SideKind.SHARDLOOM && kind.isWhole() && part.isRight(kind, op))
                        .map(kind -> part.results.cell(op, threads, kind.label()))
                        .toList();
                var plainLayout = part.results.cell(op, threads, SideKind.SHARDLOOM_PLAIN.label());
                add(
                        op.label() + ", " + threads(threads) + ": not slower than the best other side that is right",
                        worst(mine, others),
                        "x%.2f" + String.format(Locale.ROOT, " (plain layout x%.2f)", worst(plainLayout, others)),
                        x -> x >= 1);
            }
            rows.add(List.of(
                    op.label() + ": never wrong",
                    part.isRight(SideKind.SHARDLOOM, op) ? "right" : "wrong",
                    part.isRight(SideKind.SHARDLOOM, op) ? "met" : "missed"));
        }
    }

    private static double worst(Cell mine, List<Cell> others) {
        return others.stream()
                .mapToDouble(other -> mine.ratio(Cell.Column.RATE, other))
                .min()
                .orElse(Double.NaN);
    }

    void stream(StreamPart.Result result) {
        rows.add(List.of(
                "10,000,000 rows streamed in order through 64 MB of heap",
                Numbers.count(result.rows()) + (result.ordered() ? "" : ", not in order"),
                !result.isRight() ? "**missed**" : result.rows() >= 10_000_000 ? "met" : "met for fewer rows"));
    }

    void keyed(String printed) {
        for (var what : List.of("find", "query of 10 rows", "update by id")) {
            var line = printed.lines().filter(each -> each.startsWith(what)).findFirst();
            var result = line.flatMap(PairedCost.Result::read);
            add(
                    what + ", in pairs on one core: client CPU ≤ x1.05 of plain",
                    result.map(PairedCost.Result::ratio).orElse(Double.NaN),
                    "x%.3f",
                    x -> x <= 1.05);
            add(
                    what + ", in pairs on one core: garbage ≤ +0.3 KiB over plain",
                    result.map(each -> each.moreBytes() / 1024).orElse(Double.NaN),
                    "%+.2f KiB",
                    x -> x <= 0.3);
        }
    }

    void micro(List<MicroPart.Result> results) {
        double alone = nanos(results, "Ids.shardedUuid", 1);
        add("`@ShardedUuid` on one thread ≤ 100 ns", alone, "%.1f ns", x -> x <= 100);
        add(
                "`@ShardedUuid` on two threads ≤ x1.5 of that for each",
                nanos(results, "Ids.shardedUuid", 2) / alone,
                "x%.2f"
                        + String.format(
                                Locale.ROOT,
                                " (routing, which shares nothing, x%.2f)",
                                nanos(results, "Routing.nodeOf", 2) / nanos(results, "Routing.nodeOf", 1)),
                x -> x <= 1.5);
        add("uuid hash ≤ 15 ns", nanos(results, "Hashes.uuid", 1), "%.1f ns", x -> x <= 15);
        add("routing decision ≤ 60 ns", nanos(results, "Routing.nodeOf", 1), "%.1f ns", x -> x <= 60);
        add(
                "routing decision: 0 bytes",
                results.stream()
                        .filter(result -> result.name().equals("Routing.nodeOf") && result.threads() == 1)
                        .mapToDouble(MicroPart.Result::bytes)
                        .findFirst()
                        .orElse(Double.NaN),
                "%.3f bytes",
                x -> x < 0.05);
    }

    private static double nanos(List<MicroPart.Result> results, String name, int threads) {
        return results.stream()
                .filter(result -> result.name().equals(name) && result.threads() == threads)
                .mapToDouble(MicroPart.Result::nanos)
                .findFirst()
                .orElse(Double.NaN);
    }

    private static double trips(SidesPart part, SideKind kind, Op op) {
        var counts = part.roundTrips.get(kind);
        return counts == null ? Double.NaN : counts.getOrDefault(op, Double.NaN);
    }

    static String threads(int threads) {
        return threads == 1 ? "1 thread" : threads + " threads";
    }

    private void add(String target, double value, String format, DoublePredicate met) {
        var shown = Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
        rows.add(List.of(target, shown, Double.isNaN(value) ? "not measured" : met.test(value) ? "met" : "**missed**"));
    }
}
