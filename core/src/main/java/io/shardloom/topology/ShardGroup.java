package io.shardloom.topology;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.NoShardForKeyException;
import io.shardloom.key.GroupKey;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound;
import io.shardloom.strategy.ShardingStrategy;
import io.shardloom.strategy.StrategyKind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Co-located tables: one key type, one strategy, the same shards. Immutable; equal by name and bounds. */
public final class ShardGroup {

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
    private static final Pattern SHARD_NAME = Pattern.compile("[a-z0-9][a-z0-9_]*");

    private final String name;
    private final Layout layout;
    private final List<Shard> shards;
    private final ShardingStrategy strategy;

    private ShardGroup(String name, Layout layout, List<Shard> shards, ShardingStrategy strategy) {
        this.name = name;
        this.layout = layout;
        this.shards = shards;
        this.strategy = strategy;
    }

    /**
     * Makes a group.
     *
     * @param name its name, of the form {@code [a-z][a-z0-9_]*}
     * @param keyType the type of its keys
     * @param kind how its keys are spread
     * @param layout how its tables look on each node
     * @param shardNames the shards' names, in the order of their numbers
     * @param bounds the shards' bounds, in the same order
     * @return the group
     * @throws IllegalArgumentException if the name or the bounds are wrong
     */
    public static ShardGroup of(
            String name,
            KeyType keyType,
            StrategyKind kind,
            Layout layout,
            List<String> shardNames,
            List<? extends PartitionBound> bounds) {
        if (!isName(name)) {
            throw new IllegalArgumentException(
                    "'" + name + "' is not a group's name. Use lower case letters, digits" + " and _, a letter first.");
        }
        ShardingStrategy strategy = ShardingStrategy.of(kind, keyType, shardNames, bounds);
        List<Shard> shards = new ArrayList<>();
        for (int i = 0; i < bounds.size(); i++) {
            shards.add(new Shard(i, shardNames.get(i), bounds.get(i)));
        }
        return new ShardGroup(name, layout, List.copyOf(shards), strategy);
    }

    /**
     * Tells whether a group may have this name.
     *
     * @param name any text
     * @return whether it is of the form {@code [a-z][a-z0-9_]*}
     */
    public static boolean isName(String name) {
        return NAME.matcher(name).matches();
    }

    /**
     * Tells whether a shard may have this name, which ends the names of its partitions.
     *
     * @param name any text
     * @return whether it is of the form {@code [a-z0-9][a-z0-9_]*}
     */
    public static boolean isShardName(String name) {
        return SHARD_NAME.matcher(name).matches();
    }

    /**
     * Returns the names of a hash group's shards.
     *
     * @param count how many shards there are
     * @return {@code p0}, {@code p1}, ... or {@code p00}, ...: as wide as the largest number
     */
    public static List<String> hashShardNames(int count) {
        int width = Integer.toString(count - 1).length();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String number = Integer.toString(i);
            names.add("p" + "0".repeat(width - number.length()) + number);
        }
        return names;
    }

    /**
     * Returns the group's name.
     *
     * @return of the form {@code [a-z][a-z0-9_]*}
     */
    public String name() {
        return name;
    }

    /**
     * Returns the type of the group's keys.
     *
     * @return the key type
     */
    public KeyType keyType() {
        return strategy.keyType();
    }

    /**
     * Returns how the keys are spread.
     *
     * @return hash, list or range
     */
    public StrategyKind kind() {
        return strategy.kind();
    }

    /**
     * Returns how the tables look on each node.
     *
     * @return partitioned or plain
     */
    public Layout layout() {
        return layout;
    }

    /**
     * Returns the shards in the order of their numbers.
     *
     * @return at least one
     */
    public List<Shard> shards() {
        return shards;
    }

    /**
     * Returns the rule from key to shard.
     *
     * @return its indexes are shard numbers
     */
    public ShardingStrategy strategy() {
        return strategy;
    }

    /**
     * Makes a key of this group.
     *
     * @param value the key
     * @return the same key whatever the value's Java class was
     * @throws InvalidShardKeyException if it is null or not a value of the key type
     */
    public GroupKey key(@Nullable Object value) {
        try {
            // The key brings the value into its one form; null is refused in the same words.
            return new GroupKey(name, keyType(), value == null ? keyType().canonical(null) : value);
        } catch (InvalidShardKeyException e) {
            throw e.in(name);
        }
    }

    /**
     * Returns the shard that holds a key.
     *
     * @param canonicalKey a value in the form of {@link KeyType#canonical(Object)}
     * @return its shard, the same for ever
     * @throws NoShardForKeyException if no bound takes the key
     */
    public Shard shardOf(Object canonicalKey) {
        int index = strategy.indexFor(canonicalKey);
        if (index < 0) {
            throw noShard(canonicalKey);
        }
        return shards.get(index);
    }

    private NoShardForKeyException noShard(Object key) {
        String all =
                shards.stream().map(shard -> shard.name() + " " + shard.bound()).collect(Collectors.joining("; "));
        return new NoShardForKeyException("Group '" + name + "' has no shard for the key "
                + keyType().literal(key) + " (shards: " + all + "). Add a shard whose bound takes it with"
                + " shardloom.group." + name + ".shard.<name>.bound, or one with the bound DEFAULT.");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ShardGroup group
                && name.equals(group.name)
                && layout == group.layout
                && keyType() == group.keyType()
                && shards.equals(group.shards);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return name + " (" + kind() + " of " + keyType().sqlName() + ", " + shards.size() + " shards)";
    }
}
