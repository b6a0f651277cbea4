package io.shardloom.id;

import com.github.f4b6a3.uuid.factory.standard.TimeOrderedEpochFactory;
import java.time.Instant;
import java.util.UUID;

/**
 * UUIDs of version 7 (RFC 9562) whose low 12 bits can carry the low 12 bits of their key's hash. Thread-safe: each
 * thread makes them with a factory of its own, so they are in order of time within a thread.
 */
public final class ShardedUuids {

    /** How many bits of the hash a UUID carries. */
    public static final int HASH_BITS = 12;

    private static final long MASK = (1L << HASH_BITS) - 1;

    private static final ThreadLocal<TimeOrderedEpochFactory> FACTORY =
            ThreadLocal.withInitial(() -> TimeOrderedEpochFactory.builder().build());

    private ShardedUuids() {}

    /**
     * Makes a UUID of version 7.
     *
     * @return a new UUID
     */
    public static UUID next() {
        return FACTORY.get().create();
    }

    /**
     * Makes a UUID of version 7 that tells its shard.
     *
     * @param keyHash the row hash of the shard key, as {@code HashStrategy.hash} gives it
     * @return a new UUID whose low 12 bits are those of the hash
     */
    public static UUID next(long keyHash) {
        UUID uuid = FACTORY.get().create();
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
