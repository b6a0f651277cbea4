package io.shardloom.topology;

import io.shardloom.strategy.PartitionBound;

/**
 * A logical slice of all tables of a group; a key never changes its shard. Immutable.
 *
 * @param number the shard's place in its group, from 0
 * @param name its name, for example {@code p07} or {@code brasil}; the suffix of its partitions' names
 * @param bound which keys it holds
 */
public record Shard(int number, String name, PartitionBound bound) {

    @Override
    public String toString() {
        return name;
    }
}
