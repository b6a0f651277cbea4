package io.shardloom.server;

import io.shardloom.topology.ServerState;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What has been seen of one server so far. Used under its node's lock. */
final class Observed {

    /** A new round trip counts for a quarter of the average. */
    private static final int AVERAGE_OVER = 4;

    private enum Trouble {
        NONE,
        REFUSES,
        UNREACHABLE
    }

    private @Nullable ProbeResult last;
    private @Nullable SQLException failure;
    private @Nullable String lastError;
    private Trouble trouble = Trouble.NONE;
    private boolean suspect;
    private long suspectSince;
    private boolean busy;
    private long busySince;
    private long latencyNanos;
    private boolean seen;
    private ServerState told = ServerState.UP;

    /** Takes in an answer; returns whether the server has been restarted since the one before. */
    boolean answered(ProbeResult result, long begin, boolean anew) {
        ProbeResult before = last;
        seen = true;
        last = result;
        latencyNanos = latencyNanos == 0
                ? result.roundTripNanos()
                : latencyNanos + (result.roundTripNanos() - latencyNanos) / AVERAGE_OVER;
        if (anew || trouble == Trouble.UNREACHABLE) {
            trouble = Trouble.NONE;
            failure = null;
        }
        if (anew && begin - suspectSince >= 0) {
            suspect = false;
        }
        return before != null && !before.started().equals(result.started());
    }

    void refused(SQLException why, @Nullable ProbeResult overTheOldConnection) {
        seen = true;
        failure = why;
        lastError = ConnectFaults.reason(why);
        trouble = Trouble.REFUSES;
        suspect = false;
        if (overTheOldConnection != null) {
            last = overTheOldConnection;
        }
    }

    void unreachable(SQLException why) {
        seen = true;
        failure = why;
        lastError = ConnectFaults.reason(why);
        trouble = Trouble.UNREACHABLE;
        suspect = false;
    }

    /** Returns whether the suspicion is new. */
    boolean suspect(SQLException why, long now) {
        if (suspect || trouble == Trouble.UNREACHABLE) {
            return false;
        }
        lastError = ConnectFaults.reason(why);
        suspect = true;
        suspectSince = now;
        return true;
    }

    void busy(SQLException why, long now) {
        lastError = ConnectFaults.reason(why);
        busy = true;
        busySince = now;
    }

    void notBusyAfter(long nanos, long now) {
        if (busy && now - busySince >= nanos) {
            busy = false;
        }
    }

    void note(String error) {
        lastError = error;
    }

    /** Notes what people are told of the server; returns whether it is news. */
    boolean tell(ServerState now) {
        boolean news = now != told;
        told = now;
        return news;
    }

    boolean isSeen() {
        return seen;
    }

    boolean isSuspect() {
        return suspect;
    }

    boolean refuses() {
        return trouble == Trouble.REFUSES;
    }

    boolean isBusy() {
        return busy;
    }

    boolean isUnreachable() {
        return trouble == Trouble.UNREACHABLE;
    }

    @Nullable
    ProbeResult last() {
        return last;
    }

    @Nullable
    SQLException failure() {
        return failure;
    }

    @Nullable
    String lastError() {
        return lastError;
    }

    long latencyNanos() {
        return latencyNanos;
    }
}
