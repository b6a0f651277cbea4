package io.shardloom.config;

import io.shardloom.config.GroupDefinition.ShardDefinition;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.StrategyKind;
import io.shardloom.topology.Layout;
import io.shardloom.topology.Node;
import io.shardloom.topology.ShardGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads the groups as far as they can be read without the type of their keys. */
final class GroupReader {

    static final String DEFAULT_GROUP = "default";
    private static final int DEFAULT_SHARDS = 32;
    private static final int MAX_SHARDS = 4096;

    private final PropertyReader properties;
    private final List<String> nodes;
    private final int shards;
    private final Layout layout;

    GroupReader(PropertyReader properties, List<Node> nodes) {
        this.properties = properties;
        this.nodes = nodes.stream().map(Node::name).toList();
        this.shards = properties.number(Settings.SHARDS, 1, MAX_SHARDS).orElse(DEFAULT_SHARDS);
        this.layout = properties.choice(Settings.LAYOUT, Layout.class).orElse(Layout.PARTITIONED);
    }

    /** Returns the groups by name; {@code default} is always there. */
    Map<String, GroupDefinition> groups() {
        Map<String, GroupDefinition> groups = new TreeMap<>(Names.NATURAL);
        properties.children(Settings.GROUP_PREFIX).forEach(name -> groups.put(name, read(name, true)));
        groups.computeIfAbsent(DEFAULT_GROUP, name -> read(name, false));
        return groups;
    }

    private GroupDefinition read(String name, boolean explicit) {
        String prefix = Settings.GROUP_PREFIX + name + ".";
        boolean broken = false;
        if (!ShardGroup.isName(name)) {
            properties.fault(
                    prefix + "*",
                    null,
                    "'" + name + "' is not a group's name. Use lower case letters, digits and _, a letter first.");
            broken = true;
        }
        Optional<StrategyKind> kind = properties.choice(prefix + Settings.STRATEGY, StrategyKind.class);
        broken |= kind.isEmpty() && properties.has(prefix + Settings.STRATEGY);
        Optional<KeyType> keyType = keyType(prefix + Settings.KEY_TYPE);
        broken |= keyType.isEmpty() && properties.has(prefix + Settings.KEY_TYPE);
        List<ShardDefinition> defined = shardDefinitions(prefix);
        Optional<Integer> count = properties.number(prefix + "shards", 1, MAX_SHARDS);
        broken |= count.isEmpty() && properties.has(prefix + "shards");
        boolean bounded = defined.stream().anyMatch(shard -> shard.bound() != null);
        if (count.isPresent() && (kind.orElse(StrategyKind.HASH) != StrategyKind.HASH || bounded)) {
            properties.fault(
                    prefix + "shards",
                    count.get().toString(),
                    "the shards of this group are those with a bound, so there is no number to give. Remove it.");
        }
        return new GroupDefinition(
                name,
                kind.orElse(StrategyKind.HASH),
                keyType.orElse(null),
                properties.choice(prefix + "layout", Layout.class).orElse(layout),
                bounded ? 0 : count.orElse(shards),
                nodes(prefix + Settings.NODES),
                defined,
                explicit,
                broken);
    }

    private Optional<KeyType> keyType(String property) {
        return properties.text(property).flatMap(text -> {
            Optional<KeyType> type = KeyType.ofName(text);
            if (type.isEmpty()) {
                List<String> names =
                        Arrays.stream(KeyType.values()).map(KeyType::sqlName).toList();
                properties.fault(
                        property,
                        text,
                        "not a type a shard key can have: " + String.join(", ", names) + "."
                                + Names.didYouMean(text, names));
            }
            return type;
        });
    }

    private List<String> nodes(String property) {
        List<String> named = properties.list(property, ",");
        List<String> found =
                named.stream().filter(node -> exists(property, node)).distinct().toList();
        return named.isEmpty() ? nodes : found;
    }

    private List<ShardDefinition> shardDefinitions(String groupPrefix) {
        List<ShardDefinition> defined = new ArrayList<>();
        for (String shard : properties.children(groupPrefix + "shard.")) {
            String prefix = groupPrefix + "shard." + shard + ".";
            String bound = properties.text(prefix + Settings.BOUND).orElse(null);
            String node = properties
                    .text(prefix + Settings.SHARD_NODE)
                    .filter(name -> exists(prefix + Settings.SHARD_NODE, name))
                    .orElse(null);
            defined.add(new ShardDefinition(shard, bound, node));
        }
        return List.copyOf(defined);
    }

    private boolean exists(String property, String node) {
        boolean exists = nodes.contains(node);
        if (!exists) {
            properties.fault(
                    property,
                    node,
                    "there is no node '" + node + "' (nodes: " + (nodes.isEmpty() ? "none" : String.join(", ", nodes))
                            + ")." + Names.didYouMean(node, nodes));
        }
        return exists;
    }
}
