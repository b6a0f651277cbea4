package io.shardloom.testing;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * A node of an {@link EmbeddedCluster}: a primary and its asynchronous streaming replicas, all with the same rows.
 *
 * <p>Who is primary changes only through {@link #promote}. Safe for use by several threads; operations that change the
 * node run one after the other.
 */
public final class EmbeddedNode {

    private final ClusterContext context;
    private final String name;
    private final AtomicInteger numbers = new AtomicInteger();

    private volatile Members members;

    private record Members(EmbeddedServer primary, List<EmbeddedServer> replicas, List<EmbeddedServer> former) {
        Members {
            replicas = List.copyOf(replicas);
            former = List.copyOf(former);
        }
    }

    private EmbeddedNode(ClusterContext context, String name, int replicas) {
        this.context = context;
        this.name = name;
        var primary = newServer();
        this.members = new Members(
                primary, Stream.generate(this::newServer).limit(replicas).toList(), List.of());
    }

    /** Makes a node that is ready: the database exists, and every replica streams. */
    static EmbeddedNode create(ClusterContext context, String name, int replicas, List<String> databases) {
        var node = new EmbeddedNode(context, name, replicas);
        node.initialise(databases);
        return node;
    }

    private void initialise(List<String> databases) {
        var primary = primary();
        primary.data().initialise();
        Parallel.run(
                name + "-copy",
                replicas().stream()
                        .<Parallel.Step>map(replica -> () -> replica.data().copyFromStopped(primary.data()))
                        .toList());
        primary.start();
        try (var admin = primary.admin("postgres")) {
            Roles.createReplicator(admin, context.config());
            for (var replica : replicas()) {
                createSlot(admin, replica);
            }
            context.tell(name + " primary is up on port " + primary.port());
            var starting = Parallel.start(
                    name + "-replicas",
                    () -> Parallel.run(
                            name + "-replica",
                            replicas().stream()
                                    .<Parallel.Step>map(replica -> () -> startReplica(replica))
                                    .toList()));
            Roles.createUser(admin, context.config());
            for (var database : databases) {
                Databases.create(admin, database, context.config().user());
            }
            starting.join();
            awaitStreaming(admin, replicas());
            awaitReplay(admin, replicas());
        } catch (SQLException e) {
            throw new EmbeddedClusterException("Node " + name + " cannot be set up: " + e + primary.logHint(), e);
        }
    }

    private void startReplica(EmbeddedServer replica) {
        replica.data().follow(primary().port(), replica.name(), slot(replica));
        replica.start();
        context.tell(name + " replica " + replica.name() + " is up on port " + replica.port());
    }

    /**
     * Returns the node's name.
     *
     * @return the name given to the cluster's builder
     */
    public String name() {
        return name;
    }

    /**
     * Returns the server that takes writes, running or not.
     *
     * @return the first server, or the last one promoted
     */
    public EmbeddedServer primary() {
        return members.primary();
    }

    /**
     * Returns the servers that follow the primary, running or not.
     *
     * @return the replicas, oldest first
     */
    public List<EmbeddedServer> replicas() {
        return members.replicas();
    }

    /**
     * Returns one replica.
     *
     * @param index its place in {@link #replicas()}, from 0
     * @return the replica
     */
    public EmbeddedServer replica(int index) {
        return members.replicas().get(index);
    }

    /**
     * Returns all servers: the primary, the replicas, and primaries of former times that have not rejoined.
     *
     * @return the servers, the primary first
     */
    public List<EmbeddedServer> servers() {
        var now = members;
        return Stream.of(List.of(now.primary()), now.replicas(), now.former())
                .flatMap(List::stream)
                .toList();
    }

    /**
     * Adds a replica while the primary goes on working: a base backup by file copy, then streaming.
     *
     * @return the new replica, which streams
     */
    public synchronized EmbeddedServer addReplica() {
        var replica = newServer();
        cloneAndFollow(replica);
        var now = members;
        members = new Members(
                now.primary(),
                Stream.concat(now.replicas().stream(), Stream.of(replica)).toList(),
                now.former());
        return replica;
    }

    /**
     * Makes a replica the primary, and lets the other replicas follow it; those that run stream from it on return. One
     * that has received more than the new primary had is made anew from a copy, and loses it.
     *
     * <p>The old primary is left as it is. Stop or kill it before, as a real failover would; one that still runs, or is
     * started again, makes a split brain. {@link #rejoin} takes it back as a replica.
     *
     * @param replica a running replica of this node
     */
    public synchronized void promote(EmbeddedServer replica) {
        var now = members;
        if (!now.replicas().contains(replica)) {
            throw new IllegalArgumentException("Server " + replica.name() + " is no replica of node " + name
                    + " (replicas: " + now.replicas() + ").");
        }
        var others = now.replicas().stream().filter(r -> r != replica).toList();
        try (var admin = replica.admin("postgres")) {
            var seconds = Math.max(1, context.config().deadline().toSeconds());
            if (!"t".equals(EmbeddedServer.value(admin, "select pg_promote(true, " + seconds + ")"))) {
                throw new EmbeddedClusterException("Server " + replica.name() + " was told to become primary and was"
                        + " not within " + seconds + " s." + replica.logHint());
            }
            var former = new ArrayList<>(now.former());
            former.add(now.primary());
            members = new Members(replica, others, former);
            for (var other : others) {
                createSlot(admin, other);
                other.data().pointTo(replica.port(), other.name(), slot(other));
                if (other.isRunning()) {
                    other.reload();
                }
            }
            context.tell(name + " primary is now " + replica.name() + " on port " + replica.port());
            var timeline = Timeline.of(admin);
            for (var other : others) {
                if (other.isRunning() && !other.isPaused()) {
                    letFollow(other, admin, timeline);
                }
            }
        } catch (SQLException | IOException e) {
            throw new EmbeddedClusterException(
                    "Server " + replica.name() + " cannot become primary of node " + name + ": " + e
                            + replica.logHint(),
                    e);
        }
    }

    /**
     * Takes a former primary back as a replica, or a replica that cannot follow any more. What only it had is lost: its
     * files are replaced by a copy of the primary's.
     *
     * @param server a former primary or a replica of this node; it is stopped if it runs
     */
    public synchronized void rejoin(EmbeddedServer server) {
        var now = members;
        if (!now.former().contains(server) && !now.replicas().contains(server)) {
            throw new IllegalArgumentException(
                    "Server " + server.name() + " is no former primary and no replica of node " + name
                            + " (former primaries: " + now.former() + ", replicas: " + now.replicas() + ").");
        }
        server.stopImmediate();
        cloneAndFollow(server);
        members = new Members(
                now.primary(),
                Stream.concat(now.replicas().stream().filter(s -> s != server), Stream.of(server))
                        .toList(),
                now.former().stream().filter(s -> s != server).toList());
    }

    /**
     * Waits until every replica has replayed all that the primary has committed by now. Replicas that are stopped or
     * paused are left out.
     */
    public void awaitReplicas() {
        var working = replicas().stream()
                .filter(replica -> replica.isRunning() && !replica.isPaused())
                .toList();
        if (working.isEmpty()) {
            return;
        }
        try (var admin = primary().admin("postgres")) {
            awaitReplay(admin, working);
        } catch (SQLException e) {
            throw new EmbeddedClusterException("Cannot compare the servers of node " + name + ": " + e, e);
        }
    }

    private void awaitReplay(Connection admin, List<EmbeddedServer> followers) throws SQLException {
        // A flushed record of our own also carries what asynchronous commits have left in memory.
        var lsn = EmbeddedServer.value(admin, "select pg_logical_emit_message(false, 'shardloom', '', true)");
        var query = "select pg_last_wal_replay_lsn() >= '" + lsn + "'::pg_lsn";
        for (var follower : followers) {
            try (var connection = follower.admin("postgres")) {
                Await.until(
                        "replica " + follower.name() + " has replayed " + lsn,
                        context.config().deadline(),
                        () -> "t".equals(EmbeddedServer.value(connection, query)),
                        follower::logHint);
            }
        }
    }

    private void cloneAndFollow(EmbeddedServer replica) {
        var primary = primary();
        try (var admin = primary.admin("postgres")) {
            EmbeddedServer.run(
                    admin,
                    "select pg_terminate_backend(active_pid, 60000) from pg_replication_slots where slot_name = '"
                            + slot(replica) + "' and active_pid is not null");
            EmbeddedServer.run(
                    admin,
                    "select pg_drop_replication_slot(slot_name) from pg_replication_slots where slot_name = '"
                            + slot(replica) + "'");
            createSlot(admin, replica);
            EmbeddedServer.run(admin, "select pg_backup_start('" + replica.name() + "', fast => true)");
            replica.data().copyFromRunning(primary.data());
            var label = EmbeddedServer.value(admin, "select labelfile from pg_backup_stop(wait_for_archive => false)");
            replica.data().writeFile("backup_label", label);
            startReplica(replica);
            awaitStreaming(admin, List.of(replica));
        } catch (SQLException | IOException e) {
            throw new EmbeddedClusterException(
                    "Server " + primary.name() + " cannot be copied to " + replica.name() + ": " + e, e);
        }
    }

    private void letFollow(EmbeddedServer other, Connection admin, Timeline timeline) throws SQLException {
        var lost = new AtomicBoolean();
        try (var connection = other.admin("postgres")) {
            Await.until(
                    "replica " + other.name() + " streams from " + primary().name(),
                    context.config().deadline(),
                    () -> {
                        lost.set(timeline.isLostOn(connection));
                        // One that is lost streams for moments too, up to where the timelines part.
                        return lost.get() || (timeline.isOn(connection) && streams(admin, other));
                    },
                    other::logHint);
        }
        if (lost.get()) {
            other.stopImmediate();
            cloneAndFollow(other);
        }
    }

    private void awaitStreaming(Connection admin, List<EmbeddedServer> followers) {
        for (var follower : followers) {
            Await.until(
                    "replica " + follower.name() + " streams from " + primary().name(),
                    context.config().deadline(),
                    () -> streams(admin, follower),
                    follower::logHint);
        }
    }

    private static boolean streams(Connection admin, EmbeddedServer follower) throws SQLException {
        return "t"
                .equals(EmbeddedServer.value(
                        admin,
                        "select exists (select from pg_stat_replication where state = 'streaming'"
                                + " and application_name = '" + follower.name() + "')"));
    }

    private static void createSlot(Connection admin, EmbeddedServer replica) throws SQLException {
        EmbeddedServer.run(admin, "select pg_create_physical_replication_slot('" + slot(replica) + "', true)");
    }

    /** The slot a server of this number uses on whichever primary it follows. */
    static String slot(EmbeddedServer server) {
        return "replica_" + server.name().substring(server.name().lastIndexOf('-') + 1);
    }

    private EmbeddedServer newServer() {
        return new EmbeddedServer(context, name + "-" + numbers.incrementAndGet());
    }

    @Override
    public String toString() {
        return name + " " + servers();
    }
}
