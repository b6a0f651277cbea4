package io.shardloom.sample;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.id.ShardedUuids;
import io.shardloom.sample.model.TblUser;
import io.shardloom.server.ServerRole;
import io.shardloom.server.ServerStatus;
import io.shardloom.topology.ServerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.hibernate.Session;

/** Users whose id is the key: writes on the primaries, reads on replicas picked at random. */
final class Users implements Scenario {

    private static final int READS = 8;

    private static final String SENDERS = "select application_name, state, sync_state, sent_lsn, replay_lsn"
            + " from pg_stat_replication order by application_name";
    private static final String RECEIVERS =
            "select status, sender_host || ':' || sender_port, slot_name, flushed_lsn from pg_stat_wal_receiver";

    @Override
    public String name() {
        return "users";
    }

    @Override
    public String shows() {
        return "ids made in the application, writes on primaries, reads on replicas";
    }

    @Override
    public void run(Shardloom shop, Servers servers, Screen screen) {
        var users = Stream.of("John", "Jane", "Bob", "Alice", "Charlie")
                .map(name -> new TblUser(shop.newUuid(), name))
                .toList();
        shop.inCluster(session -> session.persistAll(users));
        servers.awaitReplicas(shop.sharding().nodes());

        screen.table("The users", List.of("id", "first_name", "partition", "node"), places(shop, users));
        screen.table(
                "Rows in each partition, " + users.size() + " in all",
                List.of("partition", "node", "rows"),
                rowsPerPartition(shop));
        openPools(shop);
        var first = users.get(0);
        screen.say("\n" + first.firstName() + " was created at " + ShardedUuids.instantOf(first.id())
                + ", says the UUIDv7 " + first.id());
        screen.table(
                "Which server does the work, as the sessions themselves are told: one write and " + READS
                        + " reads for each user",
                List.of("node", "work", "port", "in recovery", "sessions"),
                work(shop, users));
        replication(shop, servers, screen);
        Outage.show(
                shop,
                servers,
                screen,
                first.id(),
                session -> Integer.parseInt(server(session).port()));
        withoutReplicas(shop, servers, screen, first);
    }

    private static List<List<?>> places(Shardloom shop, List<TblUser> users) {
        return users.stream()
                .<List<?>>map(user -> {
                    var lives = shop.explain(user.id()).location();
                    return List.of(
                            user.id(),
                            user.firstName(),
                            "tbl_users_" + lives.shard().name(),
                            lives.node().name());
                })
                .toList();
    }

    private static List<List<?>> rowsPerPartition(Shardloom shop) {
        return shop.rowsPerShard(TblUser.class).stream()
                .<List<?>>map(count -> List.of("tbl_users_" + count.shard().name(), count.node(), count.rows()))
                .toList();
    }

    /** Reads until every replica has served one: a replica whose pool takes long to open leaves reads to the primary. */
    private static void openPools(Shardloom shop) {
        long deadline = System.nanoTime() + Servers.REPLAY_LIMIT.toNanos();
        while (shop.status().stream().anyMatch(Users::isToBeOpened) && System.nanoTime() < deadline) {
            shop.query("select count(*) from TblUser", Long.class).getSingleResult();
        }
    }

    private static boolean isToBeOpened(ServerStatus server) {
        return server.role() == ServerRole.REPLICA
                && server.served() == 0
                && (server.state() == ServerState.UP || server.state() == ServerState.BUSY);
    }

    private static List<List<?>> work(Shardloom shop, List<TblUser> users) {
        var sessions = new TreeMap<List<String>, Integer>(Comparator.comparing(List::toString));
        for (var user : users) {
            var node = shop.explain(user.id()).location().node().name();
            var writer = shop.fromTransaction(user.id(), Users::server);
            sessions.merge(List.of(node, "write", writer.port(), writer.inRecovery()), 1, Integer::sum);
            for (int i = 0; i < READS; i++) {
                var reader = shop.readOnly(user.id(), Users::server);
                sessions.merge(List.of(node, "read", reader.port(), reader.inRecovery()), 1, Integer::sum);
            }
        }
        var rows = new ArrayList<List<?>>();
        sessions.forEach((who, count) -> {
            var row = new ArrayList<Object>(who);
            row.add(count);
            rows.add(row);
        });
        return rows;
    }

    /** Which server a session works on, in the server's own words. */
    private record Worker(String port, String inRecovery) {}

    private static Worker server(Session session) {
        var sql = "select inet_server_port(), case when pg_is_in_recovery() then 'yes' else 'no' end";
        var row =
                session.doReturningWork(connection -> Sql.rows(connection, sql)).get(0);
        return new Worker(row.get(0), row.get(1));
    }

    private static void replication(Shardloom shop, Servers servers, Screen screen) {
        screen.table(
                "pg_stat_replication on the primaries",
                List.of("server", "application_name", "state", "sync_state", "sent_lsn", "replay_lsn"),
                onServers(shop, servers, ServerRole.PRIMARY, SENDERS));
        screen.table(
                "pg_stat_wal_receiver on the replicas",
                List.of("server", "status", "sender", "slot_name", "flushed_lsn"),
                onServers(shop, servers, ServerRole.REPLICA, RECEIVERS));
    }

    private static List<List<String>> onServers(Shardloom shop, Servers servers, ServerRole role, String query) {
        var rows = new ArrayList<List<String>>();
        for (var server : shop.status()) {
            if (server.role() == role) {
                try (Connection connection = servers.monitor(server.server())) {
                    Sql.rows(connection, query)
                            .forEach(row -> rows.add(
                                    Stream.concat(Stream.of(server.server().endpoint()), row.stream())
                                            .toList()));
                } catch (SQLException e) {
                    throw new SampleException("Cannot ask " + server.server() + ": " + e.getMessage(), e);
                }
            }
        }
        return rows;
    }

    private static void withoutReplicas(Shardloom shop, Servers servers, Screen screen, TblUser user) {
        var node = shop.explain(user.id()).location().node();
        var stopped = servers.withoutReplicas(node.name(), () -> {
            screen.say(
                    "\nThe replicas of " + node.name() + " are stopped now; Shardloom warns about each of them once.");
            var found = shop.readOnly(user.id(), session -> session.find(TblUser.class, user.id()));
            var server = shop.readOnly(user.id(), Users::server);
            screen.table(
                    "All replicas of " + node.name() + " are stopped: " + found.firstName() + " is read on the primary",
                    List.of("first_name", "port", "in recovery"),
                    List.of(List.of(found.firstName(), server.port(), server.inRecovery())));
        });
        if (!stopped) {
            screen.say("\nYour replicas are not stopped to show that reads would go to the primary. Columns above that"
                    + " are empty need a user with the role pg_monitor.");
        }
    }
}
