package io.shardloom.benchmarks;

import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;

/** The servers of a run, and the settings by which a measured JVM finds them. */
final class Servers {
    private final EmbeddedCluster cluster;

    Servers(EmbeddedCluster cluster) {
        this.cluster = cluster;
    }

    static EmbeddedCluster start(int nodes, int replicas) {
        return EmbeddedCluster.builder()
                .nodes(nodes, replicas)
                .setting("shared_buffers", "128MB")
                // A worker would take the CPU of another backend, and what it used could not be counted.
                .setting("max_parallel_workers_per_gather", "0")
                .setting("autovacuum", "off")
                .setting("max_wal_size", "4GB")
                .start();
    }

    EmbeddedCluster cluster() {
        return cluster;
    }

    ServerCpu cpu() {
        return new ServerCpu(cluster.servers().stream().map(EmbeddedServer::pid).toList());
    }

    List<EmbeddedServer> primaries() {
        return cluster.nodes().stream().map(EmbeddedNode::primary).toList();
    }

    /** Returns a side's settings; the ports are those of the servers, or of what stands before them. */
    Map<String, String> settings(SideKind side, String database, Dataset data, ToIntFunction<EmbeddedServer> port) {
        var settings = new LinkedHashMap<String, String>();
        settings.put("side", side.setting());
        settings.put("user", cluster.user());
        settings.put("password", cluster.password());
        settings.put("orders", data.ids().toString());
        if (side == SideKind.SHARDLOOM || side == SideKind.SHARDLOOM_PLAIN) {
            settings.putAll(sharded(database, cluster.nodes().size(), port));
            if (side == SideKind.SHARDLOOM_PLAIN) {
                settings.put("shardloom.layout", "plain");
            }
            return settings;
        }
        int nodes = side == SideKind.PLAIN ? 1 : cluster.nodes().size();
        for (int i = 0; i < nodes; i++) {
            var node = cluster.nodes().get(i);
            settings.put("url." + i, url(node.primary(), database, port));
            settings.put("replica." + i, url(node.replica(0), database, port));
        }
        return settings;
    }

    /** Returns Shardloom's properties for the first nodes. */
    Map<String, String> sharded(String database, int nodes, ToIntFunction<EmbeddedServer> port) {
        var properties = new LinkedHashMap<String, String>();
        for (var node : cluster.nodes().subList(0, nodes)) {
            var prefix = "shardloom.node." + node.name();
            properties.put(prefix + ".primary", url(node.primary(), database, port));
            if (!node.replicas().isEmpty()) {
                properties.put(prefix + ".replicas", url(node.replica(0), database, port));
            }
        }
        properties.put("shardloom.user", cluster.user());
        properties.put("shardloom.password", cluster.password());
        properties.put("shardloom.connect-timeout", "60s"); // a machine with other work to do is no fault
        return properties;
    }

    private static String url(EmbeddedServer server, String database, ToIntFunction<EmbeddedServer> port) {
        return server.jdbcUrl(database).replace(":" + server.port() + "/", ":" + port.applyAsInt(server) + "/");
    }

    /** Counts the round trips to all servers. */
    static final class Wire implements AutoCloseable {
        private final Map<EmbeddedServer, WireProxy> proxies = new LinkedHashMap<>();

        Wire(EmbeddedCluster cluster) throws IOException {
            for (var server : cluster.servers()) {
                proxies.put(server, new WireProxy(server.port()));
            }
        }

        int port(EmbeddedServer server) {
            var proxy = proxies.get(server);
            if (proxy == null) {
                throw new IllegalArgumentException("Nothing stands before " + server + ".");
            }
            return proxy.port();
        }

        long takeRoundTrips() {
            return proxies.values().stream()
                    .mapToLong(WireProxy::takeRoundTrips)
                    .sum();
        }

        @Override
        public void close() throws IOException {
            for (var proxy : new ArrayList<>(proxies.values())) {
                proxy.close();
            }
        }
    }
}
