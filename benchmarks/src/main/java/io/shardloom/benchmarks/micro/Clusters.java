package io.shardloom.benchmarks.micro;

import io.shardloom.Sharding;
import io.shardloom.config.Configuration;
import io.shardloom.key.KeyType;
import io.shardloom.server.NodePools;
import java.util.Map;

/** Clusters that route and have no server. */
public final class Clusters {
    private Clusters() {}

    /**
     * Returns two nodes that hold 32 shards of one hash group.
     *
     * @param keyType the group's
     * @return routes, and gives no connection
     */
    public static Sharding without(KeyType keyType) {
        var configuration = Configuration.read(Map.of(
                "shardloom.node.n1.primary", "jdbc:postgresql://localhost:1/none",
                "shardloom.node.n2.primary", "jdbc:postgresql://localhost:2/none",
                "shardloom.group.default.key-type", keyType.sqlName()));
        var topology = configuration.groups(Map.of()).orThrow(configuration);
        return Sharding.of(topology, NodePools.open(Configuration.read(Map.of()), fault -> {}));
    }
}
