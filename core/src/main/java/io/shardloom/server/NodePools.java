package io.shardloom.server;

import com.zaxxer.hikari.HikariDataSource;
import io.shardloom.config.Configuration;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One HikariCP pool for each server. Thread-safe; {@link #close()} closes every pool.
 *
 * <p>Connections have autocommit off and no statement of ours on the path. A replica that gives no connection is left
 * out for some seconds; its reads go to the node's other replicas, and to the primary when there is none.
 */
public final class NodePools implements AutoCloseable {

    private final Map<String, NodePool> pools;
    private final @Nullable ServerPool sequences;
    private final PoolSettings settings;

    private NodePools(Map<String, NodePool> pools, @Nullable ServerPool sequences, PoolSettings settings) {
        this.pools = pools;
        this.sequences = sequences;
        this.settings = settings;
    }

    /**
     * Opens the pools of all primaries in parallel; those of replicas start at their first use.
     *
     * @param configuration without faults
     * @return the pools, all primaries reached
     * @throws ConfigurationException with a fault for every primary that cannot be reached
     */
    public static NodePools open(Configuration configuration) {
        List<Fault> faults = new ArrayList<>();
        NodePools pools = open(configuration, faults::add);
        if (!faults.isEmpty()) {
            pools.close();
            throw new ConfigurationException(faults);
        }
        return pools;
    }

    /**
     * Opens the pools of all primaries in parallel and reports the faults instead of throwing them.
     *
     * @param configuration its nodes are opened, whatever its faults are
     * @param faults is given a fault for every primary that cannot be reached
     * @return the pools, to be closed in any case
     */
    public static NodePools open(Configuration configuration, Consumer<Fault> faults) {
        PoolSettings settings = new PoolSettings(configuration);
        Map<String, HikariDataSource> primaries = new PrimaryOpener(configuration, settings).open(faults);
        Map<String, NodePool> pools = new LinkedHashMap<>();
        for (Node node : configuration.nodes()) {
            HikariDataSource primary = primaries.get(node.name());
            if (primary != null) {
                List<ServerPool> replicas = IntStream.range(0, node.replicas().size())
                        .mapToObj(i -> new ServerPool(node.replicas().get(i), () -> settings.replica(node, i)))
                        .toList();
                pools.put(
                        node.name(),
                        new NodePool(
                                node,
                                ServerPool.started(node.primary(), primary),
                                replicas,
                                ReplicaSelector.of(configuration.replicaChoice())));
            }
        }
        ServerPool sequences = configuration
                .sequenceNode()
                .map(node -> new ServerPool(node.primary(), () -> settings.sequence(node)))
                .orElse(null);
        return new NodePools(pools, sequences, settings);
    }

    /**
     * Takes a connection to a node.
     *
     * @param node the node
     * @param readOnly true for a replica, or the primary when no replica gives a connection; false for the primary
     * @return a connection to close, with autocommit off, read-only if that was asked for
     * @throws ServerUnavailableException if no server gives one in time
     */
    public Connection connection(Node node, boolean readOnly) {
        return pool(node).connection(readOnly);
    }

    /**
     * Returns the server that the next read-only connection would most likely come from, without taking one.
     *
     * @param node the node
     * @return a replica, or the primary when there is none that answers
     */
    public Server readTarget(Node node) {
        return pool(node).readTarget();
    }

    /**
     * Returns a source of connections to the primary of the sequence node, apart from all pools above, so that fetching
     * numbers never waits for a connection that its own caller holds.
     *
     * @return a tiny pool, started at its first use
     */
    public ConnectionSource sequences() {
        if (sequences == null) {
            throw new ShardloomException(
                    "There is no node for global sequences. Name one with" + " shardloom.sequence.node.");
        }
        return sequences::connection;
    }

    /**
     * Opens a connection to a node's primary that belongs to no pool, for rare work that must not wait for others'. Its
     * statements may take half a minute.
     *
     * @param node the node
     * @return a connection to close, with autocommit on
     * @throws SQLException at once if the server gives none, or within the connect timeout if it does not answer
     */
    public Connection direct(Node node) throws SQLException {
        return settings.direct(node);
    }

    /**
     * Returns what each pool does.
     *
     * @return every server, primaries first within their node
     */
    public List<ServerStatus> status() {
        return pools.values().stream().flatMap(pool -> pool.status().stream()).toList();
    }

    @Override
    public void close() {
        pools.values().forEach(NodePool::close);
        if (sequences != null) {
            sequences.close();
        }
    }

    private NodePool pool(Node node) {
        NodePool pool = pools.get(node.name());
        if (pool == null) {
            throw new ServerUnavailableException(
                    "Node " + node.name() + " has no open pool (open: " + String.join(", ", pools.keySet())
                            + "). Its primary was not reached at the start.",
                    null);
        }
        return pool;
    }
}
