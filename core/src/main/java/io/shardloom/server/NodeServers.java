package io.shardloom.server;

import io.shardloom.choice.ReadToken;
import io.shardloom.config.ReplicaSettings;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    private final EpochNotes notes;
    private final NodeMembers members;
    private final NodeJudge judge;
    private final Watched watched = new Watched();
    private final AtomicInteger waiters = new AtomicInteger();

    private volatile NodeView view = NodeView.of(null, 0, List.of());
    private volatile boolean started;
    private volatile boolean closed;

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
        this.notes = new EpochNotes(node, epochs, keepsEpochs);
        this.members = new NodeMembers(node, pools, settings);
        this.judge = new NodeJudge(members.all(), settings, epochs);
        members.join(node.primary(), this);
        node.replicas().forEach(replica -> members.join(replica, this));
    }

    /** Has timelines noted in the node's database from now on. */
    void keepEpochs() {
        notes.keep();
    }

    /** Takes in one more server, which is probed first and read when it is found well. */
    void add(Server server) {
        watched.change(() -> {
            if (closed || members.proberOf(server) != null) {
                throw new IllegalArgumentException(
                        "Node " + node.name() + " has the server " + server.endpoint() + " already, or is closed.");
            }
            members.join(server, this).start();
        });
    }

    /** Lets a server go: it gets no more work, what is in use ends in peace, and then its pool closes. */
    void remove(Server server) {
        List<Prober> gone = new ArrayList<>();
        update(actions -> {
            Prober prober = members.proberOf(server);
            if (prober == null || prober.member() == view.primary()) {
                throw new IllegalArgumentException(
                        "Node " + node.name() + " has no replica " + server.endpoint() + " (servers: " + members.all()
                                + "; the primary cannot be removed). Name one of its replicas.");
            }
            members.leave(prober);
            gone.add(prober);
        });
        gone.forEach(members::drain);
    }

    void start() {
        members.start();
    }

    Node node() {
        return node;
    }

    NodeView view() {
        return view;
    }

    List<Member> members() {
        return members.all();
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
                member.outdate(); // before work comes back to it
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
                member.outdate();
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
            return;
        }
        boolean wasUp = member.isUp();
        if (SqlStates.isRefusal(failure)) {
            update(actions -> member.observed().refused(failure, null));
        } else {
            update(actions -> member.observed().busy(failure, System.nanoTime()));
        }
        if (wasUp) {
            kick(member); // else it would be left out until its next turn, however far off that is
        }
    }

    private void kick(Member member) {
        if (view.primary() == null) {
            members.kickAll();
        } else {
            members.kick(member);
        }
    }

    /**
     * Lets a new connection of a pool in if it leads to a server of the node, and a primary's if it can write. A name, a
     * proxy, a restore or a switchover may have put another there unnoticed, as the probe's connection and the pool's old
     * ones lead to the one before, or have not been used since. Returns the connection's server process.
     */
    int admit(Member member, Connection fresh) throws SQLException {
        Probe.Identity found = Probe.identity(fresh);
        Long cluster = watched.<@Nullable Long>read(judge::cluster);
        String wrong = null;
        if (cluster != null && found.cluster() != cluster) {
            wrong = "leads to a server whose system identifier is " + found.cluster() + ", the node's is " + cluster;
        } else if (found.standby() && view.primary() == member) {
            wrong = "was the primary and is a replica by now";
        }
        if (wrong != null) {
            SQLException failure = new SQLException(member + " " + wrong, "08004");
            if (!isOut(member)) {
                workFailed(member, failure); // its probe connects anew
            }
            throw failure;
        }
        return found.backend();
    }

    // What probers ask.

    boolean wantsNewConnection(Member member) {
        return watched.read(
                () -> member.observed().isSuspect() || member.observed().refuses());
    }

    boolean isTroubled(Member member) {
        return view.primary() == null || !member.isUp();
    }

    boolean hasWaiters() {
        return waiters.get() > 0;
    }

    /** Returns the timelines that the primary's database does not know of yet. */
    Map<Long, Integer> toNote(Member member, ProbeResult result) {
        return view.primary() == member ? notes.missingIn(result) : Map.of();
    }

    void noted(Member member, @Nullable SQLException failure) {
        if (notes.isRefused(member, failure)) {
            update(actions -> judge.noEpochTable());
        }
    }

    // Change.

    private interface Change {
        void apply(List<Runnable> actions);
    }

    private void update(Change change) {
        List<Runnable> actions = new ArrayList<>();
        watched.change(() -> {
            change.apply(actions);
            judge(actions);
        });
        actions.forEach(Runnable::run);
    }

    private void judge(List<Runnable> actions) {
        NodeView before = view;
        Map<Member, ServerState> states = new HashMap<>();
        members.all().forEach(member -> states.put(member, member.health().state()));
        NodeView after = judge.judge();
        if (!after.isSame(before)) {
            view = after;
        }
        for (Member member : members.all()) {
            ServerState now = member.health().state();
            if (now != states.get(member)) {
                became(member, now, actions);
            }
        }
        if (after.primary() != before.primary()) {
            if (before.epoch() != after.epoch()) {
                notes.tryAgain();
            }
            news.primary(before, after, actions);
        }
    }

    private void became(Member member, ServerState now, List<Runnable> actions) {
        switch (now) {
            case DOWN, DEPOSED, WRONG_NODE -> {
                member.outdate();
                actions.add(() -> members.abort(member));
            }
            case UNKNOWN, UP, SUSPECT, BUSY, REFUSING, LAGGING -> {
                // What is in use may end in peace.
            }
        }
        if (started) {
            news.state(member, actions);
        }
    }

    // Waiting.

    /** Waits until someone else takes what, or the time is over; whoever waits makes the probes frequent. */
    void awaitOtherView(NodeView old, long nanos) throws InterruptedException {
        waiters.incrementAndGet();
        members.kickAll();
        try {
            watched.await(() -> view != old || closed, nanos);
        } finally {
            waiters.decrementAndGet();
        }
    }

    /** Waits a while for a server that is out to come back. */
    void awaitConnectable(Member member) {
        try {
            watched.await(() -> !isOut(member) || closed, GATE_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
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
        watched.await(() -> closed || isSettled(), deadline - System.nanoTime());
    }

    private boolean isSettled() {
        boolean allSeen =
                members.all().stream().allMatch(member -> member.observed().isSeen());
        if (!allSeen) {
            return false;
        }
        if (view.primary() == null) {
            SQLException failure = members.all().get(0).observed().failure();
            return failure != null && ConnectFaults.isFinal(failure);
        }
        return true;
    }

    /** Returns why there is no primary, as the configured one or its lack tells. */
    @Nullable
    SQLException failureOfConfiguredPrimary() {
        return watched.<@Nullable SQLException>read(
                () -> members.all().get(0).observed().failure());
    }

    /** Returns what tells the primary's database from every other one that runs; null while there is no primary. */
    @Nullable
    String primaryDatabase() {
        return watched.<@Nullable String>read(() -> {
            Member primary = view.primary();
            ProbeResult result = primary == null ? null : primary.observed().last();
            return primary == null || result == null
                    ? null
                    : result.systemIdentifier() + " " + result.started() + " "
                            + primary.server().database();
        });
    }

    /** Returns where the primary was when it was asked after a time; null when it has not been asked since. */
    @Nullable
    ReadToken positionAfter(long nanoTime) {
        return watched.<@Nullable ReadToken>read(() -> {
            Member primary = view.primary();
            ProbeResult result = primary == null ? null : primary.observed().last();
            return result == null || result.sent() - nanoTime < 0
                    ? null
                    : new ReadToken(node.name(), view.epoch(), result.lsn());
        });
    }

    /** Ends the start: judges anew, as another node may have taught about this one, and tells what is out. */
    void started() {
        update(actions -> {});
        List<Runnable> actions = new ArrayList<>();
        watched.change(() -> {
            started = view.primary() != null;
            if (started) {
                members.all().forEach(member -> news.state(member, actions));
            }
        });
        actions.forEach(Runnable::run);
    }

    boolean isClosed() {
        return closed;
    }

    List<Prober> stop() {
        closed = true;
        List<Prober> probers = members.stop();
        watched.change(() -> {}); // nobody waits any more
        return probers;
    }

    @Override
    public void close() {
        members.close();
    }
}
