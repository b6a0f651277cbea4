package io.shardloom.id;

import io.shardloom.ddl.SequenceDdl;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.ConnectionSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Numbers unique over all nodes, fetched in blocks from one place. Gaps are possible, duplicates never.
 *
 * <p>Thread-safe. A block is fetched by one statement in a transaction of its own, never in the caller's, so a number is
 * used up even when the caller rolls back. No lock is held meanwhile: threads that run out at once fetch a block each.
 *
 * <p>Numbers are handed out only below a reservation that all standbys streaming at that moment have on disk; once in at
 * least 1,000 numbers or 100 blocks the fetch that needs the next reservation waits for them, for 5 seconds at most. A
 * promoted standby goes on behind the reservation it knows.
 */
public final class GlobalSequence {

    private static final int ATTEMPTS = 100;

    private final String name;
    private final int blockSize;
    private final ConnectionSource source;
    private final AtomicReference<Block> current = new AtomicReference<>(new Block(0, 0));
    private final ConcurrentLinkedQueue<Block> spare = new ConcurrentLinkedQueue<>();

    private GlobalSequence(String name, int blockSize, ConnectionSource source) {
        this.name = name;
        this.blockSize = blockSize;
        this.source = source;
    }

    /**
     * Makes the client of a sequence; nothing is fetched yet.
     *
     * @param name the sequence's name
     * @param block how many numbers one fetch takes, 1 or more
     * @param source connections that no other work waits for
     * @return the sequence
     * @throws IllegalArgumentException if the block is below 1
     */
    public static GlobalSequence of(String name, int block, ConnectionSource source) {
        if (block < 1) {
            throw new IllegalArgumentException(
                    "The block of global sequence '" + name + "' is " + block + ". Give 1 or more.");
        }
        return new GlobalSequence(name, block, source);
    }

    /**
     * Returns the next number.
     *
     * @return a number no one else has been given
     * @throws ShardloomException if the sequence is not there; the message has the SQL that makes it
     * @throws ServerUnavailableException if the sequence node gives no connection
     */
    public long next() {
        while (true) {
            Block block = Objects.requireNonNull(current.get());
            long number = block.next.getAndIncrement();
            if (number < block.end) {
                return number;
            }
            Block fresh = spare.poll();
            if (fresh == null) {
                fresh = fetch();
            }
            // Taken before others see the block, so that a fetch always ends in a number for its caller.
            number = fresh.next.getAndIncrement();
            if (!current.compareAndSet(block, fresh) && number + 1 < fresh.end) {
                spare.add(fresh);
            }
            if (number < fresh.end) {
                return number;
            }
        }
    }

    /**
     * Returns the sequence's name.
     *
     * @return as in the table
     */
    public String name() {
        return name;
    }

    private Block fetch() {
        try (Connection connection = source.connection()) {
            for (int i = 0; i < ATTEMPTS; i++) {
                Block block = fetch(connection);
                connection.commit();
                if (block != null) {
                    return block;
                }
            }
        } catch (SQLException e) {
            throw failure(e);
        }
        throw new ServerUnavailableException(
                "No numbers for global sequence '" + name + "': others have used up what was reserved " + ATTEMPTS
                        + " times in a row. Take larger blocks than " + blockSize + ".",
                null);
    }

    /** Returns null where a reservation has to be committed first. */
    private @Nullable Block fetch(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SequenceDdl.NEXT_BLOCK)) {
            statement.setString(1, name);
            statement.setLong(2, blockSize);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                long first = row.getLong(1);
                return row.wasNull() ? null : new Block(first, first + blockSize);
            }
        }
    }

    private ShardloomException failure(SQLException e) {
        return switch (String.valueOf(e.getSQLState())) {
            case "P0002" ->
                unusable(
                        "the table " + SequenceDdl.TABLE + " has no row for it. Run",
                        e,
                        SequenceDdl.createSequence(name));
            case "42703" ->
                unusable(
                        "the table " + SequenceDdl.TABLE + " has the shape of an earlier version. Run",
                        e,
                        SequenceDdl.upgradeTable());
            case "3F000", "42P01", "42883" ->
                unusable(
                        "its table or functions are missing (" + e.getMessage() + "). Run the statements of"
                                + " SequenceDdl.createAll(), which the scripts of schema generation have too, and",
                        e,
                        SequenceDdl.upgradeTable(),
                        SequenceDdl.createSequence(name));
            default ->
                new ServerUnavailableException(
                        "No numbers for global sequence '" + name + "' from the sequence node (" + e.getMessage()
                                + "). Look after the node that shardloom.sequence.node names, by default the first one.",
                        e);
        };
    }

    private ShardloomException unusable(String what, SQLException cause, String... cure) {
        return new ShardloomException(
                "Global sequence '" + name + "' cannot be used: " + what + " on the node that shardloom.sequence.node"
                        + " names, by default the first one: " + String.join("; ", cure) + ";",
                cause);
    }

    /** A run of numbers; {@code next} may go past the end. */
    private static final class Block {

        private final AtomicLong next;
        private final long end;

        Block(long first, long end) {
            this.next = new AtomicLong(first);
            this.end = end;
        }
    }
}
