package io.shardloom.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** What one side gave in one operation on some threads, slice by slice. */
final class Cell {
    /**
     * One slice.
     *
     * @param rate operations per second
     * @param cpu client CPU of one operation, in microseconds
     * @param bytes allocated for one operation
     * @param serverCpu CPU of all servers for one operation, in microseconds
     */
    record Slice(double rate, double cpu, double bytes, double serverCpu) {}

    /** What is read from a slice. */
    enum Column {
        RATE,
        CPU,
        BYTES,
        SERVER_CPU;

        double of(Slice slice) {
            return switch (this) {
                case RATE -> slice.rate;
                case CPU -> slice.cpu;
                case BYTES -> slice.bytes;
                case SERVER_CPU -> slice.serverCpu;
            };
        }
    }

    private final List<Slice> slices = new ArrayList<>();
    private final List<double[]> latencies = new ArrayList<>();

    /** Takes the four numbers of a slice as the measured JVM gives them, and the servers' nanoseconds. */
    void add(double[] slice, double serverNanos) {
        double operations = slice[0];
        slices.add(new Slice(
                slice[1], slice[2] / operations / 1e3, slice[3] / operations, serverNanos / operations / 1e3));
    }

    /** Takes median and 99th percentile of one JVM's slices, in nanoseconds. */
    void addLatencies(double[] medianAndHigh) {
        latencies.add(medianAndHigh);
    }

    boolean isEmpty() {
        return slices.isEmpty();
    }

    double median(Column column) {
        return Numbers.median(values(column));
    }

    double min(Column column) {
        return values(column).stream().mapToDouble(x -> x).min().orElse(Double.NaN);
    }

    double max(Column column) {
        return values(column).stream().mapToDouble(x -> x).max().orElse(Double.NaN);
    }

    /** Returns the median, over the JVMs, of their median latencies, in microseconds. */
    double medianLatency() {
        return Numbers.median(latencies.stream().map(pair -> pair[0] / 1e3).toList());
    }

    /** Returns the median, over the JVMs, of their 99th percentiles, in microseconds. */
    double highLatency() {
        return Numbers.median(latencies.stream().map(pair -> pair[1] / 1e3).toList());
    }

    /** Returns the median of the ratios to another side's slice of the same round. */
    double ratio(Column column, Cell other) {
        var mine = values(column);
        var others = other.values(column);
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < Math.min(mine.size(), others.size()); i++) {
            ratios.add(mine.get(i) / others.get(i));
        }
        return Numbers.median(ratios);
    }

    private List<Double> values(Column column) {
        return slices.stream().map(column::of).toList();
    }
}
