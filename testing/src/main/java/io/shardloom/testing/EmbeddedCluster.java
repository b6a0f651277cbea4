package io.shardloom.testing;

import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A sharded cluster of real PostgreSQL 18 servers on this machine: nodes with streaming replicas, and servers that stand
 * alone.
 *
 * <pre>{@code
 * try (var cluster = EmbeddedCluster.builder().nodes(2, 1).server("coordinator").start()) {
 *     cluster.node("n1").primary().execute("create table t (id bigint primary key)");
 *     cluster.awaitReplicas();
 *     cluster.node("n1").primary().kill();
 *     cluster.node("n1").promote(cluster.node("n1").replica(0));
 * }
 * }</pre>
 *
 * <p>Servers are set up as in a real deployment: scram-sha-256 passwords for everybody, an application user that is no
 * superuser, {@code wal_level=logical}, prepared transactions, physical slots, one system identifier for each node. They
 * listen on 127.0.0.1 only. Databases are UTF-8 with PostgreSQL's builtin {@code C.UTF-8} locale: text sorts by code
 * point, the same on every platform. {@code fsync} is off unless asked for.
 *
 * <p>The servers end, and their files go, when the cluster is closed or this JVM ends, even by {@code kill -9}. Running
 * as root is fine: PostgreSQL then runs as another user, by the first of {@code unshare}, {@code setpriv}, {@code
 * runuser} and {@code su} that works, or the one named by the system property {@code shardloom.testing.launcher}. The
 * unpacked programs stay in a cache, in the directory named by the system property {@code shardloom.testing.cache} or
 * below {@code java.io.tmpdir}. Data is kept in memory, in {@code /dev/shm}, where 4 GB are free there and {@code fsync}
 * is off, else below {@code java.io.tmpdir}, or in the directory named by {@code shardloom.testing.clusters}. Safe for use
 * by several threads.
 */
public final class EmbeddedCluster implements AutoCloseable {

    private final ClusterContext context;
    private final List<String> databases = new CopyOnWriteArrayList<>();

    private volatile Map<String, EmbeddedNode> nodes = Map.of();
    private volatile Map<String, EmbeddedServer> standalones = Map.of();
    private volatile boolean closed;

    private EmbeddedCluster(ClusterContext context) {
        this.context = context;
        databases.add(context.config().database());
    }

    /**
     * Starts the description of a cluster.
     *
     * @return a builder without any node
     */
    public static EmbeddedClusterBuilder builder() {
        return new EmbeddedClusterBuilder();
    }

    static EmbeddedCluster start(ClusterConfig config) {
        var begin = System.nanoTime();
        var cluster = new EmbeddedCluster(ClusterContext.open(config));
        try {
            cluster.startServers();
        } catch (RuntimeException | Error e) {
            try {
                cluster.close();
            } catch (RuntimeException secondary) {
                e.addSuppressed(secondary);
            }
            throw e;
        }
        config.progress()
                .accept("cluster of " + cluster.servers().size() + " servers is ready after "
                        + Duration.ofNanos(System.nanoTime() - begin).toMillis() + " ms");
        return cluster;
    }

    private void startServers() {
        var config = context.config();
        Parallel.start("warm-up", EmbeddedServer::loadDriver);
        var standalonesStarting = Parallel.start(
                "standalones",
                () -> standalones = byName(
                        Parallel.map("standalone", config.standalones(), this::startStandalone), EmbeddedServer::name));
        try {
            nodes = byName(
                    Parallel.map(
                            "node",
                            List.copyOf(config.nodes().entrySet()),
                            e -> EmbeddedNode.create(context, e.getKey(), e.getValue(), databases)),
                    EmbeddedNode::name);
        } finally {
            standalonesStarting.join();
        }
    }

    private EmbeddedServer startStandalone(String name) throws SQLException {
        var server = new EmbeddedServer(context, name);
        server.data().initialise();
        server.start();
        try (var admin = server.admin("postgres")) {
            Roles.createUser(admin, context.config());
            for (var database : databases) {
                Databases.create(admin, database, context.config().user());
            }
        }
        context.tell(name + " is up on port " + server.port());
        return server;
    }

    /**
     * Returns a node.
     *
     * @param name the node's name
     * @return the node
     * @throws IllegalArgumentException if there is none of this name; the message lists those there are
     */
    public EmbeddedNode node(String name) {
        var node = nodes.get(name);
        if (node == null) {
            throw new IllegalArgumentException(
                    "The cluster has no node '" + name + "' (nodes: " + nodes.keySet() + ").");
        }
        return node;
    }

    /**
     * Returns all nodes.
     *
     * @return the nodes, in the order in which they were named
     */
    public List<EmbeddedNode> nodes() {
        return List.copyOf(nodes.values());
    }

