package io.shardloom.server;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.choice.ServerChoice;
import io.shardloom.config.Configuration;
import io.shardloom.config.ReplicaSettings;
import io.shardloom.config.Settings;
import io.shardloom.failure.Fault;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Takes connections to the servers of one node. Thread-safe. */
final class NodePool {

    /** A busy replica is given up after this long, because another server can take the read. */
    private static final long REPLICA_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final NodeServers servers;
    private final ReplicaSettings settings;
    private final ServerChoice choice;

    NodePool(NodeServers servers, ReplicaSettings settings) {
        this.servers = servers;
        this.settings = settings;
        this.choice = settings.choice().get();
    }

    NodeServers servers() {
        return servers;
    }

    Connection connection(boolean readOnly) {
        if (readOnly) {
            return read(settings.readTarget());
        }
        Connection connection = write(Member::pool);
        OwnWrites own = OwnWrites.current();
        if (own != null) {
            own.wrote(servers.node().name(), connection);
        }
        return connection;
    }

    Connection read(ReadTarget target) {
        OwnWrites own = OwnWrites.current();
        ReadToken needed = own == null ? null : own.needed(servers);
        if (needed != null) {
            return read(target, needed, Duration.ZERO);
        }
        NodeView view = servers.view();
        Connection connection =
                switch (target) {
                    case PRIMARY -> null;
                    case PREFER_REPLICA, REPLICA -> from(view.replicas(), null, Duration.ZERO);
                    case ANY -> from(view.all(), null, Duration.ZERO);
                };
        return readOnly(connection == null ? insteadOfReplica(target, "may be read now") : connection);
    }

    Connection read(ReadTarget target, ReadToken token) {
        if (!token.node().equals(servers.node().name())) {
            throw new IllegalArgumentException("The token " + token + " is of another node than "
                    + servers.node().name() + ". Give each node its own token.");
        }
        return read(target, token, settings.tokenWait());
    }

    Connection read(ReadToken token) {
        return read(settings.readTarget(), token);
    }

    /** Takes no write of the work that asks, see {@link OwnWrites}. */
    ReadToken token() {
        try (Connection connection = primary(Member::pool, true)) {
            return TokenReads.take(servers.node().name(), connection);
        } catch (SQLException e) {
            throw new ServerUnavailableException(
                    "The primary of node " + servers.node().name() + " gave no token (" + ConnectFaults.reason(e)
                            + "). What was committed stays so. Ask again, or read from the primary.",
                    e);
        }
    }

    private Connection read(ReadTarget target, ReadToken token, Duration wait) {
        NodeView view = token.equals(OwnWrites.PRIMARY_ONLY) ? servers.view() : awaitEpoch(token.timeline());
        Connection connection = null;
        // Positions of different timelines are not compared: after a promotion the new primary alone has all there is.
        if (target != ReadTarget.PRIMARY && view.epoch() == token.timeline()) {
            connection = from(view.replicas(), token, wait);
        }
        return readOnly(connection == null ? insteadOfReplica(target, "is as new as asked for") : connection);
    }

    private Connection insteadOfReplica(ReadTarget target, String lack) {
        if (target == ReadTarget.REPLICA) {
            throw new ServerUnavailableException(
                    "Node " + servers.node().name() + " has no replica that " + lack + " (" + states()
                            + "). Wait for one, or let the read target be prefer-replica.",
                    null);
        }
        return primary(Member::pool, true);
    }

    /** A token may tell of a promotion before the probes do; the old primary must not answer it. */
    private NodeView awaitEpoch(int timeline) {
        long start = System.nanoTime();
        NodeView view = servers.view();
        while (view.epoch() < timeline) {
            awaitOtherView(view, start);
            view = servers.view();
        }
        return view;
    }

    Connection write(Function<Member, ServerPool> pool) {
        return primary(pool, false);
    }

    /** Returns a connection to the first of the group that gives one, from the chosen one on; null when none does. */
    private @Nullable Connection from(NodeView.Group group, @Nullable ReadToken token, Duration wait) {
        int size = group.size();
        if (size == 0) {
            return null;
        }
        int first = choice.choose(group);
        for (int i = 0; i < size; i++) {
            Member member = group.member(Math.floorMod(first + i, size));
            if (member.isUp()) {
                // The first one may take its time; those after it are taken only if they have come far enough by then.
                Connection connection = from(member, token, i == 0 ? wait : Duration.ZERO);
                if (connection != null) {
                    return connection;
                }
            }
        }
        return null;
    }

