package io.shardloom.event;

import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.util.Optional;

/** Something that has happened to a server. Immutable; never with secrets. */
public sealed interface ShardingEvent {

    /**
     * Returns the node it happened at.
     *
     * @return the node's name
     */
    String node();

    /**
     * A server takes no work any more: it is down, refuses connections, is too far behind, belongs to another node, or is
     * a primary of former times.
     *
     * @param node the node's name
     * @param server the server
     * @param state which of these
     * @param reason why, in words
     */
    record ServerLeftOut(String node, Server server, ServerState state, String reason) implements ShardingEvent {}

    /**
     * A server that was left out takes work again.
     *
     * @param node the node's name
     * @param server the server
     */
    record ServerBack(String node, Server server) implements ShardingEvent {}

    /**
     * A node has no primary, so that work that writes waits.
     *
     * @param node the node's name
     * @param server the last primary
     */
    record PrimaryLost(String node, Server server) implements ShardingEvent {}

    /**
     * A node has a primary again: after a promotion another server on a newer timeline, else the one it had.
     *
     * @param node the node's name
     * @param from the primary before, empty when there was none for a while
     * @param to the primary now
     * @param timeline the timeline it writes
     */
    record PrimaryFound(String node, Optional<Server> from, Server to, int timeline) implements ShardingEvent {}
}