    /**
     * Returns a server, of a node or standalone.
     *
     * @param name the server's name: {@code n1-1}, {@code coordinator}
     * @return the server
     * @throws IllegalArgumentException if there is none of this name; the message lists those there are
     */
    public EmbeddedServer server(String name) {
        return servers().stream()
                .filter(s -> s.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "The cluster has no server '" + name + "' (servers: " + servers() + ")."));
    }

    /**
     * Returns all servers.
     *
     * @return those of all nodes, then the standalone ones
     */
    public List<EmbeddedServer> servers() {
        return Stream.concat(nodes.values().stream().flatMap(n -> n.servers().stream()), standalones.values().stream())
                .toList();
    }

    /**
     * Returns the name of the application's database.
     *
     * @return the name given to the builder, or {@code app}
     */
    public String database() {
        return context.config().database();
    }

    /**
     * Returns the application user's name.
     *
     * @return the name given to the builder, or {@code app}
     */
    public String user() {
        return context.config().user();
    }

    /**
     * Returns the application user's password.
     *
     * @return the password given to the builder, or {@code app}
     */
    public String password() {
        return context.config().password();
    }

    /**
     * Adds a node to the running cluster, with all databases that {@link #createDatabase} has made, but empty.
     *
     * @param name a name no node or server has
     * @param replicas how many replicas it gets
     * @return the node, whose replicas stream
     */
    public synchronized EmbeddedNode addNode(String name, int replicas) {
        var taken = new HashSet<String>();
        nodes.keySet().forEach(n -> taken.add(n.toLowerCase(Locale.ROOT)));
        standalones.keySet().forEach(n -> taken.add(n.toLowerCase(Locale.ROOT)));
        ClusterConfig.checkName(name, taken);
        ClusterConfig.checkReplicas(name, replicas);
        var node = EmbeddedNode.create(context, name, replicas, databases);
        nodes = byName(Stream.concat(nodes.values().stream(), Stream.of(node)).toList(), EmbeddedNode::name);
        return node;
    }

    /**
     * Creates a database, owned by the application's user, on every primary and standalone server; on return all
     * replicas have it.
     *
     * @param database its name
     */
    public synchronized void createDatabase(String database) {
        onAllPrimaries("create database " + database, server -> {
            try (var admin = server.admin("postgres")) {
                Databases.create(admin, database, user());
            }
        });
        databases.add(database);
        awaitReplicas();
    }

    /**
     * Drops a database everywhere, with all connections, prepared transactions, subscriptions and logical slots in it.
     * Does nothing on servers that do not have it.
     *
     * @param database its name
     */
    public synchronized void dropDatabase(String database) {
        onAllPrimaries("drop database " + database, server -> {
            try (var admin = server.admin("postgres")) {
                Databases.drop(server, admin, database);
            }
        });
        databases.remove(database);
        awaitReplicas();
    }

    /** Drops all databases and creates the application's anew, empty. All servers must run. */
    public synchronized void resetDatabases() {
        onAllPrimaries("reset the databases", server -> {
            try (var admin = server.admin("postgres")) {
                for (var database : Databases.all(admin)) {
                    Databases.drop(server, admin, database);
                }
                Databases.create(admin, database(), user());
            }
        });
        databases.clear();
        databases.add(database());
        awaitReplicas();
    }

    private void onAllPrimaries(String what, StepOnServer step) {
        Parallel.map("databases", primaries(), server -> {
            try {
                step.run(server);
                return true;
            } catch (SQLException e) {
                throw new EmbeddedClusterException(
                        "Cannot " + what + " on server " + server.name() + ": " + e + server.logHint(), e);
            }
        });
    }

    private interface StepOnServer {
        void run(EmbeddedServer server) throws SQLException;
    }

    /** All servers that take writes. */
    List<EmbeddedServer> primaries() {
        return Stream.concat(nodes.values().stream().map(EmbeddedNode::primary), standalones.values().stream())
                .toList();
    }

    /**
     * Waits until every replica has replayed all that its primary has committed by now. Replicas that are stopped or
     * paused are left out.
     */
    public void awaitReplicas() {
        Parallel.run(
                "await",
                nodes.values().stream()
                        .<Parallel.Step>map(node -> node::awaitReplicas)
                        .toList());
    }

    /**
     * Returns the persistence properties that describe the nodes to Shardloom, for the application's database.
     *
     * @return {@code shardloom.node.<name>.primary} and {@code .replicas}, {@code shardloom.user} and {@code .password},
     *     a {@code shardloom.connect-timeout} of 60 s and a {@code shardloom.health.timeout} of 30 s, as machines that
     *     test are busy; say a shorter one where a server is to be found hanging
     */
    public Map<String, String> shardloomProperties() {
        return shardloomProperties(database());
    }

    /**
     * Returns the persistence properties that describe the nodes to Shardloom, as they are now. Standalone servers are
     * left out, and so is {@code .replicas} of a node that has none.
     *
     * @param database the database the addresses lead to
     * @return {@code shardloom.node.<name>.primary} and {@code .replicas}, {@code shardloom.user} and {@code .password},
     *     a {@code shardloom.connect-timeout} of 60 s and a {@code shardloom.health.timeout} of 30 s, as machines that
     *     test are busy; say a shorter one where a server is to be found hanging
     */
    public Map<String, String> shardloomProperties(String database) {
        var properties = new LinkedHashMap<String, String>();
        for (var node : nodes.values()) {
            var prefix = "shardloom.node." + node.name();
            properties.put(prefix + ".primary", node.primary().jdbcUrl(database));
            if (!node.replicas().isEmpty()) {
                properties.put(
                        prefix + ".replicas",
                        node.replicas().stream().map(r -> r.jdbcUrl(database)).collect(Collectors.joining(", ")));
            }
        }
        properties.put("shardloom.user", user());
        properties.put("shardloom.password", password());
        properties.put("shardloom.connect-timeout", "60s");
        properties.put("shardloom.health.timeout", "30s");
        return properties;
    }

    /** Ends all servers at once and deletes their files. Closing twice is harmless. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        context.close();
    }

    private static <T> Map<String, T> byName(List<T> values, Function<T, String> name) {
        var map = new LinkedHashMap<String, T>();
        values.forEach(value -> map.put(name.apply(value), value));
        return Collections.unmodifiableMap(map);
    }

    @Override
    public String toString() {
        return "EmbeddedCluster " + servers();
    }
}
