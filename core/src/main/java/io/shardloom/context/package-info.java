/** The shard key of the work a thread is doing. */
@NullMarked
package io.shardloom.context;

import org.jspecify.annotations.NullMarked;
