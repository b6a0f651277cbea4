package io.shardloom.config;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ServerChoice;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/**
 * How one node's servers are chosen, watched and left out. Immutable.
 *
 * @param choice makes the strategy for reads
 * @param readTarget which servers take read-only work that does not say so itself
 * @param zone the zone of this application, if it has a label
 * @param zones the zones of the node's servers, the primary's first; empty when they have none
 * @param weights the weights of the node's servers, the primary's first; empty when all weigh 1
 * @param maxLag how far behind a replica may be in time
 * @param maxLagBytes how far behind a replica may be in bytes of WAL, empty for any
 * @param interval how often each server is probed
 * @param timeout how long one probe may take
 * @param failoverTimeout how long a write waits for a primary; empty for as long as for a connection
 * @param tokenWait how long a read with a token waits for a replica
 */
public record ReplicaSettings(
        Supplier<ServerChoice> choice,
        ReadTarget readTarget,
        Optional<String> zone,
        List<String> zones,
        List<Integer> weights,
        Duration maxLag,
        OptionalLong maxLagBytes,
        Duration interval,
        Duration timeout,
        Optional<Duration> failoverTimeout,
        Duration tokenWait) {

    /** Copies the lists. */
    public ReplicaSettings {
        zones = List.copyOf(zones);
        weights = List.copyOf(weights);
    }
}
