package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import io.shardloom.config.ReplicaSettings;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One server of a node: its pool, its labels, and what is known about it. Thread-safe. */
final class Member {

    private static final long DRAIN_NANOS = TimeUnit.MINUTES.toNanos(5);
    private static final long DRAIN_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final Server server;
    private final Optional<String> zone;
    private final boolean near;
    private final int weight;
    private final ServerPool pool;
    private final ServerPool sequences;
    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();

    private final Observed observed = new Observed();

    /** Written under the node's lock alone. */
    private volatile Health health = Health.UNKNOWN;
    /** How far it has replayed at least, as probes and reads with a token have seen it. */
    private volatile TokenReads.@Nullable Replayed replayed;

    Member(Node node, Server server, PoolSettings settings, ReplicaSettings replicas, NodeServers servers) {
        this.server = server;
        int number = server.equals(node.primary()) ? 0 : node.replicas().indexOf(server) + 1;
        boolean configured = number > 0 || server.equals(node.primary());
        this.zone = configured && !replicas.zones().isEmpty()
                ? Optional.of(replicas.zones().get(number))
                : Optional.empty();
        this.near = zone.isPresent() && zone.equals(replicas.zone());
        this.weight =
                configured && !replicas.weights().isEmpty() ? replicas.weights().get(number) : 1;
        this.pool = pool(settings.pool(node, server), settings, servers);
        this.sequences = pool(settings.sequence(node, server), settings, servers);
    }

    private ServerPool pool(HikariConfig config, PoolSettings settings, NodeServers servers) {
        config.setExceptionOverride(new WorkWatch(this, servers, config.getExceptionOverride()));
        config.setCredentialsProvider(new GatedCredentials(config.getCredentialsProvider(), this, servers));
        return new ServerPool(server, config, settings.connectTimeout(), fresh -> servers.admit(this, fresh));
    }

    Server server() {
        return server;
    }

    Optional<String> zone() {
        return zone;
    }

    boolean near() {
        return near;
    }

    int weight() {
        return weight;
    }

    ServerPool pool() {
        return pool;
    }

    ServerPool sequences() {
        return sequences;
    }

    /** Returns what has been seen of it; used under the node's lock. */
    Observed observed() {
        return observed;
    }

    Health health() {
        return health;
    }

    void health(Health now) {
        health = now;
    }

    boolean isUp() {
        return health.state() == ServerState.UP;
    }

    TokenReads.@Nullable Replayed replayed() {
        return replayed;
    }

    void replayed(TokenReads.@Nullable Replayed now) {
        replayed = now;
    }

    void served(boolean read) {
        (read ? reads : writes).increment();
    }

    long reads() {
        return reads.sum();
    }

    long writes() {
        return writes.sum();
    }

    /** Lends no connection any more that is there now or is being made; no I/O. */
    void outdate() {
        pool.outdate();
        sequences.outdate();
    }

    void evictIdle() {
        pool.evictIdle();
        sequences.evictIdle();
    }

    void abortAll() {
        pool.abortAll();
        sequences.abortAll();
    }

    /** Closes the pools when nothing of them is in use any more, and at the latest after a while. */
    void drain() {
        long end = System.nanoTime() + DRAIN_NANOS;
        while (pool.active() + sequences.active() > 0 && System.nanoTime() - end < 0) {
            pool.evictIdle();
            LockSupport.parkNanos(DRAIN_PAUSE_NANOS);
        }
        close();
    }

    void close() {
        pool.close();
        sequences.close();
    }

    @Override
    public String toString() {
        return server.endpoint();
    }
}
