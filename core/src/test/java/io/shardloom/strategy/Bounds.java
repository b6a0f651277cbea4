package io.shardloom.strategy;

import io.shardloom.key.KeyType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Strategies for tests. */
final class Bounds {

    private Bounds() {}

    static HashStrategy hash(KeyType type, int modulus) {
        return (HashStrategy) of(StrategyKind.HASH, type, equal(modulus));
    }

    static List<PartitionBound> equal(int modulus) {
        return IntStream.range(0, modulus)
                .<PartitionBound>mapToObj(remainder -> new PartitionBound.HashBound(modulus, remainder))
                .toList();
    }

    /** The remainders of 32, of which every third is split in two of 64. */
    static List<PartitionBound> mixed() {
        List<PartitionBound> bounds = new ArrayList<>();
        for (int remainder = 0; remainder < 32; remainder++) {
            if (remainder % 3 == 0) {
                bounds.add(new PartitionBound.HashBound(64, remainder + 32));
                bounds.add(new PartitionBound.HashBound(64, remainder));
            } else {
                bounds.add(new PartitionBound.HashBound(32, remainder));
            }
        }
        return bounds;
    }

    static List<PartitionBound> parse(KeyType type, String... bounds) {
        return List.of(bounds).stream()
                .map(bound -> PartitionBound.parse(bound, type))
                .toList();
    }

    static List<String> names(List<?> bounds) {
        return IntStream.range(0, bounds.size()).mapToObj(i -> "s" + i).toList();
    }

    static ShardingStrategy of(StrategyKind kind, KeyType type, List<PartitionBound> bounds) {
        return ShardingStrategy.of(kind, type, names(bounds), bounds);
    }

    static List<String> faults(StrategyKind kind, KeyType type, String... bounds) {
        List<PartitionBound> parsed = parse(type, bounds);
        return ShardingStrategy.faults(kind, type, names(parsed), parsed).stream()
                .map(fault -> fault.shard() + ": " + fault.message())
                .toList();
    }
}
