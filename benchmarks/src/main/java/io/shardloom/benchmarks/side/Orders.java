package io.shardloom.benchmarks.side;

import io.shardloom.benchmarks.model.OrderId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * The ids of the orders that were loaded: customer c, counted from 1, has those numbered (c - 1) * {@value #EACH} and up.
 * Kept in a file, because making them takes Shardloom's hash, which not every side has.
 */
public final class Orders {
    /** How many orders a customer has. */
    public static final int EACH = 10;

    private final long[] bits;

    private Orders(long[] bits) {
        this.bits = bits;
    }

    /**
     * Reads the ids.
     *
     * @param file two longs for each id, high then low
     * @return the ids
     * @throws IOException if it cannot be read
     */
    public static Orders read(Path file) throws IOException {
        LongBuffer longs = ByteBuffer.wrap(Files.readAllBytes(file)).asLongBuffer();
        var bits = new long[longs.remaining()];
        longs.get(bits);
        return new Orders(bits);
    }

    /**
     * Returns how many customers there are.
     *
     * @return numbered from 1
     */
    public int customers() {
        return bits.length / 2 / EACH;
    }

    /**
     * Returns an order's id.
     *
     * @param customer from 1
     * @param number from 0 to {@value #EACH} - 1
     * @return its whole id
     */
    public OrderId id(int customer, int number) {
        int at = 2 * ((customer - 1) * EACH + number);
        return new OrderId((long) customer, new UUID(bits[at], bits[at + 1]));
    }
}
