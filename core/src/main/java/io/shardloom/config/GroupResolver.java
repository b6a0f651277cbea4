package io.shardloom.config;

import io.shardloom.config.GroupDefinition.ShardDefinition;
import io.shardloom.failure.Fault;
import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound;
import io.shardloom.strategy.PartitionBound.HashBound;
import io.shardloom.strategy.ShardingStrategy;
import io.shardloom.strategy.StrategyKind;
import io.shardloom.topology.ShardGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the bounds of one group, its key type known, and places its shards. Used once, by one thread. */
final class GroupResolver {

    private final GroupDefinition definition;
    private final KeyType keyType;
    private final List<Fault> faults;
    private final List<String> names = new ArrayList<>();
    private final List<PartitionBound> bounds = new ArrayList<>();
    private final Map<String, String> placed = new HashMap<>();
    private final int faultsBefore;

    GroupResolver(GroupDefinition definition, KeyType keyType, List<Fault> faults) {
        this.definition = definition;
        this.keyType = keyType;
        this.faults = faults;
        this.faultsBefore = faults.size();
    }

    /** A group and the node of each of its shards. */
    record Placed(ShardGroup group, List<String> nodes) {}

    Optional<Placed> resolve() {
        if (definition.kind() == StrategyKind.HASH && definition.count() > 0) {
            equalShards();
        } else {
            boundedShards();
        }
        if (faults.size() == faultsBefore) {
            ShardingStrategy.faults(definition.kind(), keyType, names, bounds).forEach(fault -> {
                String shard = fault.shard();
                String property = shard == null
                        ? definition.property("shard.*." + Settings.BOUND)
                        : definition.shardProperty(shard, Settings.BOUND);
                faults.add(Fault.of(property, fault.message()));
            });
        }
        if (faults.size() > faultsBefore || definition.nodes().isEmpty()) {
            return Optional.empty();
        }
        ShardGroup group =
                ShardGroup.of(definition.name(), keyType, definition.kind(), definition.layout(), names, bounds);
        return Optional.of(new Placed(group, placements()));
    }

    private List<String> placements() {
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < names.size(); i++) {
            String next = definition.nodes().get(i % definition.nodes().size());
            nodes.add(placed.getOrDefault(names.get(i), next));
        }
        return nodes;
    }

    private void equalShards() {
        int count = definition.count();
        names.addAll(ShardGroup.hashShardNames(count));
        for (int remainder = 0; remainder < count; remainder++) {
            bounds.add(new HashBound(count, remainder));
        }
        for (ShardDefinition shard : definition.shards()) {
            String name = hashShard(shard.name());
            if (name == null) {
                faults.add(Fault.of(
                        definition.shardProperty(shard.name(), Settings.SHARD_NODE),
                        "the group has no shard '" + shard.name() + "'. Its shards are " + names.get(0) + " to "
                                + names.get(count - 1) + "."));
            } else if (shard.node() != null) {
                String other = placed.put(name, shard.node());
                if (other != null && !other.equals(shard.node())) {
                    faults.add(new Fault(
                            definition.shardProperty(shard.name(), Settings.SHARD_NODE),
                            shard.node(),
                            "shard " + name + " is placed on " + other + " too. Place it once."));
                }
            }
        }
    }

    private @Nullable String hashShard(String given) {
        if (names.contains(given)) {
            return given;
        }
        String digits = given.startsWith("p") ? given.substring(1) : given;
        if (digits.matches("\\d{1,5}") && Integer.parseInt(digits) < names.size()) {
            return names.get(Integer.parseInt(digits));
        }
        return null;
    }

    private void boundedShards() {
        if (definition.shards().isEmpty()) {
            faults.add(Fault.of(
                    definition.property("shard.<shard>." + Settings.BOUND),
                    "a " + definition.kind().name().toLowerCase(Locale.ROOT)
                            + " group needs its shards, and there is none. Give each one a bound, such as "
                            + switch (definition.kind()) {
                                case HASH -> "MODULUS 32, REMAINDER 7.";
                                case LIST -> "IN ('a', 'b') or DEFAULT.";
                                case RANGE -> "FROM ('a') TO ('m') or DEFAULT.";
                            }));
        }
        for (ShardDefinition shard : definition.shards()) {
            if (!ShardGroup.isShardName(shard.name())) {
                faults.add(Fault.of(
                        definition.shardProperty(shard.name(), "*"),
                        "'" + shard.name() + "' is not a shard's name, which ends the names of partitions. Use lower"
                                + " case letters, digits and _, no _ first."));
            }
            names.add(shard.name());
            if (shard.node() != null) {
                placed.put(shard.name(), shard.node());
            }
            bound(shard);
        }
    }

    private void bound(ShardDefinition shard) {
        String property = definition.shardProperty(shard.name(), Settings.BOUND);
        String text = shard.bound();
        if (text == null) {
            faults.add(Fault.of(property, "the shard has no bound. Say which keys it holds."));
            return;
        }
        try {
            bounds.add(PartitionBound.parse(text, keyType));
        } catch (IllegalArgumentException | InvalidShardKeyException e) {
            faults.add(new Fault(property, text, String.valueOf(e.getMessage())));
        }
    }
}
