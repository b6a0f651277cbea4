package io.shardloom.server;

import io.shardloom.choice.ReadTarget;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.topology.Node;
import io.shardloom.topology.ServerState;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What pools say of their servers. */
final class Statuses {

    private static final Duration SOON = Duration.ofSeconds(60);

    private Statuses() {}

    static ServerStatus status(NodePools pools, EmbeddedServer server) {
        return status(pools, server.port());
    }

    static ServerStatus status(NodePools pools, int port) {
        return pools.status().stream()
                .filter(status -> status.server().port() == port)
                .findFirst()
                .orElseThrow();
    }

    static void awaitState(NodePools pools, EmbeddedServer server, ServerState state) {
        awaitState(pools, server.port(), state);
    }

    static void awaitState(NodePools pools, int port, ServerState state) {
        Await.until(port + " is " + state, SOON, () -> status(pools, port).state() == state);
    }

    /** Reads until a read comes from a server, and returns its connection. */
    static Connection connectionTo(EmbeddedServer server, NodePools pools, Node node) {
        List<Connection> found = new ArrayList<>();
        Await.until("a read comes from " + server, SOON, () -> {
            Connection connection = pools.connection(node, ReadTarget.ANY);
            if (Load.intOf(connection, "select inet_server_port()") == server.port()) {
                return found.add(connection);
            }
            connection.close();
            return false;
        });
        return found.get(0);
    }
}
