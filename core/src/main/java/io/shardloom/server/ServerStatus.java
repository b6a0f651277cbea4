package io.shardloom.server;

import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What is known about a server and what its pool does at the moment.
 *
 * @param node the node's name
 * @param server the server
 * @param role what it is to its node now
 * @param state whether it takes work, and why not
 * @param timeline the WAL timeline it is on, 0 when not known; of a replica the one of its last restart point
 * @param lagBytes how much WAL it has not replayed, empty for a primary and where not known
 * @param lag for how long its primary has been ahead of it, empty for a primary and where not known
 * @param active connections in use
 * @param idle connections waiting in the pool
 * @param reads connections handed out for read-only work since the start
 * @param writes connections handed out for other work since the start
 * @param lastError what went wrong last, without secrets; kept when the server is back
 */
public record ServerStatus(
        String node,
        Server server,
        ServerRole role,
        ServerState state,
        int timeline,
        OptionalLong lagBytes,
        Optional<Duration> lag,
        int active,
        int idle,
        long reads,
        long writes,
        Optional<String> lastError) {

    /**
     * Returns how many connections were handed out since the start.
     *
     * @return reads and writes
     */
    public long served() {
        return reads + writes;
    }
}
