package io.shardloom.server;

import io.shardloom.choice.ReadToken;
import io.shardloom.config.ReplicaSettings;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one node and who takes what. What probes and work see of them comes in here; what follows from it is
 * one immutable {@link NodeView}. Thread-safe; no I/O under its lock.
 */
final class NodeServers implements AutoCloseable {

    private static final long GATE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Node node;
    private final Epochs epochs;
    private final NodeNews news;
    private final boolean keepsEpochs;
    private final PoolSettings pools;
    private final ReplicaSettings settings;
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final List<Member> draining = new CopyOnWriteArrayList<>();
    private final List<Prober> probers = new CopyOnWriteArrayList<>();
    private final NodeJudge judge;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final AtomicInteger waiters = new AtomicInteger();

    private volatile NodeView view = NodeView.of(null, 0, List.of());
    private volatile boolean started;
    private volatile boolean closed;
    private volatile boolean cannotNote;

    NodeServers(
            Node node,
            PoolSettings pools,
            ReplicaSettings settings,
            Epochs epochs,
            boolean keepsEpochs,
            Events events) {
        this.news = new NodeNews(node.name(), events);
        this.node = node;
        this.epochs = epochs;
        this.keepsEpochs = keepsEpochs;
        this.pools = pools;
        this.settings = settings;
        this.judge = new NodeJudge(members, settings, epochs);
        join(node.primary());
        node.replicas().forEach(this::join);
    }

    private Prober join(Server server) {
        Member member = new Member(node, server, pools, settings, this);
        Probe probe = new Probe(pools.access(node, server), settings.timeout());
        Prober prober = new Prober(this, member, probe, settings.interval());
        members.add(member);
        probers.add(prober);
        return prober;
    }

    /** Takes in one more server, which is probed first and read when it is found well. */
    void add(Server server) {
        lock.lock();
        try {
            if (closed || members.stream().anyMatch(member -> member.server().equals(server))) {
                throw new IllegalArgumentException(
                        "Node " + node.name() + " has the server " + server.endpoint() + " already, or is closed.");
            }
            join(server).start();
        } finally {
            lock.unlock();
        }
    }

    /** Lets a server go: it gets no more work, what is in use ends in peace, and then its pool closes. */
    void remove(Server server) {
        List<Prober> gone = new ArrayList<>();
        update(actions -> {
            for (Prober prober : probers) {
                if (prober.member().server().equals(server)) {
                    gone.add(prober);
                }
            }
            if (gone.isEmpty() || gone.get(0).member() == view.primary()) {
                throw new IllegalArgumentException("Node " + node.name() + " has no replica " + server.endpoint()
                        + " (servers: " + members + "; the primary cannot be removed). Name one of its replicas.");
            }
            members.remove(gone.get(0).member());
            probers.removeAll(gone);
        });
        gone.forEach(Prober::stop);
        gone.forEach(prober -> drain(prober.member()));
    }

    private void drain(Member member) {
        draining.add(member);
        apart("drain", member, () -> {
            member.drain();
            draining.remove(member);
        });
    }

    void start() {
        probers.forEach(Prober::start);
    }

    Node node() {
        return node;
    }

    NodeView view() {
        return view;
    }

    List<Member> members() {
        return members;
    }

    // What probes see.

    void answered(Member member, ProbeResult result, long begin, boolean anew) {
        update(actions -> {
            boolean restarted = member.observed().answered(result, begin, anew);
            member.replayed(TokenReads.Replayed.of(result));
            if (result.epochs() != null) {
                epochs.raiseAll(result.epochs());
            }
            if (restarted) {
                actions.add(member::evictIdle);
            }
        });
    }

    void refused(Member member, SQLException failure, @Nullable ProbeResult overTheOldConnection, long begin) {
        update(actions -> member.observed().refused(failure, overTheOldConnection));
    }

    void unreachable(Member member, SQLException failure, long begin) {
        update(actions -> member.observed().unreachable(failure));
    }

    // What work sees.

    /** A connection in use has broken. */
    void workFailed(Member member, SQLException failure) {
        boolean[] news = new boolean[1];
        update(actions -> {
            news[0] = member.observed().suspect(failure, System.nanoTime());
            if (news[0]) {
                actions.add(member::evictIdle); // what waits in its pool may be as broken
            }
        });
        if (news[0]) {
            kick(member);
        }
    }

    /** A pool gave no connection in time: its server is lost, or says no, or all connections are in use. */
    void gaveNone(Member member, SQLException failure) {
        if (SqlStates.isLost(failure)) {
            workFailed(member, failure);
        } else if (SqlStates.isRefusal(failure)) {
            update(actions -> member.observed().refused(failure, null));
        } else {
            update(actions -> member.observed().busy(failure, System.nanoTime()));
        }
    }

    private void kick(Member member) {
        for (Prober prober : probers) {
            if (prober.member() == member || view.primary() == null) {
                prober.kick();
            }
        }
    }

    // What probers ask.

    boolean wantsNewConnection(Member member) {
        lock.lock();
        try {
            return member.observed().isSuspect() || member.observed().refuses();
        } finally {
            lock.unlock();
        }
    }

    boolean isTroubled(Member member) {
        return view.primary() == null || !member.isUp();
    }

