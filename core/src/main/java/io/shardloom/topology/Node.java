package io.shardloom.topology;

import java.util.List;

/**
 * One primary server and its replicas, all with the same rows. Immutable.
 *
 * @param name the node's name in the configuration
 * @param primary the server that takes writes
 * @param replicas streaming standbys of it, may be empty
 */
public record Node(String name, Server primary, List<Server> replicas) {

    /** Copies the list. */
    public Node {
        replicas = List.copyOf(replicas);
    }
}
