package io.shardloom.server;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks one server about itself from time to time, on a thread of its own, so that one that hangs delays no other. Faster
 * where something is wrong: at once when work meets an error, then every 20 ms and ever slower.
 */
final class Prober implements Runnable {

    private static final long FIRST_PAUSE = TimeUnit.MILLISECONDS.toNanos(20);
    /** The longest pause while work waits for a primary. */
    private static final long LONGEST_WITH_WAITERS = TimeUnit.MILLISECONDS.toNanos(50);

    private final NodeServers servers;
    private final Member member;
    private final Probe probe;
    private final long interval;
    private final Thread thread;

    /** Whether the next question may go over the first connection of the server's pool. */
    private boolean first;

    private volatile boolean stopped;
    private volatile boolean kicked;
    private long pause = FIRST_PAUSE;

    Prober(NodeServers servers, Member member, Probe probe, Duration interval, boolean first) {
        this.servers = servers;
        this.member = member;
        this.probe = probe;
        this.interval = interval.toNanos();
        this.first = first;
        this.thread = new Thread(this, "shardloom-health-" + member.server().endpoint());
        this.thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    Member member() {
        return member;
    }

    /** Has the server asked now, and then often for a while. May be called by any thread. */
    void kick() {
        kicked = true;
        LockSupport.unpark(thread);
    }

    @Override
    public void run() {
        try (probe) {
            while (!stopped) {
                if (kicked) {
                    kicked = false;
                    pause = FIRST_PAUSE;
                }
                ask();
                rest();
            }
        }
    }

    private void ask() {
        long begin = System.nanoTime();
        boolean anew = servers.wantsNewConnection(member);
        try {
            ProbeResult result = asked(anew);
            servers.answered(member, result, begin, anew);
            note(result);
        } catch (SQLException e) {
            if (!stopped) {
                unanswered(e, begin);
            }
        } catch (RuntimeException e) {
            ServerLog.LOG.probeFailed(member.server().endpoint(), e);
        }
    }

    private ProbeResult asked(boolean anew) throws SQLException {
        if (first) {
            first = false;
            try {
                return probe.askFor(member.pool());
            } catch (InitSqlException e) {
                first = true; // no pool comes about before it is corrected
                throw e;
            }
        }
        return anew ? probe.askAnew() : probe.ask();
    }

    /** A server that takes no new connections may still answer over an old one. */
    private void unanswered(SQLException failure, long begin) {
        if (SqlStates.isRefusal(failure)) {
            ProbeResult result = null;
            try {
                result = probe.askOld();
            } catch (SQLException e) {
                failure.addSuppressed(e);
            }
            servers.refused(member, failure, result, begin);
        } else {
            servers.unreachable(member, failure, begin);
        }
    }

    private void note(ProbeResult result) {
        Map<Long, Integer> missing = servers.toNote(member, result);
        if (!missing.isEmpty()) {
            try {
                probe.note(missing);
                servers.noted(member, null);
            } catch (SQLException e) {
                servers.noted(member, e);
            }
        }
    }

    private void rest() {
        long wait = interval;
        if (servers.isTroubled(member)) {
            long longest = servers.hasWaiters() ? Math.min(interval, LONGEST_WITH_WAITERS) : interval;
            wait = Math.min(pause, longest);
            pause = Math.min(pause * 3 / 2, interval);
        } else {
            pause = FIRST_PAUSE;
        }
        long end = System.nanoTime() + wait;
        for (long left = wait; left > 0 && !kicked && !stopped; left = end - System.nanoTime()) {
            LockSupport.parkNanos(this, left);
            if (Thread.interrupted()) {
                return;
            }
        }
    }

    void stop() {
        stopped = true;
        LockSupport.unpark(thread);
    }

    /** Waits for the end, and cuts a question short that is still under way by then. */
    void awaitEnd(Duration grace) {
        try {
            thread.join(Math.max(1, grace.toMillis()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            probe.abort();
        }
    }
}
