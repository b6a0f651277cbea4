package io.shardloom.atomic;

import io.shardloom.topology.Node;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finishes what crashes have left prepared: commits it where the deciding node has the decision, and rolls it back where
 * there will never be one.
 *
 * <p>Any instance of the application may run it at any time, several at once; each answer is PostgreSQL's own. It uses
 * connections apart from the pools, one to each node. Thread-safe.
 */
public final class Recovery {

    /** The pause before the first pass in the background, which would only be in the way of a start. */
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

    private final List<Node> nodes;
    private final NodeLink.Opener opener;
    private final RecoverySettings settings;
    private final Set<String> told = new HashSet<>();
    private final Sightings sightings = new Sightings(System::nanoTime);

    private @Nullable Thread thread;
    private boolean woken;

    Recovery(List<Node> nodes, NodeLink.Opener opener, RecoverySettings settings) {
        this.nodes = List.copyOf(nodes);
        this.opener = opener;
        this.settings = settings;
    }

    /**
     * Looks at every node now and finishes what can be. Transactions that are just being committed are not disturbed.
     *
     * @return what was done and what remains; nodes that cannot be reached are in it, not an error
     */
    public RecoveryReport run() {
        try (RecoveryPass pass = RecoveryPass.begin(nodes, opener, settings, sightings)) {
            return pass.finish(Duration.ZERO);
        }
    }

    /**
     * Says what is prepared on the nodes at the moment, and finishes nothing.
     *
     * @return transactions in doubt and those that are just being committed; nodes that cannot be reached are in it
     */
    public RecoveryReport status() {
        try (RecoveryPass pass = RecoveryPass.begin(nodes, opener, settings, sightings)) {
            return pass.status();
        }
    }

    /**
     * Runs in the background from now on: after a second, then at each interval, and soon after this JVM has left something.
     * A pass that finds nothing costs each node one connection and three small queries. Does nothing if it runs already,
     * or if there is one node only.
     *
     * @param interval between passes, such as a minute
     * @param afterCommits called, by its thread, after each pass that has committed something: rows have changed since
     *     the decision was told
     */
    public synchronized void start(Duration interval, Runnable afterCommits) {
        if (thread == null && nodes.size() > 1) {
            Thread started = new Thread(() -> passes(interval, afterCommits), "shardloom-recovery");
            started.setDaemon(true);
            started.start();
            thread = started;
        }
    }

    /** Has the background look soon. */
    synchronized void wake() {
        woken = true;
        notifyAll();
    }

    /** Ends the background; a pass that runs is given up at its next wait. */
    synchronized void stop() {
        Thread running = thread;
        thread = null;
        notifyAll();
        if (running != null) {
            running.interrupt();
        }
    }

    private boolean awaitFirstTurn() throws InterruptedException {
        return awaitTurn(FIRST_PAUSE);
    }

    private void passes(Duration interval, Runnable afterCommits) {
        try {
            Duration minimumAge = awaitFirstTurn() ? Duration.ZERO : settings.grace();
            while (isCurrent()) {
                boolean soon = pass(minimumAge, afterCommits);
                Duration pause = soon && settings.grace().compareTo(interval) < 0 ? settings.grace() : interval;
                minimumAge = awaitTurn(pause) ? Duration.ZERO : settings.grace();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // stop() has asked for it
        }
    }

    private synchronized boolean isCurrent() {
        return thread == Thread.currentThread();
    }

    private boolean pass(Duration minimumAge, Runnable afterCommits) {
        try (RecoveryPass pass = RecoveryPass.begin(nodes, opener, settings, sightings)) {
            RecoveryReport report = pass.finish(minimumAge);
            tell(report);
            if (report.committed() > 0) {
                afterCommits.run();
            }
            return pass.wantsAnother();
        } catch (RuntimeException e) {
            AtomicLog.LOG.passFailed(e);
            return false;
        }
    }

    private void tell(RecoveryReport report) {
        if (report.committed() + report.rolledBack() > 0) {
            AtomicLog.LOG.recovered(report.committed(), report.rolledBack());
        }
        told.retainAll(report.inDoubt().stream().map(InDoubt::gid).toList());
        report.inDoubt().stream()
                .filter(one -> one.age().compareTo(settings.fenceAfter()) >= 0)
                .filter(one -> told.add(one.gid()))
                .forEach(AtomicLog.LOG::inDoubt);
    }

    /** Waits for the pause to pass. Returns whether it was cut short because this JVM has left something. */
    private synchronized boolean awaitTurn(Duration pause) throws InterruptedException {
        long end = System.nanoTime() + pause.toNanos();
        while (!woken && thread == Thread.currentThread()) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            wait(Math.max(1, left / 1_000_000));
        }
        boolean early = woken;
        woken = false;
        return early;
    }
}
