/** Transactions that span nodes: all of them commit, or none. */
@NullMarked
package io.shardloom.atomic;

import org.jspecify.annotations.NullMarked;
