package io.shardloom.atomic;

import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Ends circles of transactions that wait for each other over several nodes, as PostgreSQL ends those on one server: it
 * cancels the statement of one of them. The circles may go through several instances of the application and through
 * transactions of one node. Thread-safe.
 *
 * <p>It asks the nodes once a second while there is a unit of several nodes that is older than a second, over connections
 * apart from the pools, and asks nothing otherwise. A wait counts when it was there twice, so a circle is ended two to
 * three seconds after it has closed.
 */
public final class DeadlockWatch implements AutoCloseable {

    private static final Duration TURN = Duration.ofSeconds(1); // as deadlock_timeout is by default
    private static final int IDLE_TURNS = 10;

    private final List<Node> nodes;
    private final NodeLink.Opener opener;
    private final Set<LockedUnit> units = ConcurrentHashMap.newKeySet();
    private final Map<String, LockLink> links = new HashMap<>(); // of the thread
    private WaitGraph before = new WaitGraph(List.of()); // of the thread

    private volatile @Nullable Thread thread;
    private volatile boolean closed;

    DeadlockWatch(List<Node> nodes, NodeLink.Opener opener) {
        this.nodes = List.copyOf(nodes);
        this.opener = opener;
    }

    /**
     * Begins a unit of work.
     *
     * @return to be told of its nodes, and to be closed at its end
     */
    public LockedUnit unit() {
        return new LockedUnit(this);
    }

    void add(LockedUnit unit) {
        units.add(unit);
        if (thread == null) {
            start();
        }
    }

    void remove(LockedUnit unit) {
        units.remove(unit);
    }

    private synchronized void start() {
        if (thread == null && !closed) {
            Thread started = new Thread(this::turns, "shardloom-deadlocks");
            started.setDaemon(true);
            thread = started;
            started.start();
        }
    }

    /** Ends the watch; nothing is ended by it any more. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }

    private void turns() {
        try {
            for (int idle = 0; awaitTurn(idle); idle = units.isEmpty() ? idle + 1 : 0) {
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // nobody but the end of the JVM does that
        } finally {
            closeLinks();
        }
    }

    /** Returns false, once nobody has been there for a while, or at the end. */
    private synchronized boolean awaitTurn(int idle) throws InterruptedException {
        long end = System.nanoTime() + TURN.toNanos();
        for (long left = TURN.toNanos(); left > 0 && !closed; left = end - System.nanoTime()) {
            wait(Math.max(1, left / 1_000_000));
        }
        if (!closed && (idle < IDLE_TURNS || !units.isEmpty())) {
            return true;
        }
        Thread current = thread;
        thread = null;
        if (!closed && !units.isEmpty()) { // one has come, and may have seen the thread
            thread = current;
            return true;
        }
        return false;
    }

    private void turn() {
        List<LockedUnit> old = units.stream()
                .filter(unit -> System.nanoTime() - unit.since() >= TURN.toNanos())
                .toList();
        if (old.isEmpty()) {
            before = new WaitGraph(List.of());
            closeLinks();
            return;
        }
        try {
            WaitGraph now = read(old);
            List<WaitGraph.Wait> circle = now.agreeing(before).circle();
            before = now;
            if (!circle.isEmpty()) {
                end(circle, old);
            }
        } catch (RuntimeException e) {
            AtomicLog.LOG.turnFailed(e);
        }
    }

    private WaitGraph read(List<LockedUnit> old) {
        List<WaitGraph.Wait> waits = new ArrayList<>();
        for (Node node : nodes) {
            try {
                LockLink link = links.get(node.name());
                if (link == null) {
                    link = LockLink.open(node, opener);
                    links.put(node.name(), link);
                }
                read(node.name(), link, old, waits);
            } catch (SQLException e) {
                AtomicLog.LOG.notWatched(node.name(), SqlFailures.reason(e));
                LockLink broken = links.remove(node.name());
                if (broken != null) {
                    broken.close();
                }
            }
        }
        return new WaitGraph(waits);
    }

    private static void read(String node, LockLink link, List<LockedUnit> old, List<WaitGraph.Wait> waits)
            throws SQLException {
        Map<Integer, Integer> ours = new HashMap<>();
        for (LockedUnit unit : old) {
            int process = unit.processes().getOrDefault(node, 0);
            if (process != 0) {
                ours.put(process, unit.number());
            }
        }
        link.tell(ours);
        List<LockLink.Waiting> all = link.waits();
        if (all.isEmpty()) {
            return;
        }
        Map<Integer, Integer> units = link.units();
        units.putAll(ours);
        for (LockLink.Waiting waiting : all) {
            for (int blocker : waiting.blockers()) {
                if (blocker != 0) { // a prepared transaction waits for nobody
                    waits.add(new WaitGraph.Wait(
                            party(node, waiting.process(), units),
                            party(node, blocker, units),
                            node,
                            waiting.process(),
                            waiting.since()));
                }
            }
        }
    }

    private static WaitGraph.Party party(String node, int process, Map<Integer, Integer> units) {
        Integer unit = units.get(process);
        return unit == null ? new WaitGraph.Party(node, process) : new WaitGraph.Party("", unit);
    }

    /** Cancels the unit with the greatest number, if it is of this instance; all instances that see the circle agree on it. */
    private void end(List<WaitGraph.Wait> circle, List<LockedUnit> old) {
        WaitGraph.Wait last = circle.stream()
                .filter(wait -> wait.waiter().isUnit())
                .max(Comparator.comparingInt(wait -> wait.waiter().number()))
                .orElseThrow();
        for (LockedUnit unit : old) {
            LockLink link = links.get(last.node());
            if (unit.number() == last.waiter().number() && link != null) {
                String sentence = sentence(circle);
                unit.circle(sentence);
                try {
                    if (link.cancel(last.process(), last.since())) {
                        AtomicLog.LOG.deadlock(sentence);
                    } else {
                        unit.circle(null);
                    }
                } catch (SQLException e) {
                    AtomicLog.LOG.notWatched(last.node(), SqlFailures.reason(e));
                }
            }
        }
    }

    private static String sentence(List<WaitGraph.Wait> circle) {
        return circle.stream()
                .map(wait -> "process " + wait.process() + " of node " + wait.node() + " waits for "
                        + (wait.blocker().isUnit()
                                ? "unit " + wait.blocker().number()
                                : "process " + wait.blocker().number())
                        + (wait.waiter().isUnit() ? " as unit " + wait.waiter().number() : ""))
                .collect(Collectors.joining("; "));
    }

    private void closeLinks() {
        links.values().forEach(LockLink::close);
        links.clear();
    }
}
