/** Drivers that measure Shardloom beside its peers; they print and assert nothing. */
@org.jspecify.annotations.NullMarked
package io.shardloom.benchmarks;
