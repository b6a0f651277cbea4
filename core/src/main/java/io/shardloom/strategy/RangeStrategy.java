package io.shardloom.strategy;

import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.At;
import io.shardloom.strategy.PartitionBound.Endpoint;
import io.shardloom.strategy.PartitionBound.MaxValue;
import io.shardloom.strategy.PartitionBound.MinValue;
import io.shardloom.strategy.PartitionBound.RangeBound;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Range partitioning: ranges from inclusive to exclusive; keys in a gap go to the DEFAULT shard, if any. Immutable. */
public final class RangeStrategy implements ShardingStrategy {

    private final KeyType keyType;
    /** Lower ends in order, null for MINVALUE. */
    private final @Nullable Object[] from;
    /** Upper ends in the order of the lower ones, null for MAXVALUE. */
    private final @Nullable Object[] to;

    private final int[] shardOfRange;
    private final int defaultShard;

    RangeStrategy(KeyType keyType, List<? extends PartitionBound> bounds) {
        this.keyType = keyType;
        List<Indexed> ranges = ordered(keyType, bounds);
        this.from = new @Nullable Object[ranges.size()];
        this.to = new @Nullable Object[ranges.size()];
        this.shardOfRange = new int[ranges.size()];
        for (int i = 0; i < ranges.size(); i++) {
            from[i] = ranges.get(i).bound().from().key().orElse(null);
            to[i] = ranges.get(i).bound().to().key().orElse(null);
            shardOfRange[i] = ranges.get(i).shard();
        }
        int fallback = -1;
        for (int shard = 0; shard < bounds.size(); shard++) {
            if (!(bounds.get(shard) instanceof RangeBound)) {
                fallback = shard;
            }
        }
        this.defaultShard = fallback;
    }

    @Override
    public StrategyKind kind() {
        return StrategyKind.RANGE;
    }

    @Override
    public KeyType keyType() {
        return keyType;
    }

    @Override
    public int indexFor(Object canonicalKey) {
        int low = 0;
        int high = from.length - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            Object start = from[middle];
            if (start == null || keyType.compare(start, canonicalKey) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        if (high < 0) {
            return defaultShard;
        }
        Object end = to[high];
        return end == null || keyType.compare(canonicalKey, end) < 0 ? shardOfRange[high] : defaultShard;
    }

    static void check(
            KeyType keyType, List<String> shards, List<? extends PartitionBound> bounds, List<BoundFault> faults) {
        String fallback = null;
        for (int i = 0; i < shards.size(); i++) {
            if (bounds.get(i) instanceof RangeBound range) {
                if (compare(keyType, range.from(), range.to()) >= 0) {
                    faults.add(new BoundFault(
                            shards.get(i),
                            range + " is empty: the lower end is not below the upper one. The lower end is in the"
                                    + " range, the upper one is not."));
                }
            } else {
                fallback = ListStrategy.secondDefault(shards.get(i), fallback, faults);
            }
        }
        if (faults.isEmpty()) {
            checkOverlap(keyType, shards, bounds, faults);
        }
    }

    private static void checkOverlap(
            KeyType keyType, List<String> shards, List<? extends PartitionBound> bounds, List<BoundFault> faults) {
        Indexed reaching = null;
        for (Indexed range : ordered(keyType, bounds)) {
            if (reaching == null) {
                reaching = range;
                continue;
            }
            if (compare(keyType, range.bound().from(), reaching.bound().to()) < 0) {
                faults.add(new BoundFault(
                        shards.get(range.shard()),
                        range.bound() + " overlaps shard " + shards.get(reaching.shard()) + " (" + reaching.bound()
                                + "). Let one end where the other starts."));
            }
            if (compare(keyType, range.bound().to(), reaching.bound().to()) > 0) {
                reaching = range;
            }
        }
    }

    private record Indexed(RangeBound bound, int shard) {}

    private static List<Indexed> ordered(KeyType keyType, List<? extends PartitionBound> bounds) {
        List<Indexed> ranges = new ArrayList<>();
        for (int shard = 0; shard < bounds.size(); shard++) {
            if (bounds.get(shard) instanceof RangeBound range) {
                ranges.add(new Indexed(range, shard));
            }
        }
        ranges.sort(Comparator.comparing(range -> range.bound().from(), (a, b) -> compare(keyType, a, b)));
        return ranges;
    }

    private static int compare(KeyType keyType, Endpoint left, Endpoint right) {
        if (left instanceof At l && right instanceof At r) {
            return keyType.compare(l.value(), r.value());
        }
        return Integer.compare(rank(left), rank(right));
    }

    private static int rank(Endpoint end) {
        if (end instanceof MinValue) {
            return -1;
        }
        return end instanceof MaxValue ? 1 : 0;
    }
}
