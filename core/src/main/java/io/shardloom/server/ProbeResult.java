package io.shardloom.server;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server says about itself. Immutable.
 *
 * @param standby whether it is in recovery
 * @param systemIdentifier which cluster its data come from
 * @param timeline of a primary the current one, of a standby the one of its last restart point
 * @param lsn up to where a primary has written WAL, and a standby has replayed it
 * @param started when the server was started, by its own clock, as text
 * @param epochs the timelines of nodes that are noted in its database, by system identifier; null when there is no table
 * @param sent when the question was sent, in {@link System#nanoTime()}
 * @param roundTripNanos how long the answer took
 */
record ProbeResult(
        boolean standby,
        long systemIdentifier,
        int timeline,
        long lsn,
        String started,
        @Nullable Map<Long, Integer> epochs,
        long sent,
        long roundTripNanos) {

    /** Returns the timeline noted for a cluster, 0 where there is none. */
    int epochOf(long cluster) {
        return epochs == null ? 0 : epochs.getOrDefault(cluster, 0);
    }
}
