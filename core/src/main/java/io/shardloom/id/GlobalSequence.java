package io.shardloom.id;

import io.shardloom.ddl.SequenceDdl;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.ConnectionSource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
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
 * <p>Numbers are handed out only below a reservation that the majority of the other nodes and all standbys streaming at that
 * moment have on disk; once in at least 1,000 numbers or 100 blocks the fetch that needs the next reservation tells those
 * and waits for these, for 5 seconds at most. A promoted standby goes on behind the highest reservation that it or they
 * know, however old its own copy is.
 */
public final class GlobalSequence {

    private static final int ATTEMPTS = 100;

    private final String name;
    private final int blockSize;
    private final ConnectionSource source;
    private final @Nullable SequenceWitnesses witnesses;
    private final AtomicReference<Block> current = new AtomicReference<>(new Block(0, 0));
    private final ConcurrentLinkedQueue<Block> spare = new ConcurrentLinkedQueue<>();

    private GlobalSequence(String name, int blockSize, ConnectionSource source, @Nullable SequenceWitnesses witnesses) {
        this.name = name;
        this.blockSize = blockSize;
        this.source = source;
        this.witnesses = witnesses;
    }

    /**
     * Makes the client of a sequence of a cluster of one node; nothing is fetched yet. Only standbys that stream are told
     * how far it goes, so promoting one that does not may repeat numbers.
     *
     * @param name the sequence's name
     * @param block how many numbers one fetch takes, 1 or more
     * @param source connections that no other work waits for
     * @return the sequence
     * @throws IllegalArgumentException if the block is below 1
     */
    public static GlobalSequence of(String name, int block, ConnectionSource source) {
        return make(name, block, source, null);
    }

    /**
     * Makes the client of a sequence; nothing is fetched yet.
     *
     * @param name the sequence's name
     * @param block how many numbers one fetch takes, 1 or more
     * @param source connections that no other work waits for
     * @param witnesses who know how far the sequence goes when its node is lost
     * @return the sequence
     * @throws IllegalArgumentException if the block is below 1
     */
    public static GlobalSequence of(String name, int block, ConnectionSource source, SequenceWitnesses witnesses) {
        return make(name, block, source, witnesses.areNone() ? null : witnesses);
    }

    private static GlobalSequence make(
            String name, int block, ConnectionSource source, @Nullable SequenceWitnesses witnesses) {
        if (block < 1) {
            throw new IllegalArgumentException(
                    "The block of global sequence '" + name + "' is " + block + ". Give 1 or more.");
        }
        return new GlobalSequence(name, block, source, witnesses);
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
            Attested attested = new Attested(-1, 0);
            for (int i = 0; i < ATTEMPTS; i++) {
                Answer answer = ask(connection, attested);
                connection.commit();
                if (answer.wanted == null) {
                    return new Block(answer.first, answer.first + blockSize);
                }
                attested = attested(answer);
            }
        } catch (SQLException e) {
            throw failure(e);
        }
        throw new ServerUnavailableException(
                "No numbers for global sequence '" + name + "': others have used up what was reserved " + ATTEMPTS
                        + " times in a row. Take larger blocks than " + blockSize + ".",
                null);
    }

    /** A bound that witnesses hold, and how many standbys must have it where they do not; -1 before they were asked. */
    private record Attested(long bound, int standbys) {}

    private record Answer(long first, @Nullable String wanted, long bound, int timeline) {}

    private Answer ask(Connection connection, Attested attested) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(SequenceDdl.NEXT_BLOCK)) {
            statement.setString(1, name);
            statement.setLong(2, blockSize);
            statement.setObject(3, witnesses == null ? null : attested.bound, Types.BIGINT);
            statement.setLong(4, attested.standbys);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return new Answer(row.getLong(1), row.getString(2), row.getLong(3), row.getInt(4));
            }
        }
    }

    /** Does what the server wants before it hands out numbers. */
    private Attested attested(Answer answer) {
        if (witnesses == null || "commit".equals(answer.wanted)) {
            return new Attested(-1, 0);
        }
        if ("bound".equals(answer.wanted)) {
            long bound = witnesses.highest(name, answer.timeline);
            if (bound > 0) {
                SequenceLog.LOG.promoted(name, bound);
            }
            return new Attested(bound, 0);
        }
        if (witnesses.attest(name, answer.timeline, answer.bound)) {
            return new Attested(answer.bound, 0);
        }
        SequenceLog.LOG.onStandbysAlone(name);
        return new Attested(answer.bound, witnesses.standbys());
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
