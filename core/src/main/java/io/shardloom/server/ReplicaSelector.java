package io.shardloom.server;

import io.shardloom.config.ReplicaChoice;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** Chooses among replicas. Thread-safe. */
@FunctionalInterface
public interface ReplicaSelector {

    /**
     * Chooses one of some replicas.
     *
     * @param candidates how many there are, at least 1
     * @return a number from 0 to {@code candidates - 1}
     */
    int select(int candidates);

    /**
     * Returns the choice that {@link #select(int)} would make next, without making it.
     *
     * @param candidates how many there are, at least 1
     * @return a number from 0 to {@code candidates - 1}
     */
    default int peek(int candidates) {
        return 0;
    }

    /**
     * Makes the selector of a setting.
     *
     * @param choice the setting
     * @return a new selector with a state of its own
     */
    static ReplicaSelector of(ReplicaChoice choice) {
        return switch (choice) {
            case ROUND_ROBIN -> new RoundRobin();
            case RANDOM -> candidates -> ThreadLocalRandom.current().nextInt(candidates);
        };
    }

    /** Each one in turn. */
    final class RoundRobin implements ReplicaSelector {

        private final AtomicInteger turn = new AtomicInteger();

        @Override
        public int select(int candidates) {
            return Math.floorMod(turn.getAndIncrement(), candidates);
        }

        @Override
        public int peek(int candidates) {
            return Math.floorMod(turn.get(), candidates);
        }
    }
}
