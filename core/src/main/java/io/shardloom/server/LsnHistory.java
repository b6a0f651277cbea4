package io.shardloom.server;

/**
 * When a primary was first seen at which WAL position, by this machine's clock. A replica's lag in time is the age of the
 * first position that it has not reached, so it is right on an idle primary as well: nothing new, no lag. One thread at a
 * time.
 */
final class LsnHistory {

    private static final int SIZE = 1024;

    private final long[] lsns = new long[SIZE];
    private final long[] times = new long[SIZE];
    private int count;
    private int first;

    /** Notes where the primary was at a time; positions that are not new are left out. */
    void add(long lsn, long nanoTime) {
        if (count > 0 && lsn <= last()) {
            return;
        }
        int at = (first + count) % SIZE;
        lsns[at] = lsn;
        times[at] = nanoTime;
        if (count < SIZE) {
            count++;
        } else {
            first = (first + 1) % SIZE;
        }
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** Returns the newest position. */
    long last() {
        return lsns[(first + count - 1) % SIZE];
    }

    /** Returns for how long the primary has been past a position, in nanoseconds; 0 when it is not. */
    long lagNanos(long replayed, long now) {
        if (count == 0 || replayed >= last()) {
            return 0;
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (lsns[(first + middle) % SIZE] > replayed) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return Math.max(0, now - times[(first + low) % SIZE]);
    }
}
