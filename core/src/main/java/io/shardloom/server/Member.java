package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import io.shardloom.config.ReplicaSettings;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** One server of a node: its pool, its labels, and what is known about it. Thread-safe. */
final class Member {

    private final Server server;
    private final Optional<String> zone;
    private final boolean near;
    private final int weight;
    private final ServerPool pool;
    private final ServerPool sequences;
    private final LongAdder reads = new LongAdder();
    private final LongAdder writes = new LongAdder();

    /** Written under the node's lock alone. */
    private volatile Health health = Health.UNKNOWN;
    /** How far it has replayed at least, as probes and reads with a token have seen it. */
    private volatile TokenReads.@Nullable Replayed replayed;

    Member(Node node, int number, PoolSettings settings, ReplicaSettings replicas, NodeServers servers) {
        this.server = number == 0 ? node.primary() : node.replicas().get(number - 1);
        this.zone = replicas.zones().isEmpty()
                ? Optional.empty()
                : Optional.of(replicas.zones().get(number));
        this.near = zone.isPresent() && zone.equals(replicas.zone());
        this.weight = replicas.weights().isEmpty() ? 1 : replicas.weights().get(number);
        this.pool = pool(settings.pool(node, number), settings, servers);
        this.sequences = pool(settings.sequence(node, number), settings, servers);
    }

    private ServerPool pool(HikariConfig config, PoolSettings settings, NodeServers servers) {
        config.setExceptionOverride(new WorkWatch(this, servers, config.getExceptionOverride()));
        config.setCredentialsProvider(new GatedCredentials(config.getCredentialsProvider(), this, servers));
        return new ServerPool(server, config, settings.connectTimeout());
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

    void evictIdle() {
        pool.evictIdle();
        sequences.evictIdle();
    }

    void abortAll() {
        pool.abortAll();
        sequences.abortAll();
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
