package io.shardloom.config;

import io.shardloom.key.KeyType;
import io.shardloom.strategy.StrategyKind;
import io.shardloom.topology.Layout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A group as the properties give it, its bounds not read yet.
 *
 * @param keyType the declared type, null when the mapping is to tell it
 * @param count the number of hash shards without bounds of their own, 0 when every shard has one
 * @param nodes names of nodes that exist
 * @param shards shards with a bound, or hash shards with a node
 * @param explicit whether any property names this group
 * @param broken whether a fault was reported that makes further checks idle
 */
record GroupDefinition(
        String name,
        StrategyKind kind,
        @Nullable KeyType keyType,
        Layout layout,
        int count,
        List<String> nodes,
        List<ShardDefinition> shards,
        boolean explicit,
        boolean broken) {

    /** A shard as the properties give it. */
    record ShardDefinition(
            String name, @Nullable String bound, @Nullable String node) {}

    String property(String rest) {
        return Settings.GROUP_PREFIX + name + "." + rest;
    }

    String shardProperty(String shard, String rest) {
        return property("shard." + shard + "." + rest);
    }
}
