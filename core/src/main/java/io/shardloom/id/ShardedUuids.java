package io.shardloom.id;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * UUIDs of version 7 (RFC 9562) whose low 12 bits can carry the low 12 bits of their key's hash. Thread-safe: a
 * thread always makes them with the same one of some factories, so they are in order of time within a thread, and threads
 * rarely wait for each other.
 */
public final class ShardedUuids {

    /** How many bits of the hash a UUID carries. */
    public static final int HASH_BITS = 12;

    private static final long MASK = (1L << HASH_BITS) - 1;

    /** Enough for the threads that run at once on most machines; one for each thread would be one for each virtual thread. */
    private static final int FACTORIES = 64;

    private static final AtomicReferenceArray<@Nullable TimeOrderedEpochFactory> BY_THREAD =
            new AtomicReferenceArray<>(FACTORIES);

    private ShardedUuids() {}

    private static TimeOrderedEpochFactory factory() {
        int number = (int) Thread.currentThread().getId() & (FACTORIES - 1);
        TimeOrderedEpochFactory factory = BY_THREAD.get(number);
        return factory != null ? factory : make(number);
    }

    private static TimeOrderedEpochFactory make(int number) {
        TimeOrderedEpochFactory made = TimeOrderedEpochFactory.builder()
                .withRandomFunction(new RandomSupply())
                .build();
        TimeOrderedEpochFactory other = BY_THREAD.compareAndExchange(number, null, made);
        return other != null ? other : made;
    }

    /**
     * Makes a UUID of version 7.
     *
     * @return a new UUID
     */
    public static UUID next() {
        return factory().create();
    }

    /**
     * Makes a UUID of version 7 that tells its shard.
     *
     * @param keyHash the row hash of the shard key, as {@code HashStrategy.hash} gives it
     * @return a new UUID whose low 12 bits are those of the hash
     */
    public static UUID next(long keyHash) {
        UUID uuid = factory().create();
        return new UUID(uuid.getMostSignificantBits(), (uuid.getLeastSignificantBits() & ~MASK) | (keyHash & MASK));
    }

    /**
     * Returns the bits of the hash that {@link #next(long)} put in.
     *
     * @param uuid a UUID made by it
     * @return from 0 to 4095
     */
    public static int hashBits(UUID uuid) {
        return (int) (uuid.getLeastSignificantBits() & MASK);
    }

    /**
     * Returns when a UUID of version 7 was made.
     *
     * @param uuid a UUID of version 7
     * @return to the millisecond
     */
    public static Instant instantOf(UUID uuid) {
        return Instant.ofEpochMilli(uuid.getMostSignificantBits() >>> 16);
    }
}
