package io.shardloom.sample;

import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Servers started for the sample on this machine, and gone after it: two nodes with two replicas each. */
final class EmbeddedServers implements Servers {

    /** Pools do not look again at a connection that worked this short a time ago. */
    private static final Duration POOL_TRUST = Duration.ofMillis(500);

    private final EmbeddedCluster cluster;

    EmbeddedServers(EmbeddedCluster cluster) {
        this.cluster = cluster;
    }

    static EmbeddedServers start(Screen screen) {
        screen.say("starting 6 PostgreSQL 18 servers ...");
        return new EmbeddedServers(EmbeddedCluster.builder()
                .nodes(2, 2)
                .onProgress(line -> screen.say("  " + line))
                .start());
    }

    EmbeddedCluster cluster() {
        return cluster;
    }

    @Override
    public Map<String, String> properties() {
        return cluster.shardloomProperties();
    }

    @Override
    public Connection monitor(Server server) throws SQLException {
        return running(server).connectAsSuperuser();
    }

    @Override
    public boolean withoutReplicas(String node, Runnable work) {
        var replicas = cluster.node(node).replicas();
        replicas.forEach(EmbeddedServer::stopImmediate);
        try {
            Thread.sleep(POOL_TRUST.toMillis());
            work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new SampleException("Interrupted while the replicas of " + node + " were stopped.", e);
        } finally {
            replicas.forEach(EmbeddedServer::start);
        }
        return true;
    }

    @Override
    public boolean killing(Server replica, Consumer<Runnable> work) {
        var server = running(replica);
        try {
            work.accept(server::kill);
        } finally {
            server.start();
        }
        return true;
    }

    @Override
    public List<String> psqlUrls() {
        return cluster.nodes().stream()
                .flatMap(node -> node.servers().stream()
                        .map(server -> node.name()
                                + (server == node.primary() ? " primary  " : " replica  ")
                                + server.psqlUrl()))
                .toList();
    }

    @Override
    public void close() {
        cluster.close();
    }

    private EmbeddedServer running(Server server) {
        return cluster.servers().stream()
                .filter(candidate -> candidate.port() == server.port())
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no server " + server + "."));
    }
}
