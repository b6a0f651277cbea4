package io.shardloom.benchmarks;

import java.util.List;
import java.util.Locale;

/** Numbers for people. */
final class Numbers {
    private Numbers() {}

    static double median(List<Double> values) {
        if (values.isEmpty()) {
            return Double.NaN;
        }
        var sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    /** Returns a number with about three digits; a dash for none. */
    static String of(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        var digits = size >= 100 ? 0 : size >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%,." + digits + "f", value);
    }

    /** Returns a whole number with its thousands parted. */
    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** Returns bytes as KiB, or as MiB where there are many. */
    static String bytes(double bytes) {
        return Math.abs(bytes) >= 10 * 1024 * 1024 ? of(bytes / 1024 / 1024) + " MiB" : of(bytes / 1024) + " KiB";
    }

    /** Returns microseconds, or milliseconds where there are many. */
    static String micros(double micros) {
        return micros >= 10_000 ? of(micros / 1e3) + " ms" : of(micros) + " µs";
    }
}
