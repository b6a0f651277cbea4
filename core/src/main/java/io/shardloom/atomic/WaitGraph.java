package io.shardloom.atomic;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Who waits for whom, on all nodes. Immutable. */
final class WaitGraph {

    /**
     * Who waits or is waited for.
     *
     * @param node where it is; empty for a unit of several nodes
     * @param number of the unit, or of the node's server process
     */
    record Party(String node, int number) {
        boolean isUnit() {
            return node.isEmpty();
        }
    }

    /**
     * One wait for a lock.
     *
     * @param waiter who waits
     * @param blocker who has what is waited for, or is before it in the queue
     * @param node where
     * @param process the server process that waits
     * @param since when it began to, by the server's clock
     */
    record Wait(Party waiter, Party blocker, String node, int process, String since) {}

    private final Set<Wait> waits;

    WaitGraph(Collection<Wait> waits) {
        this.waits = new LinkedHashSet<>(waits);
    }

    /**
     * Returns what both say. Nodes are asked one after the other, so one graph may have waits that were never there at the
     * same time; those of two, with the same beginnings, all were when the first had been read.
     */
    WaitGraph agreeing(WaitGraph other) {
        Set<Wait> both = new LinkedHashSet<>(waits);
        both.retainAll(other.waits);
        return new WaitGraph(both);
    }

    /** Returns waits that form a circle over several nodes, each for the next; none where there is no such circle. */
    List<Wait> circle() {
        Set<Party> done = new HashSet<>();
        for (Wait start : waits) {
            List<Wait> path = new ArrayList<>();
            List<Wait> found = circle(start.waiter(), path, done);
            if (found.stream().map(Wait::node).distinct().count() > 1) {
                return found;
            }
        }
        return List.of();
    }

    private List<Wait> circle(Party from, List<Wait> path, Set<Party> done) {
        for (int i = 0; i < path.size(); i++) {
            if (path.get(i).waiter().equals(from)) {
                return List.copyOf(path.subList(i, path.size()));
            }
        }
        if (done.contains(from)) {
            return List.of();
        }
        for (Wait wait : waits) {
            if (wait.waiter().equals(from)) {
                path.add(wait);
                List<Wait> found = circle(wait.blocker(), path, done);
                path.remove(path.size() - 1);
                if (!found.isEmpty()) {
                    return found;
                }
            }
        }
        done.add(from);
        return List.of();
    }
}
