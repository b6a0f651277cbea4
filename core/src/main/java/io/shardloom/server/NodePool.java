package io.shardloom.server;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ServerChoice;
import io.shardloom.config.Configuration;
import io.shardloom.config.ReplicaSettings;
import io.shardloom.config.Settings;
import io.shardloom.failure.Fault;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
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
        return readOnly ? read(settings.readTarget()) : write(Member::pool);
    }

    Connection read(ReadTarget target) {
        NodeView view = servers.view();
        Connection connection =
                switch (target) {
                    case PRIMARY -> null;
                    case PREFER_REPLICA, REPLICA -> from(view.replicas());
                    case ANY -> from(view.all());
                };
        if (connection == null) {
            if (target == ReadTarget.REPLICA) {
                throw new ServerUnavailableException(
                        "Node " + servers.node().name() + " has no replica that may be read now (" + states()
                                + "). Wait for one, or let the read target be prefer-replica.",
                        null);
            }
            connection = primary(Member::pool, true);
        }
        return readOnly(connection);
    }

    Connection write(Function<Member, ServerPool> pool) {
        return primary(pool, false);
    }

    /** Returns a connection to the first of the group that gives one, from the chosen one on; null when none does. */
    private @Nullable Connection from(NodeView.Group group) {
        int size = group.size();
        if (size == 0) {
            return null;
        }
        int first = choice.choose(group);
        for (int i = 0; i < size; i++) {
            Member member = group.member(Math.floorMod(first + i, size));
            if (member.isUp()) {
                Connection connection = from(member);
                if (connection != null) {
                    return connection;
                }
            }
        }
        return null;
    }

    private @Nullable Connection from(Member member) {
        try {
            Connection connection = member.pool().connection(REPLICA_NANOS, member::isUp);
            if (member.isUp()) {
                member.served(true);
                return connection;
            }
            connection.close(); // the server was left out meanwhile
        } catch (SQLException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw interrupted(e);
            }
            servers.gaveNone(member, e);
        }
        return null;
    }

    private Connection primary(Function<Member, ServerPool> pool, boolean read) {
        long start = System.nanoTime();
        while (true) {
            NodeView view = servers.view();
            Member member = view.primary();
            if (member == null) {
                awaitPrimary(view, start);
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

    private void awaitPrimary(NodeView view, long start) {
        long deadline = start + failoverNanos();
        long left = deadline - System.nanoTime();
        if (left <= 0 || servers.isClosed()) {
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
