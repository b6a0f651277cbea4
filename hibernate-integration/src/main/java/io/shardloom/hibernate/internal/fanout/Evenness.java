package io.shardloom.hibernate.internal.fanout;

/** How evenly the sorted rows of a query have been spread over the nodes so far. Thread-safe. */
final class Evenness {
    private static final int MOST = 1 << 20;

    private volatile int deviations = 6;

    /** Returns by how many standard deviations of even chance the rows of a node may be off. */
    int deviations() {
        return deviations;
    }

    /** Notes that they were off by more. */
    void wasLess() {
        deviations = Math.min(MOST, deviations * 2);
    }
}
