package io.shardloom.atomic;

import io.shardloom.topology.Node;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** A unit of work that may hold locks on several nodes, as the {@link DeadlockWatch} knows it. Thread-safe. */
public final class LockedUnit implements AutoCloseable {

    private final DeadlockWatch watch;
    private final Map<String, Integer> processes = new ConcurrentHashMap<>();

    private volatile long since;
    private volatile int number;
    private volatile @Nullable String circle;

    LockedUnit(DeadlockWatch watch) {
        this.watch = watch;
    }

    /**
     * Says that the unit has begun to work on a node; with the second one it is watched.
     *
     * @param node the node
     * @param process the process of the node's server that works for it, 0 when it is not known
     */
    public void on(Node node, int process) {
        processes.put(node.name(), process);
        if (processes.size() > 1 && number == 0) {
            synchronized (this) {
                if (number == 0) {
                    since = System.nanoTime();
                    number = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
                    watch.add(this);
                }
            }
        }
    }

    /**
     * Tells whether its statement was cancelled because it waited in a circle.
     *
     * @return who waited for whom, as a sentence; empty if it was not
     */
    public Optional<String> circle() {
        return Optional.ofNullable(circle);
    }

    void circle(@Nullable String now) {
        circle = now;
    }

    /** Returns what tells it from the units of all instances; 0 while it is on one node. */
    int number() {
        return number;
    }

    long since() {
        return since;
    }

    /** Returns its server processes, by the names of their nodes. */
    Map<String, Integer> processes() {
        return processes;
    }

    /** Says that the unit is over. */
    @Override
    public void close() {
        if (number != 0) {
            watch.remove(this);
        }
    }
}
