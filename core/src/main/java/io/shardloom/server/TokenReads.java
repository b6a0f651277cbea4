package io.shardloom.server;

import io.shardloom.choice.ReadToken;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Takes tokens from primaries and finds out whether replicas have come as far. */
final class TokenReads {

    /** The insert position is behind every commit that was acknowledged, asynchronous ones too. */
    private static final String TAKE =
            "select ('x' || substr(pg_walfile_name(lsn), 1, 8))::bit(32)::int, lsn - '0/0'::pg_lsn"
                    + " from (select pg_current_wal_insert_lsn() as lsn offset 0) as here";

    private static final String REPLAYED = "select pg_last_wal_replay_lsn() - '0/0'::pg_lsn";

    private static final long FIRST_PAUSE = TimeUnit.MICROSECONDS.toNanos(500);
    private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(5);

    private TokenReads() {}

    /** Takes a token in one round trip over a connection to a primary that is in no transaction. */
    static ReadToken take(String node, Connection primary) throws SQLException {
        boolean autoCommit = primary.getAutoCommit();
        primary.setAutoCommit(true); // so that no ROLLBACK follows; the driver sends nothing for it
        try (Statement statement = primary.createStatement();
                ResultSet row = statement.executeQuery(TAKE)) {
            row.next();
            return new ReadToken(node, row.getInt(1), row.getLong(2));
        } finally {
            primary.setAutoCommit(autoCommit);
        }
    }

    /** Tells whether a replica has replayed the token's position, waiting for it at most as long as told. */
    static boolean hasReached(Member member, Connection replica, ReadToken token, Duration wait) throws SQLException {
        if (isKnownToHave(member, replica, token)) {
            return true;
        }
        long end = System.nanoTime() + wait.toNanos();
        long pause = FIRST_PAUSE;
        replica.setAutoCommit(true);
        try (PreparedStatement question = replica.prepareStatement(REPLAYED)) {
            while (true) {
                long sent = System.nanoTime();
                try (ResultSet row = question.executeQuery()) {
                    row.next();
                    long lsn = row.getLong(1);
                    if (Long.compareUnsigned(lsn, token.lsn()) >= 0) {
                        member.replayed(new Replayed(lsn, sent));
                        return true;
                    }
                }
                long left = end - System.nanoTime();
                if (left <= 0 || !member.isUp() || Thread.currentThread().isInterrupted()) {
                    return false;
                }
                LockSupport.parkNanos(Math.min(left, pause));
                pause = Math.min(pause * 2, LONGEST_PAUSE);
            }
        } finally {
            replica.setAutoCommit(false);
        }
    }

    /**
     * A probe has seen the replica there already. A replica that is restarted may go back for a while, so this holds only
     * for a connection that was there when the probe asked, and so has seen no restart since.
     */
    private static boolean isKnownToHave(Member member, Connection replica, ReadToken token) throws SQLException {
        Replayed known = member.replayed();
        if (known == null || Long.compareUnsigned(known.lsn(), token.lsn()) < 0) {
            return false;
        }
        Long since = member.pool().knownSince(replica);
        return since != null && since - known.sent() < 0;
    }

    /**
     * How far a replica had come at least.
     *
     * @param lsn the position
     * @param sent when it was asked, in {@link System#nanoTime()}
     */
    record Replayed(long lsn, long sent) {

        static @Nullable Replayed of(ProbeResult result) {
            return result.standby() ? new Replayed(result.lsn(), result.sent()) : null;
        }
    }
}
