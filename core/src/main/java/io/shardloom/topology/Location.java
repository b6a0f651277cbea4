package io.shardloom.topology;

import io.shardloom.key.GroupKey;
import java.util.OptionalLong;

/**
 * Where a key lives now.
 *
 * @param key the key
 * @param hash the hash PostgreSQL computes for its rows, empty when the group is not hashed
 * @param shard its shard, the same for ever
 * @param node the node that holds the shard in this version of the shard map
 */
public record Location(GroupKey key, OptionalLong hash, Shard shard, Node node) {}
