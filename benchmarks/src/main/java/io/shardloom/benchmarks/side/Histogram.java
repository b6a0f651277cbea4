package io.shardloom.benchmarks.side;

/** Counts durations in buckets that are 3 % wide. For one thread at a time. */
final class Histogram {
    private static final int PARTS = 32;

    private final long[] counts = new long[64 * PARTS];
    private long total;

    void add(long nanos) {
        counts[bucket(nanos)]++;
        total++;
    }

    void add(Histogram other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
    }

    /** Returns the duration that this part of all does not exceed, in nanoseconds. */
    long quantile(double part) {
        long wanted = Math.max(1, (long) Math.ceil(total * part));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= wanted) {
                return middle(i);
            }
        }
        return 0;
    }

    private static int bucket(long nanos) {
        long value = Math.max(PARTS, nanos);
        int power = 63 - Long.numberOfLeadingZeros(value);
        return power * PARTS + (int) ((value >>> (power - 5)) & (PARTS - 1));
    }

    private static long middle(int bucket) {
        int power = bucket / PARTS;
        long width = 1L << Math.max(0, power - 5);
        return (PARTS + bucket % PARTS) * width + width / 2;
    }
}
