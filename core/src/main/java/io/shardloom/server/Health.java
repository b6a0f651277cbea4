package io.shardloom.server;

import io.shardloom.topology.ServerState;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a server at a moment. Immutable.
 *
 * @param state whether it takes work, and why not
 * @param timeline 0 when not known
 * @param lagBytes -1 when not known
 * @param lagNanos -1 when not known
 * @param latencyNanos moving average of the probe's round trips
 * @param lastError what went wrong last
 */
record Health(
        ServerState state,
        int timeline,
        long lagBytes,
        long lagNanos,
        long latencyNanos,
        @Nullable String lastError) {

    static final Health UNKNOWN = new Health(ServerState.UNKNOWN, 0, -1, -1, 0, null);
}