    boolean hasWaiters() {
        return waiters.get() > 0;
    }

    /** Returns the timelines that the primary's database does not know of yet. */
    Map<Long, Integer> toNote(Member member, ProbeResult result) {
        if (!keepsEpochs || cannotNote || view.primary() != member) {
            return Map.of();
        }
        return epochs.missingIn(result.epochs() == null ? Map.of() : result.epochs());
    }

    void noted(Member member, @Nullable SQLException failure) {
        if (failure != null && !SqlStates.isLost(failure)) {
            cannotNote = true;
            ServerLog.LOG.epochNotNoted(
                    member.server().endpoint(), node.name(), ConnectFaults.reason(failure), EpochTable.NAME);
            update(actions -> judge.noEpochTable());
        }
    }

    // Change.

    private interface Change {
        void apply(List<Runnable> actions);
    }

    private void update(Change change) {
        List<Runnable> actions = new ArrayList<>();
        lock.lock();
        try {
            change.apply(actions);
            NodeView before = view;
            Map<Member, ServerState> states = new HashMap<>();
            members.forEach(member -> states.put(member, member.health().state()));
            NodeView after = judge.judge();
            if (!after.isSame(before)) {
                view = after;
            }
            changed.signalAll();
            for (Member member : members) {
                ServerState now = member.health().state();
                if (now != states.get(member)) {
                    became(member, now, actions);
                }
            }
            if (after.primary() != before.primary()) {
                if (before.epoch() != after.epoch()) {
                    cannotNote = false; // the new primary may allow it
                }
                news.primary(before, after, actions);
            }
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    private void became(Member member, ServerState now, List<Runnable> actions) {
        switch (now) {
            case DOWN, DEPOSED, WRONG_NODE -> actions.add(() -> abort(member));
            case UNKNOWN, UP, SUSPECT, BUSY, REFUSING, LAGGING -> {
                // What is in use may end in peace.
            }
        }
        if (started) {
            news.state(member, actions);
        }
    }

    /** The end of an encrypted connection may wait for a server that does not answer. */
    private static void abort(Member member) {
        apart("abort", member, member::abortAll);
    }

    private static void apart(String what, Member member, Runnable action) {
        Thread thread =
                new Thread(action, "shardloom-" + what + "-" + member.server().endpoint());
        thread.setDaemon(true);
        thread.start();
    }

    // Waiting.

    /** Waits until someone else takes what, or the time is over; whoever waits makes the probes frequent. */
    void awaitOtherView(NodeView old, long nanos) throws InterruptedException {
        long left = nanos;
        waiters.incrementAndGet();
        probers.forEach(Prober::kick);
        lock.lockInterruptibly();
        try {
            while (view == old && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
            waiters.decrementAndGet();
        }
    }

    /** Waits a while for a server that is out to come back. */
    void awaitConnectable(Member member) {
        long left = GATE_NANOS;
        lock.lock();
        try {
            while (isOut(member) && left > 0 && !closed) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private static boolean isOut(Member member) {
        return switch (member.health().state()) {
            case DOWN, DEPOSED, WRONG_NODE -> true;
            case UNKNOWN, UP, SUSPECT, BUSY, REFUSING, LAGGING -> false;
        };
    }

    /** Waits until every server has answered or failed to; returns early when the primary cannot come any more. */
    void awaitFirstView(long deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = deadline - System.nanoTime();
            while (left > 0 && !closed && !isSettled()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean isSettled() {
        boolean allSeen = members.stream().allMatch(member -> member.observed().isSeen());
        if (!allSeen) {
            return false;
        }
        if (view.primary() == null) {
            SQLException failure = members.get(0).observed().failure();
            return failure != null && ConnectFaults.isFinal(failure);
        }
        return true;
    }

    /** Returns why there is no primary, as the configured one or its lack tells. */
    @Nullable
    SQLException failureOfConfiguredPrimary() {
        lock.lock();
        try {
            return members.get(0).observed().failure();
        } finally {
            lock.unlock();
        }
    }

    /** Returns where the primary was when it was asked after a time; null when it has not been asked since. */
    @Nullable
    ReadToken positionAfter(long nanoTime) {
        lock.lock();
        try {
            Member primary = view.primary();
            ProbeResult result = primary == null ? null : primary.observed().last();
            return result == null || result.sent() - nanoTime < 0
                    ? null
                    : new ReadToken(node.name(), view.epoch(), result.lsn());
        } finally {
            lock.unlock();
        }
    }

    /** Ends the start: judges anew, as another node may have taught about this one, and tells what is out. */
    void started() {
        update(actions -> {});
        List<Runnable> actions = new ArrayList<>();
        lock.lock();
        try {
            started = view.primary() != null;
            if (started) {
                members.forEach(member -> news.state(member, actions));
            }
        } finally {
            lock.unlock();
        }
        actions.forEach(Runnable::run);
    }

    boolean isClosed() {
        return closed;
    }

    private void signal() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    List<Prober> stop() {
        closed = true;
        probers.forEach(Prober::stop);
        signal();
        return probers;
    }

    @Override
    public void close() {
        members.forEach(Member::close);
        draining.forEach(Member::close);
    }
}
