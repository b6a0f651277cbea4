/**
 * Real PostgreSQL servers for tests and samples: sharded nodes, streaming replicas, faults on demand.
 *
 * <p>{@link io.shardloom.testing.EmbeddedCluster} starts one from Maven-shipped binaries; no Docker, no installation.
 * {@link io.shardloom.testing.WithCluster} gives one to JUnit tests.
 */
@NullMarked
package io.shardloom.testing;

import org.jspecify.annotations.NullMarked;
