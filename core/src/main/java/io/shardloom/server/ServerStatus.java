package io.shardloom.server;

import io.shardloom.topology.Server;

/**
 * What a server's pool does at the moment.
 *
 * @param node the node's name
 * @param server the server
 * @param role what it is to its node
 * @param active connections in use
 * @param idle connections waiting in the pool
 * @param served connections handed out since the start
 */
public record ServerStatus(String node, Server server, ServerRole role, int active, int idle, long served) {}
