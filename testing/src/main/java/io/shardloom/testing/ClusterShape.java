package io.shardloom.testing;

import io.shardloom.testing.WithCluster.Fresh;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;

/** What a test class asks for; equal shapes can share a cluster. */
record ClusterShape(
        int nodes,
        int replicas,
        List<String> servers,
        List<String> settings,
        boolean fsync,
        boolean shared,
        Fresh fresh) {

    static ClusterShape of(WithCluster asked) {
        return new ClusterShape(
                asked.nodes(),
                asked.replicas(),
                List.of(asked.servers()),
                List.of(asked.settings()),
                asked.fsync(),
                asked.shared(),
                asked.fresh());
    }

    /** The part of it that the servers depend on. */
    ClusterShape withoutFresh() {
        return new ClusterShape(nodes, replicas, servers, settings, fsync, shared, Fresh.CLASS);
    }

    EmbeddedCluster start() {
        var builder = EmbeddedCluster.builder().nodes(nodes, replicas).fsync(fsync);
        servers.forEach(builder::server);
        for (var setting : settings) {
            int equals = setting.indexOf('=');
            if (equals < 1) {
                throw new ExtensionConfigurationException("@WithCluster(settings = \"" + setting
                        + "\") is not of the form name=value, such as \"work_mem=8MB\".");
            }
            builder.setting(
                    setting.substring(0, equals).strip(),
                    setting.substring(equals + 1).strip());
        }
        return builder.start();
    }

    /** Whether a cluster still is what this shape describes: all servers run, and none has changed its role. */
    boolean isIntact(EmbeddedCluster cluster) {
        return cluster.nodes().size() == nodes
                && cluster.nodes().stream().allMatch(this::isIntact)
                && cluster.servers().stream().allMatch(s -> s.isRunning() && !s.isPaused());
    }

    private boolean isIntact(EmbeddedNode node) {
        return node.servers().size() == replicas + 1 && node.primary().name().equals(node.name() + "-1");
    }
}
