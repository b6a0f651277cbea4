package io.shardloom.hibernate;

import io.shardloom.topology.Shard;

/**
 * How many rows a table has in one shard.
 *
 * @param shard the shard
 * @param node the name of the node that holds it
 * @param rows the number of rows at the time of counting
 */
public record ShardRows(Shard shard, String node, long rows) {}
