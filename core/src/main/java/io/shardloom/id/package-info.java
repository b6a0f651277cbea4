/** Identifiers: time-ordered UUIDs that know their shard, and numbers unique over all nodes. */
@NullMarked
package io.shardloom.id;

import org.jspecify.annotations.NullMarked;
