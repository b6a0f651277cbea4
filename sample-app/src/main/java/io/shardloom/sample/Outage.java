package io.shardloom.sample;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.server.ServerStatus;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;
import org.hibernate.Session;

/** A replica falls behind and catches up, then it is killed while reads of one user go on, and comes back. */
final class Outage {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(10);
    private static final int READS = 40;
    private static final int WRITES = 3;
    private static final String WRITE = "select pg_logical_emit_message(true, 'sample', repeat('x', 100000))";

    private final Shardloom shop;
    private final Servers servers;
    private final Screen screen;
    private final UUID user;
    private final Server replica;

    private Outage(Shardloom shop, Servers servers, Screen screen, UUID user, Server replica) {
        this.shop = shop;
        this.servers = servers;
        this.screen = screen;
        this.user = user;
        this.replica = replica;
    }

    /** Shows it on the first replica of a user's node; not where the servers are not the sample's to break. */
    static void show(Shardloom shop, Servers servers, Screen screen, UUID user, ToIntFunction<Session> port) {
        for (var replica : shop.explain(user).location().node().replicas().stream()
                .limit(1)
                .toList()) {
            var outage = new Outage(shop, servers, screen, user, replica);
            boolean killed = servers.killing(replica, kill -> {
                outage.lag();
                outage.death(kill, port);
            });
            if (killed) {
                outage.comeback();
            }
        }
    }

    private void lag() {
        screen.say("\nReplica " + replica + " stops replaying, and goes on after " + WRITES + " writes:");
        long shown = 0;
        onReplica("select pg_wal_replay_pause()");
        for (int i = 0; i < WRITES; i++) {
            shop.inTransaction(user, session -> session.doWork(connection -> Sql.rows(connection, WRITE)));
            long before = shown;
            shown = showLag(await(
                    "the probes see it further behind",
                    status -> status.lagBytes().orElse(0) > before));
        }
        onReplica("select pg_wal_replay_resume()");
        showLag(await("it has caught up", status -> status.lagBytes().orElse(-1) == 0));
    }

    private long showLag(ServerStatus status) {
        screen.say(String.format(
                Locale.ROOT,
                "  %,d bytes behind, for %.1f s",
                status.lagBytes().orElse(0),
                status.lag().orElse(Duration.ZERO).toMillis() / 1e3));
        return status.lagBytes().orElse(0);
    }

    private void death(Runnable kill, ToIntFunction<Session> port) {
        var before = new TreeMap<String, Integer>();
        var after = new TreeMap<String, Integer>();
        read(before, port);
        kill.run();
        read(after, port);
        screen.table(
                "What reads of one user got while a replica was killed (kill -9), after " + READS + " of " + 2 * READS,
                List.of("answered by", "before", "after"),
                Stream.concat(before.keySet().stream(), after.keySet().stream())
                        .distinct()
                        .sorted()
                        .<List<?>>map(who -> List.of(who, before.getOrDefault(who, 0), after.getOrDefault(who, 0)))
                        .toList());
        await("the replica is known to be down", status -> status.state() == ServerState.DOWN);
        table("The status while the replica is down");
    }

    private void read(Map<String, Integer> answers, ToIntFunction<Session> port) {
        for (int i = 0; i < READS; i++) {
            String who;
            try {
                who = "port " + shop.<Integer>readOnly(user, port::applyAsInt);
            } catch (RuntimeException e) {
                who = "nobody: the statement failed";
            }
            answers.merge(who, 1, Integer::sum);
        }
    }

    private void comeback() {
        await("the replica is back", status -> status.state() == ServerState.UP);
        table("The status after it was started again");
    }

    private void table(String title) {
        screen.table(
                title,
                List.of("node", "server", "role", "state", "lag", "in use", "served"),
                shop.status().stream()
                        .<List<?>>map(status -> List.of(
                                status.node(),
                                status.server(),
                                status.role(),
                                status.state(),
                                status.lag().map(lag -> lag.toMillis() + " ms").orElse(""),
                                status.active(),
                                status.served()))
                        .toList());
    }

    private ServerStatus status() {
        return shop.status().stream()
                .filter(status -> status.server().equals(replica))
                .findFirst()
                .orElseThrow();
    }

    /** Returns the first status of which the condition holds. */
    private ServerStatus await(String what, Predicate<ServerStatus> condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        var status = status();
        while (!condition.test(status)) {
            if (System.nanoTime() > deadline) {
                throw new SampleException("Waited " + LIMIT.toSeconds() + " s until " + what + ": " + status
                        + ". Look at " + replica + ".");
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
            status = status();
        }
        return status;
    }

    private void onReplica(String sql) {
        try (var connection = servers.monitor(replica)) {
            Sql.rows(connection, sql);
        } catch (SQLException e) {
            throw new SampleException("Cannot ask " + replica + ": " + e.getMessage(), e);
        }
    }
}
