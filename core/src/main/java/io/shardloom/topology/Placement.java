package io.shardloom.topology;

/**
 * On which node a shard is.
 *
 * @param group the group's name
 * @param shard the shard
 * @param node the node's name
 */
public record Placement(String group, Shard shard, String node) {}
