package io.shardloom.server;

import io.shardloom.config.ReplicaSettings;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** The servers of one node, each with its pools and its probe. Thread-safe. */
final class NodeMembers implements AutoCloseable {

    private final Node node;
    private final PoolSettings pools;
    private final ReplicaSettings settings;
    private final List<Member> members = new CopyOnWriteArrayList<>();
    private final List<Member> draining = new CopyOnWriteArrayList<>();
    private final List<Prober> probers = new CopyOnWriteArrayList<>();

    NodeMembers(Node node, PoolSettings pools, ReplicaSettings settings) {
        this.node = node;
        this.pools = pools;
        this.settings = settings;
    }

    /** Takes a server in, to be probed once its prober is started. */
    Prober join(Server server, NodeServers servers) {
        Member member = new Member(node, server, pools, settings, servers);
        Probe probe = new Probe(pools.access(node, server), pools.initSql(), settings.timeout());
        Prober prober = new Prober(servers, member, probe, settings.interval(), members.isEmpty());
        members.add(member);
        probers.add(prober);
        return prober;
    }

    /** Returns the servers, the configured primary first. */
    List<Member> all() {
        return members;
    }

    @Nullable
    Prober proberOf(Server server) {
        return probers.stream()
                .filter(prober -> prober.member().server().equals(server))
                .findFirst()
                .orElse(null);
    }

    /** Lets a server go, whose pools stay open. */
    void leave(Prober prober) {
        members.remove(prober.member());
        probers.remove(prober);
    }

    /** Closes the pools of a server that has left, when what is in use of them has ended. */
    void drain(Prober prober) {
        prober.stop();
        Member member = prober.member();
        draining.add(member);
        apart("drain", member, () -> {
            member.drain();
            draining.remove(member);
        });
    }

    /** Cuts off what a server has in use. The end of an encrypted connection may wait for a server that does not answer. */
    void abort(Member member) {
        apart("abort", member, member::abortAll);
    }

    private static void apart(String what, Member member, Runnable action) {
        Thread thread =
                new Thread(action, "shardloom-" + what + "-" + member.server().endpoint());
        thread.setDaemon(true);
        thread.start();
    }

    void start() {
        probers.forEach(Prober::start);
    }

    /** Has a server probed now. */
    void kick(Member member) {
        for (Prober prober : probers) {
            if (prober.member() == member) {
                prober.kick();
            }
        }
    }

    /** Has every server probed now. */
    void kickAll() {
        probers.forEach(Prober::kick);
    }

    /** Stops the probes; returns them, some may be under way. */
    List<Prober> stop() {
        probers.forEach(Prober::stop);
        return probers;
    }

    @Override
    public void close() {
        members.forEach(Member::close);
        draining.forEach(Member::close);
    }
}
