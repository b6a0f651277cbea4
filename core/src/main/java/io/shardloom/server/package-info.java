/** Connections: one pool for each server, and the choice among replicas. */
@NullMarked
package io.shardloom.server;

import org.jspecify.annotations.NullMarked;
