/** Shard keys: which Java values they may be, and what PostgreSQL makes of them. */
@NullMarked
package io.shardloom.key;

import org.jspecify.annotations.NullMarked;
