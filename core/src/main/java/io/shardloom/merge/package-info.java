/** Merging the sorted or grouped rows of several nodes into what one PostgreSQL would answer. */
@org.jspecify.annotations.NullMarked
package io.shardloom.merge;
