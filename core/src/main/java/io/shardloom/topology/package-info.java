/** Servers, nodes, groups, shards, and the shard map that places them. */
@NullMarked
package io.shardloom.topology;

import org.jspecify.annotations.NullMarked;
