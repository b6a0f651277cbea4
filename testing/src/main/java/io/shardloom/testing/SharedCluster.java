package io.shardloom.testing;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A cluster that test classes use one after the other; the end of the test run closes it. */
final class SharedCluster implements AutoCloseable {

    private static final long TURN_MINUTES = 30;

    private final ClusterShape shape;

    /** Not a lock: JUnit may run the end of a class on another thread than its beginning. */
    private final Semaphore turn = new Semaphore(1, true);

    private volatile @Nullable EmbeddedCluster cluster;

    SharedCluster(ClusterShape shape) {
        this.shape = shape;
    }

    void takeTurn() {
        try {
            if (!turn.tryAcquire(TURN_MINUTES, TimeUnit.MINUTES)) {
                throw new EmbeddedClusterException("Another test class has held the shared cluster " + shape + " for "
                        + TURN_MINUTES + " minutes. Is one of its tests hanging?");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedClusterException("Interrupted while another test class uses the shared cluster", e);
        }
    }

    void endTurn() {
        turn.release();
    }

    /** Makes sure it runs as its shape says and its databases are empty. */
    EmbeddedCluster refresh() {
        var current = cluster;
        if (current != null && shape.isIntact(current)) {
            try {
                current.resetDatabases();
                return current;
            } catch (EmbeddedClusterException broken) {
                // A server that runs but does not work: a new cluster will.
                close();
            }
        }
        close();
        var started = shape.start();
        cluster = started;
        return started;
    }

    EmbeddedCluster cluster() {
        var current = cluster;
        if (current == null) {
            throw new EmbeddedClusterException("The cluster " + shape + " is not running.");
        }
        return current;
    }

    boolean hasStarted() {
        return cluster != null;
    }

    @Override
    public void close() {
        var current = cluster;
        cluster = null;
        if (current != null) {
            current.close();
        }
    }
}
