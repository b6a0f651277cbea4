package io.shardloom.strategy;

import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.DefaultBound;
import io.shardloom.strategy.PartitionBound.ListBound;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** List partitioning: a key goes to the shard that names it, else to the DEFAULT shard if there is one. Immutable. */
public final class ListStrategy implements ShardingStrategy {

    private final KeyType keyType;
    private final Map<Object, Integer> shardOfValue = new HashMap<>();
    private final int defaultShard;

    ListStrategy(KeyType keyType, List<? extends PartitionBound> bounds) {
        this.keyType = keyType;
        int fallback = -1;
        for (int shard = 0; shard < bounds.size(); shard++) {
            if (bounds.get(shard) instanceof ListBound list) {
                for (Object value : list.values()) {
                    shardOfValue.put(value, shard);
                }
            } else {
                fallback = shard;
            }
        }
        this.defaultShard = fallback;
    }

    @Override
    public StrategyKind kind() {
        return StrategyKind.LIST;
    }

    @Override
    public KeyType keyType() {
        return keyType;
    }

    @Override
    public int indexFor(Object canonicalKey) {
        Integer shard = shardOfValue.get(canonicalKey);
        return shard == null ? defaultShard : shard;
    }

    static void check(
            KeyType keyType, List<String> shards, List<? extends PartitionBound> bounds, List<BoundFault> faults) {
        Map<Object, String> owners = new HashMap<>();
        String fallback = null;
        for (int i = 0; i < shards.size(); i++) {
            String shard = shards.get(i);
            if (bounds.get(i) instanceof ListBound list) {
                for (Object value : list.values()) {
                    String owner = owners.putIfAbsent(value, shard);
                    if (owner != null && !owner.equals(shard)) {
                        faults.add(new BoundFault(
                                shard,
                                "the value " + keyType.literal(value) + " is also in shard " + owner
                                        + ". Leave it in one of the two."));
                    }
                }
            } else if (bounds.get(i) instanceof DefaultBound) {
                fallback = secondDefault(shard, fallback, faults);
            }
        }
    }

    /** Reports a second DEFAULT; returns the first one. */
    static String secondDefault(String shard, @Nullable String first, List<BoundFault> faults) {
        if (first == null) {
            return shard;
        }
        faults.add(new BoundFault(
                shard, "shard " + first + " is the DEFAULT already. Keep one DEFAULT, give the other a bound."));
        return first;
    }
}
