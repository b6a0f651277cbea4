package io.shardloom.server;

import io.shardloom.event.ShardingEvent;
import io.shardloom.topology.ServerState;
import java.util.List;
import java.util.Optional;

/**
 * Tells people and listeners what has become of a node's servers. Used under the node's lock; what it logs is added to the
 * actions, which run without it.
 */
final class NodeNews {

    private final String node;
    private final Events events;

    NodeNews(String node, Events events) {
        this.node = node;
        this.events = events;
    }

    /** Tells whether a server takes work, if that is news; a state that passes by itself is none. */
    void state(Member member, List<Runnable> actions) {
        ServerState now = member.health().state();
        boolean passing = now == ServerState.SUSPECT || now == ServerState.UNKNOWN || now == ServerState.BUSY;
        if (passing || !member.observed().tell(now)) {
            return;
        }
        String server = member.server().endpoint();
        if (now == ServerState.UP) {
            actions.add(() -> ServerLog.LOG.serverBack(server, node));
            events.tell(new ShardingEvent.ServerBack(node, member.server()));
        } else {
            String error = String.valueOf(member.health().lastError());
            actions.add(() -> ServerLog.LOG.serverLeftOut(server, node, now, error));
            events.tell(new ShardingEvent.ServerLeftOut(node, member.server(), now, error));
        }
    }

    /** Tells of another primary, or of none; the first one is told by the start. */
    void primary(NodeView before, NodeView after, List<Runnable> actions) {
        Member now = after.primary();
        Member was = before.primary();
        if (now == null) {
            if (was != null) {
                events.tell(new ShardingEvent.PrimaryLost(node, was.server()));
            }
        } else if (before.epoch() != 0) {
            if (before.epoch() != after.epoch()) {
                actions.add(
                        () -> ServerLog.LOG.primaryChanged(node, now.server().endpoint(), after.epoch()));
            }
            events.tell(new ShardingEvent.PrimaryFound(
                    node, Optional.ofNullable(was).map(Member::server), now.server(), after.epoch()));
        }
    }
}
