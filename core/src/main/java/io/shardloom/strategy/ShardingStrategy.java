package io.shardloom.strategy;

import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.HashBound;
import io.shardloom.strategy.PartitionBound.ListBound;
import io.shardloom.strategy.PartitionBound.RangeBound;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** The rule from key to shard of one group. Immutable; finding a shard allocates nothing. */
public sealed interface ShardingStrategy permits HashStrategy, ListStrategy, RangeStrategy {

    /**
     * Returns how the keys are spread.
     *
     * @return hash, list or range
     */
    StrategyKind kind();

    /**
     * Returns the type of the keys.
     *
     * @return the key type
     */
    KeyType keyType();

    /**
     * Returns which of the bounds takes the key.
     *
     * @param canonicalKey a value in the form of {@link KeyType#canonical(Object)}
     * @return the index of the bound, or -1 when none takes it
     */
    int indexFor(Object canonicalKey);

    /**
     * Returns the hash PostgreSQL computes for a row with this key.
     *
     * @param canonicalKey a value in the form of {@link KeyType#canonical(Object)}
     * @return the hash, empty when the strategy is not hash
     */
    default OptionalLong hashOf(Object canonicalKey) {
        return OptionalLong.empty();
    }

    /**
     * Makes the strategy of these bounds.
     *
     * @param kind hash, list or range
     * @param keyType the type of the keys
     * @param shards the shards' names, for messages
     * @param bounds the bound of each shard, in the same order
     * @return the strategy; its indexes are those of the lists
     * @throws IllegalArgumentException if {@link #faults} finds any; the message has all of them
     */
    static ShardingStrategy of(
            StrategyKind kind, KeyType keyType, List<String> shards, List<? extends PartitionBound> bounds) {
        List<BoundFault> faults = faults(kind, keyType, shards, bounds);
        if (!faults.isEmpty()) {
            throw new IllegalArgumentException(faults.stream()
                    .map(fault ->
                            fault.shard() == null ? fault.message() : "shard " + fault.shard() + ": " + fault.message())
                    .collect(Collectors.joining(" ")));
        }
        return switch (kind) {
            case HASH -> new HashStrategy(keyType, bounds);
            case LIST -> new ListStrategy(keyType, bounds);
            case RANGE -> new RangeStrategy(keyType, bounds);
        };
    }

    /**
     * Checks the bounds as PostgreSQL checks a table's partitions; for hash also that no remainder is left out.
     *
     * @param kind hash, list or range
     * @param keyType the type of the keys
     * @param shards the shards' names, for messages
     * @param bounds the bound of each shard, in the same order
     * @return everything wrong with them, empty when they are right
     */
    static List<BoundFault> faults(
            StrategyKind kind, KeyType keyType, List<String> shards, List<? extends PartitionBound> bounds) {
        if (shards.size() != bounds.size()) {
            throw new IllegalArgumentException(shards.size() + " shard names for " + bounds.size() + " bounds");
        }
        List<BoundFault> faults = new ArrayList<>();
        for (int i = 0; i < bounds.size(); i++) {
            misfit(kind, keyType, shards.get(i), bounds.get(i), faults);
        }
        if (bounds.isEmpty()) {
            faults.add(new BoundFault(null, "there is no shard. Give at least one."));
        }
        if (faults.isEmpty()) {
            switch (kind) {
                case HASH -> HashStrategy.check(shards, bounds, faults);
                case LIST -> ListStrategy.check(keyType, shards, bounds, faults);
                case RANGE -> RangeStrategy.check(keyType, shards, bounds, faults);
            }
        }
        return List.copyOf(faults);
    }

    private static void misfit(
            StrategyKind kind, KeyType keyType, String shard, PartitionBound bound, List<BoundFault> faults) {
        if (bound instanceof PartitionBound.DefaultBound) {
            if (kind == StrategyKind.HASH) {
                faults.add(new BoundFault(
                        shard,
                        "a hash group may not have a DEFAULT shard, because every key has a remainder."
                                + " Give MODULUS and REMAINDER."));
            }
            return;
        }
        boolean fits =
                switch (kind) {
                    case HASH -> bound instanceof HashBound;
                    case LIST -> bound instanceof ListBound list && list.type() == keyType;
                    case RANGE -> bound instanceof RangeBound range && range.type() == keyType;
                };
        if (!fits) {
            faults.add(new BoundFault(
                    shard,
                    bound + " is not a bound of a " + kind.name().toLowerCase(Locale.ROOT) + " group with "
                            + keyType.sqlName() + " keys. Write "
                            + switch (kind) {
                                case HASH -> "MODULUS 32, REMAINDER 7.";
                                case LIST -> "IN (...) or DEFAULT.";
                                case RANGE -> "FROM (...) TO (...) or DEFAULT.";
                            }));
        }
    }
}
