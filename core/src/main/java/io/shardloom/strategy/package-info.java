/** The rules from key to shard: hash, list and range, bound for bound as in PostgreSQL's declarative partitioning. */
@NullMarked
package io.shardloom.strategy;

import org.jspecify.annotations.NullMarked;
