package io.shardloom.strategy;

import org.jspecify.annotations.Nullable;

/**
 * What is wrong with the bounds of a group.
 *
 * @param shard the shard whose bound is at fault, or null when the bounds together are
 * @param message what is wrong and what to do
 */
public record BoundFault(@Nullable String shard, String message) {}