    private @Nullable Connection from(Member member, @Nullable ReadToken token, Duration wait) {
        try {
            Connection connection = member.pool().connection(REPLICA_NANOS, member::isUp);
            if ((token == null || reached(member, connection, token, wait)) && member.isUp()) {
                member.served(true);
                return connection;
            }
            connection.close(); // too old, or left out meanwhile
        } catch (SQLException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted(e);
            }
            servers.gaveNone(member, e);
        }
        return null;
    }

    private static boolean reached(Member member, Connection connection, ReadToken token, Duration wait)
            throws SQLException {
        try {
            return TokenReads.hasReached(member, connection, token, wait);
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Connection primary(Function<Member, ServerPool> pool, boolean read) {
        long start = System.nanoTime();
        while (true) {
            NodeView view = servers.view();
            Member member = view.primary();
            if (member == null) {
                awaitOtherView(view, start);
                continue;
            }
            ServerPool chosen = pool.apply(member);
            try {
                Connection connection = chosen.connection();
                // What is taken from the pool of a server that is no longer the primary could write beside the new one.
                if (servers.view().primary() == member) {
                    if (chosen == member.pool()) {
                        member.served(read);
                    }
                    return connection;
                }
                connection.close();
            } catch (SQLException e) {
                if (Thread.currentThread().isInterrupted()) {
                    throw interrupted(e);
                }
                if (servers.isClosed()) {
                    throw closed(e);
                }
                if (servers.view().primary() == member) {
                    long waited = System.nanoTime() - start;
                    long slack = TimeUnit.MILLISECONDS.toNanos(ServerPool.SLICE_MILLIS) / 2;
                    if (chosen.isClosed() || waited >= chosen.timeoutNanos() - slack) {
                        throw noConnection(member, chosen, waited, e);
                    }
                }
            }
        }
    }

    private void awaitOtherView(NodeView view, long start) {
        long deadline = start + failoverNanos();
        long left = deadline - System.nanoTime();
        if (servers.isClosed()) {
            throw closed(null);
        }
        if (left <= 0) {
            throw new ServerUnavailableException(
                    String.format(
                            Locale.ROOT,
                            "Node %s has had no primary for %.1f s (%s). Nothing was sent. Look after its servers, or"
                                    + " promote a replica: it is found by itself.",
                            servers.node().name(),
                            (System.nanoTime() - start) / (double) TimeUnit.SECONDS.toNanos(1),
                            states()),
                    null);
        }
        try {
            servers.awaitOtherView(view, left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    private long failoverNanos() {
        return settings.failoverTimeout()
                .map(Duration::toNanos)
                .orElseGet(() -> servers.members().get(0).pool().timeoutNanos());
    }

    private ServerUnavailableException closed(@Nullable SQLException cause) {
        return new ServerUnavailableException(
                "Node " + servers.node().name()
                        + " was closed, with the persistence unit or the Sharding it belongs to. Nothing was sent. Open a"
                        + " new one.",
                cause);
    }

    private ServerUnavailableException interrupted(Exception cause) {
        return new ServerUnavailableException(
                "Interrupted while waiting for a connection to node "
                        + servers.node().name() + ". Try again.",
                cause);
    }

    private ServerUnavailableException noConnection(Member member, ServerPool pool, long waited, SQLException cause) {
        return new ServerUnavailableException(
                String.format(
                        Locale.ROOT,
                        "The primary %s of node %s gave no connection in %.1f s (%s; pool: %d in use, %d idle)."
                                + " Look after the server, or raise shardloom.hikari.maximumPoolSize if all"
                                + " connections are in use.",
                        member.server().endpoint(),
                        servers.node().name(),
                        waited / (double) TimeUnit.SECONDS.toNanos(1),
                        ConnectFaults.reason(cause),
                        pool.active(),
                        pool.idle()),
                cause);
    }

    /** Returns the fault of a start that has found no primary. */
    Fault whyNoPrimary(Configuration configuration, Duration waited) {
        SQLException failure = servers.failureOfConfiguredPrimary();
        Node node = servers.node();
        if (failure == null && servers.members().get(0).health().state() != ServerState.UNKNOWN) {
            return new Fault(
                    Settings.NODE_PREFIX + node.name() + "." + Settings.PRIMARY,
                    node.primary().url(),
                    "none of the node's servers is its primary (" + states()
                            + "). Name the server that takes its writes, or promote one.");
        }
        return ConnectFaults.of(
                node,
                configuration,
                failure == null ? new SQLTimeoutException("the server does not answer") : failure,
                waited);
    }

    private String states() {
        return servers.members().stream()
                .map(member -> member + " " + member.health().state()
                        + (member.health().lastError() == null
                                ? ""
                                : ": " + member.health().lastError()))
                .collect(Collectors.joining("; "));
    }

    /** Returns the server process of a connection of this node's pools; 0 when it is not known. */
    int backend(Connection connection) {
        for (Member member : servers.members()) {
            try {
                int backend = member.pool().backend(connection);
                if (backend != 0) {
                    return backend;
                }
            } catch (SQLException e) {
                return 0; // it is closed
            }
        }
        return 0;
    }

    /** Returns where the next read would most likely go. */
    Server readTarget() {
        NodeView view = servers.view();
        NodeView.Group group =
                switch (settings.readTarget()) {
                    case PRIMARY -> NodeView.NOBODY;
                    case PREFER_REPLICA, REPLICA -> view.replicas();
                    case ANY -> view.all();
                };
        return group.size() == 0 ? writeTarget() : group.server(Math.floorMod(choice.peek(group), group.size()));
    }

    /** Returns the primary, or the configured one while there is none. */
    Server writeTarget() {
        Member primary = servers.view().primary();
        return primary == null ? servers.node().primary() : primary.server();
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
                    "A connection of node " + servers.node().name() + " could not be made read-only ("
                            + ConnectFaults.reason(e) + "). Try again.",
                    e);
        }
    }

    List<ServerStatus> status() {
        List<ServerStatus> all = new ArrayList<>();
        Member primary = servers.view().primary();
        for (Member member : servers.members()) {
            Health health = member.health();
            all.add(new ServerStatus(
                    servers.node().name(),
                    member.server(),
                    member == primary ? ServerRole.PRIMARY : ServerRole.REPLICA,
                    health.state(),
                    health.timeline(),
                    health.lagBytes() < 0 ? OptionalLong.empty() : OptionalLong.of(health.lagBytes()),
                    health.lagNanos() < 0 ? Optional.empty() : Optional.of(Duration.ofNanos(health.lagNanos())),
                    member.pool().active(),
                    member.pool().idle(),
                    member.reads(),
                    member.writes(),
                    Optional.ofNullable(health.lastError())));
        }
        return all;
    }
}
