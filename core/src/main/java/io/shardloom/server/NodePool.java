package io.shardloom.server;

import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The pools of one node. Thread-safe. */
final class NodePool implements AutoCloseable {

    private final Node node;
    private final ServerPool primary;
    private final List<ServerPool> replicas;
    private final ReplicaSelector selector;

    NodePool(Node node, ServerPool primary, List<ServerPool> replicas, ReplicaSelector selector) {
        this.node = node;
        this.primary = primary;
        this.replicas = List.copyOf(replicas);
        this.selector = selector;
    }

    Connection connection(boolean readOnly) {
        if (readOnly) {
            Connection replica = replicas.isEmpty() ? null : replicaConnection();
            return readOnly(replica == null ? primaryConnection() : replica);
        }
        return primaryConnection();
    }

    private Connection primaryConnection() {
        long start = System.nanoTime();
        try {
            return primary.connection();
        } catch (SQLException e) {
            double seconds = (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1);
            ServerStatus status = primary.status(node.name(), ServerRole.PRIMARY);
            throw new ServerUnavailableException(
                    String.format(
                            Locale.ROOT,
                            "The primary %s of node %s gave no connection in %.1f s (%s; pool: %d in use, %d idle)."
                                    + " Look after the server, or raise shardloom.hikari.maximumPoolSize if all"
                                    + " connections are in use.",
                            primary.server().endpoint(),
                            node.name(),
                            seconds,
                            ConnectFaults.reason(e),
                            status.active(),
                            status.idle()),
                    e);
        }
    }

    private @Nullable Connection replicaConnection() {
        int size = replicas.size();
        int open = 0;
        for (int i = 0; i < size; i++) {
            open += replicas.get(i).isLeftOut() ? 0 : 1;
        }
        int first = open == 0 ? 0 : indexOfOpen(selector.select(open));
        for (int i = 0; i < size; i++) {
            ServerPool replica = replicas.get((first + i) % size);
            if (!replica.mayTry()) {
                continue;
            }
            try {
                Connection connection = replica.connection();
                replica.answered();
                return connection;
            } catch (SQLException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw new ServerUnavailableException(
                            "Interrupted while waiting for a connection to node " + node.name() + ". Try again.", e);
                }
                if (replica.failed()) {
                    ServerLog.LOG.replicaLeftOut(replica.server().endpoint(), node.name(), ConnectFaults.reason(e));
                }
            }
        }
        return null;
    }

    /** Returns the index of the n-th replica that is not left out. */
    private int indexOfOpen(int n) {
        int left = n;
        for (int i = 0; i < replicas.size(); i++) {
            if (!replicas.get(i).isLeftOut() && left-- == 0) {
                return i;
            }
        }
        return 0;
    }

    Server readTarget() {
        int open =
                (int) replicas.stream().filter(replica -> !replica.isLeftOut()).count();
        return open == 0
                ? primary.server()
                : replicas.get(indexOfOpen(selector.peek(open))).server();
    }

    private Connection readOnly(Connection connection) {
        try {
            connection.setReadOnly(true);
            return connection;
        } catch (SQLException e) {
            try {
                connection.close();
            } catch (SQLException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw new ServerUnavailableException(
                    "A connection of node " + node.name() + " could not be made read-only (" + ConnectFaults.reason(e)
                            + "). Try again.",
                    e);
        }
    }

    List<ServerStatus> status() {
        List<ServerStatus> all = new ArrayList<>();
        all.add(primary.status(node.name(), ServerRole.PRIMARY));
        replicas.forEach(replica -> all.add(replica.status(node.name(), ServerRole.REPLICA)));
        return all;
    }

    @Override
    public void close() {
        primary.close();
        replicas.forEach(ServerPool::close);
    }
}
