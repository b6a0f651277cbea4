/**
 * What runs in the measured JVMs: one side's way to the data, the operations, the meter. Nothing here needs more on the
 * class path than the side itself does, so no type of Shardloom is touched outside {@code ShardloomSide}.
 */
@org.jspecify.annotations.NullUnmarked
package io.shardloom.benchmarks.side;
