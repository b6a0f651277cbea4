package io.shardloom.atomic;

import java.time.Duration;

/**
 * The times recovery keeps to.
 *
 * @param grace how long a prepared part is left to its own coordinator by passes in the background
 * @param fenceAfter how old a prepared part is when a deciding transaction that waits for its client is ended
 * @param retention how long decisions are kept at least, should a promoted replica lack what has followed them
 */
record RecoverySettings(Duration grace, Duration fenceAfter, Duration retention) {

    static final RecoverySettings USUAL =
            new RecoverySettings(Duration.ofSeconds(10), Duration.ofMinutes(1), Duration.ofMinutes(10));
}
