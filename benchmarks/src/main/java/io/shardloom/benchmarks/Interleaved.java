package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.Op;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiPredicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measures JVMs beside each other: short slices in turn, in an order that is random in each round. */
final class Interleaved {
    /** What was measured. */
    record Place(Op op, int threads, String side) {}

    private final ServerCpu servers;
    private final Map<Place, Cell> cells = new LinkedHashMap<>();
    private final Random random = new Random(7);

    Interleaved(ServerCpu servers) {
        this.servers = servers;
    }

    /** Returns what was measured there; empty where nothing was. */
    Cell cell(Op op, int threads, String side) {
        return cells.getOrDefault(new Place(op, threads, side), new Cell());
    }

    /**
     * Measures one operation on all sides that have it; keyed work of one thread with client and servers on one core.
     *
     * @param seconds for each side
     */
    void measure(Op op, int threads, double seconds, List<Child> sides, BiPredicate<Child, Op> has) {
        var taking = sides.stream().filter(side -> has.test(side, op)).toList();
        if (op.kind() == Op.Kind.FAN_OUT || threads > 1) {
            measure(op, threads, seconds, taking);
            return;
        }
        var pids = Stream.concat(servers.postmasters().stream(), taking.stream().map(Child::pid))
                .toList();
        OneCore.during(pids, () -> measure(op, threads, seconds, taking));
    }

    private void measure(Op op, int threads, double seconds, List<Child> taking) {
        long millis = Math.max(10, (long) Math.min(sliceMillis(op), seconds * 1000));
        int rounds = Math.max(1, (int) Math.round(seconds * 1000 / millis));
        for (var side : taking) {
            side.slice(op, threads, Math.max(10, (long) (seconds * 1000 / 3)));
            side.numbers("latencies");
        }
        for (int round = 0; round < rounds; round++) {
            var order = new ArrayList<>(taking);
            Collections.shuffle(order, random);
            for (var side : order) {
                var before = servers.read();
                var slice = side.slice(op, threads, millis);
                at(op, threads, side).add(slice, ServerCpu.nanos(before, servers.read()));
            }
        }
        for (var side : taking) {
            at(op, threads, side).addLatencies(side.numbers("latencies"));
        }
    }

    private Cell at(Op op, int threads, Child side) {
        return cells.computeIfAbsent(new Place(op, threads, side.label()), place -> new Cell());
    }

    private static double sliceMillis(Op op) {
        return op.kind() == Op.Kind.FAN_OUT ? 300 : 150;
    }

    /**
     * Readies JVMs for what they are measured at: one that has run an operation a few hundred times still interprets most of
     * it, and its compiler works beside it.
     *
     * @param seconds for each of them
     */
    static void warm(Collection<Op> ops, double seconds, Collection<Child> sides) {
        var names = ops.stream().map(Op::name).collect(Collectors.joining(","));
        for (var side : sides) {
            side.ask("warm " + names + " " + Math.max(10, (long) (seconds * 1000)));
        }
    }
}
