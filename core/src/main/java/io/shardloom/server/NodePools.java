package io.shardloom.server;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.config.Configuration;
import io.shardloom.config.Settings;
import io.shardloom.event.ShardingListener;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One HikariCP pool for each server, and the health of all of them. Thread-safe; {@link #close()} closes every pool.
 *
 * <p>Connections have autocommit off and no statement of ours on the path. Each server is probed in the background over
 * a connection of its own. Reads go to replicas that answer and are fresh, writes to the server that is the node's primary
 * at the moment: a promotion is followed by itself, and a primary of former times gets nothing any more.
 */
public final class NodePools implements AutoCloseable {

    /** How long a probe that is under way may hold up {@link #close()}. */
    private static final Duration CLOSE_GRACE = Duration.ofMillis(200);

    private final Map<String, NodePool> pools;
    private final Events events;
    private final @Nullable NodePool sequences;
    private final Configuration configuration;
    private final PoolSettings settings;
    private final long started;
    private volatile boolean replicas;

    private NodePools(
            Map<String, NodePool> pools,
            Events events,
            @Nullable NodePool sequences,
            Configuration configuration,
            PoolSettings settings,
            long started) {
        this.pools = pools;
        this.events = events;
        this.sequences = sequences;
        this.configuration = configuration;
        this.settings = settings;
        this.started = started;
        this.replicas = hasReplicas(configuration);
    }

    private static boolean hasReplicas(Configuration configuration) {
        return configuration.nodes().stream().anyMatch(node -> !node.replicas().isEmpty());
    }

    /**
     * Finds the primaries of all nodes in parallel and opens their pools; those of replicas start at their first use.
     *
     * @param configuration without faults
     * @return the pools, all primaries reached
     * @throws ConfigurationException with a fault for every node without a primary that can be reached
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
     * Finds the primaries of all nodes in parallel, opens their pools, and reports the faults instead of throwing them.
     *
     * @param configuration its nodes are opened, whatever its faults are
     * @param faults is given a fault for every node without a primary that can be reached
     * @return the pools, to be closed in any case
     */
    public static NodePools open(Configuration configuration, Consumer<Fault> faults) {
        NodePools opening = start(configuration);
        opening.awaitPrimaries(faults);
        return opening;
    }

    /**
     * Begins to look for the primaries of all nodes and returns at once, so that other work can be done meanwhile.
     *
     * @param configuration its nodes are opened, whatever its faults are
     * @return the pools, to be closed in any case, of no use before {@link #awaitPrimaries}
     */
    public static NodePools start(Configuration configuration) {
        long started = System.nanoTime();
        PoolSettings settings = new PoolSettings(configuration);
        Epochs epochs = new Epochs();
        Events events = new Events();
        boolean keepsEpochs = hasReplicas(configuration);
        Map<String, NodePool> pools = new LinkedHashMap<>();
        for (Node node : configuration.nodes()) {
            var replicas = configuration.replicas(node.name());
            pools.put(
                    node.name(),
                    new NodePool(new NodeServers(node, settings, replicas, epochs, keepsEpochs, events), replicas));
        }
        pools.values().forEach(pool -> pool.servers().start());
        return new NodePools(
                pools,
                events,
                configuration.sequenceNode().map(node -> pools.get(node.name())).orElse(null),
                configuration,
                settings,
                started);
    }

    /**
     * Waits until the primaries are found, and opens their pools.
     *
     * @param faults is given a fault for every node without a primary that could be reached since {@link #start}
     * @throws ShardloomException if the thread is interrupted; all is closed then
     */
    public void awaitPrimaries(Consumer<Fault> faults) {
        long deadline = started + configuration.connectTimeout().toNanos();
        try {
            for (NodePool pool : pools.values()) {
                pool.servers().awaitFirstView(deadline);
            }
        } catch (InterruptedException e) {
            close();
            Thread.currentThread().interrupt();
            throw new ShardloomException("Interrupted while connecting to the primaries. Start again.", e);
        }
        for (NodePool pool : pools.values()) {
            pool.servers().started();
            Member primary = pool.servers().view().primary();
            if (primary == null) {
                faults.accept(pool.whyNoPrimary(configuration, Duration.ofNanos(System.nanoTime() - started)));
            } else {
                primary.pool().warmUp();
            }
        }
        SameServer.tell(pools.values(), faults);
    }

    /**
     * Takes a connection to a node.
     *
     * @param node the node
     * @param readOnly true for the configured read target, by default a replica, or the primary when no replica gives a
     *     connection; false for the primary
     * @return a connection to close, with autocommit off, read-only if that was asked for
     * @throws ServerUnavailableException if no server gives one in time
     */
    public Connection connection(Node node, boolean readOnly) {
        return pool(node).connection(readOnly);
    }

    /**
     * Connects to a node's primary for schema management, as the schema's user where there is one.
     *
     * @param node the node
     * @return a connection to close
     * @throws ServerUnavailableException if the schema's user is refused, or no connection is given in time
     */
    public Connection schemaConnection(Node node) {
        var credentials = configuration.schemaCredentials();
        if (credentials.isEmpty()) {
            return connection(node, false);
        }
        try {
            return settings.schema(node, writeTarget(node)).open();
        } catch (SQLException e) {
            throw new ServerUnavailableException(
                    "The primary " + writeTarget(node).endpoint() + " of node " + node.name()
                            + " gave no connection to the schema's user " + credentials.get() + " ("
                            + ConnectFaults.reason(e) + "). Check " + Settings.SCHEMA_USER + " and "
                            + Settings.SCHEMA_PASSWORD + ".",
                    e);
        }
    }

    /**
     * Takes a read-only connection to a node.
     *
     * @param node the node
     * @param target which servers may take the read
     * @return a connection to close, with autocommit off, read-only
     * @throws ServerUnavailableException if no such server gives one in time
     */
    public Connection connection(Node node, ReadTarget target) {
        return pool(node).read(target);
    }

    /**
     * Takes a read-only connection to a node that sees at least what a token stands for: a replica that has replayed it,
     * waited for as long as {@code shardloom.replica.token-wait} says, else the primary.
     *
     * @param node the node
     * @param target which servers may take the read
     * @param token taken by {@link #token}
     * @return a connection to close, with autocommit off, read-only
     * @throws ServerUnavailableException if no such server gives one in time
     * @throws IllegalArgumentException if the token is of another node
     */
    public Connection connection(Node node, ReadTarget target, ReadToken token) {
        return pool(node).read(target, token);
    }

    /**
     * Takes a token for later reads that must see what was committed so far, in one round trip.
     *
     * @param node the node
     * @param connection a connection to its primary after the commit, in no transaction
     * @return the token
     * @throws SQLException if the server does not answer
     */
    public ReadToken token(Node node, Connection connection) throws SQLException {
        return TokenReads.take(pool(node).servers().node().name(), connection);
    }

    /**
     * Takes a read-only connection to a node that sees at least what a token stands for, from the configured read target.
     *
     * @param node the node
     * @param token taken by {@link #token}
     * @return a connection to close, with autocommit off, read-only
     * @throws ServerUnavailableException if no such server gives one in time
     * @throws IllegalArgumentException if the token is of another node
     */
    public Connection connection(Node node, ReadToken token) {
        return pool(node).read(token);
    }

    /**
     * Takes a token for later reads that must see what was committed so far, in one round trip over a connection of its
     * own.
     *
     * @param node the node
     * @return the token
     * @throws ServerUnavailableException if the primary gives no connection in time, or is lost meanwhile
     */
    public ReadToken token(Node node) {
        return pool(node).token();
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
     * Returns which process of its server a connection leads to; nothing is asked for it.
     *
     * @param node the node that gave the connection
     * @param connection from {@link #connection}
     * @return the process, as {@code pg_backend_pid()} says it; 0 when it is not known
     */
    public int backend(Node node, Connection connection) {
        return pool(node).backend(connection);
    }

    /**
     * Returns the server that takes a node's writes now.
     *
     * @param node the node
     * @return its primary; while there is none, the one it was configured with
     */
    public Server writeTarget(Node node) {
        return pool(node).writeTarget();
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
                    "There is no node for global sequences. Name one with shardloom.sequence.node.");
        }
        return () -> sequences.write(Member::sequences);
    }

    /**
     * Returns the node that global sequences come from.
     *
     * @return the configured one, by default the first
     */
    public Node sequenceNode() {
        return configuration
                .sequenceNode()
                .orElseThrow(() -> new ShardloomException(
                        "There is no node for global sequences. Name one with shardloom.sequence.node."));
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
        return settings.direct(node, writeTarget(node)).open();
    }

    /**
     * Returns what is known about each server, and what its pool does.
     *
     * @return every server, in the order of the configuration
     */
    public List<ServerStatus> status() {
        return pools.values().stream().flatMap(pool -> pool.status().stream()).toList();
    }

    /**
     * Adds a replica to a node while work goes on. It is read as soon as a probe has found it well; it has weight 1 and no
     * zone. Only this application knows of it, until it is started with another configuration.
     *
     * @param node the node, such as {@code sharding.node("n1")}
     * @param url the JDBC URL of one server, without user and password
     * @return the server
     * @throws IllegalArgumentException if the URL is not of that form, or the node has the server already
     */
    public Server addReplica(Node node, String url) {
        Server server = Configuration.server(url);
        NodePool pool = pool(node);
        replicas = true;
        pools.values().forEach(each -> each.servers().keepEpochs());
        pool.servers().add(server);
        return server;
    }

    /**
     * Tells whether reads may come from a replica.
     *
     * @return true if any node has been configured with one, or was given one since
     */
    public boolean hasReplicas() {
        return replicas;
    }

    /**
     * Removes a replica from a node while work goes on. It gets no more work; what is in use may end, for 5 minutes at
     * most, before its pool closes.
     *
     * @param node the node
     * @param server one of its servers that is not its primary now, as {@link #addReplica} or {@link #status()} returns it
     * @throws IllegalArgumentException if it is not
     */
    public void removeReplica(Node node, Server server) {
        pool(node).servers().remove(server);
    }

    /**
     * Has a listener told what happens to the servers from now on.
     *
     * @param listener is called on a thread of its own, one event at a time
     */
    public void addListener(ShardingListener listener) {
        events.add(listener);
    }

    /**
     * Has a listener told nothing any more.
     *
     * @param listener one that was added
     */
    public void removeListener(ShardingListener listener) {
        events.remove(listener);
    }

    @Override
    public void close() {
        List<Prober> probers = new ArrayList<>();
        pools.values().forEach(pool -> probers.addAll(pool.servers().stop()));
        pools.values().forEach(pool -> pool.servers().close());
        probers.forEach(prober -> prober.awaitEnd(CLOSE_GRACE));
        events.close();
    }

    private NodePool pool(Node node) {
        NodePool pool = pools.get(node.name());
        if (pool == null) {
            throw new ServerUnavailableException(
                    "Node " + node.name() + " has no open pool (open: " + String.join(", ", pools.keySet()) + ").",
                    null);
        }
        return pool;
    }
}
