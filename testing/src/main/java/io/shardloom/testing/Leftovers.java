package io.shardloom.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** What tests must not leave on a server: it would disturb the next ones, and it points at a leak in the tested code. */
final class Leftovers {

    /** A closed connection's backend takes a moment to end, and longer on a machine that is busy. */
    static final Duration GRACE = Duration.ofSeconds(60);

    /** Shorter where something is left on purpose. */
    static volatile Duration grace = GRACE;

    private static final String CONNECTIONS = """
            select format('open connection %s of user %s to database %s (%s, last statement: %s)',
                          pid, usename, datname, state, left(query, 120))
            from pg_stat_activity
            where backend_type = 'client backend' and pid <> pg_backend_pid()
            """;

    private static final String TRANSACTIONS =
            "select format('prepared transaction ''%s'' of user %s in database %s', gid, owner, database)"
                    + " from pg_prepared_xacts";

    private static final String SLOTS =
            "select format('replication slot %s (%s, database %s)', slot_name, slot_type, database)"
                    + " from pg_replication_slots where slot_type <> 'physical' or slot_name !~ '^replica_[0-9]+$'";

    private Leftovers() {}

    /** Looks at all running servers. Fails if one of them still holds something after a while. */
    static void check(EmbeddedCluster cluster) {
        var found = Parallel.map("check", cluster.servers(), Leftovers::on).stream()
                .flatMap(List::stream)
                .toList();
        if (!found.isEmpty()) {
            throw new AssertionError("The tests have left something on the servers:\n  " + String.join("\n  ", found)
                    + "\nClose what the tests open: connections and pools, prepared transactions, slots and"
                    + " subscriptions. It has been cleared away for the classes that follow.");
        }
    }

    private static List<String> on(EmbeddedServer server) {
        if (!server.isRunning() || server.isPaused()) {
            return List.of();
        }
        try (var admin = server.admin("postgres")) {
            return on(server, admin);
        } catch (SQLException e) {
            return List.of("server " + server.name() + " runs but cannot be asked: " + e.getMessage());
        }
    }

    private static List<String> on(EmbeddedServer server, Connection admin) throws SQLException {
        var limit = grace;
        var end = System.nanoTime() + limit.toNanos();
        var found = new ArrayList<String>();
        try {
            Await.until("server " + server.name() + " is free of leftovers", limit, () -> {
                found.clear();
                var isReplica = "t".equals(EmbeddedServer.value(admin, "select pg_is_in_recovery()"));
                for (var query : isReplica ? List.of(CONNECTIONS) : List.of(CONNECTIONS, TRANSACTIONS, SLOTS)) {
                    Databases.strings(admin, query).forEach(line -> found.add(server.name() + ": " + line));
                }
                return found.isEmpty();
            });
        } catch (EmbeddedClusterException stillThere) {
            if (System.nanoTime() < end) {
                throw stillThere;
            }
            clear(server, admin);
        }
        return found;
    }

    private static void clear(EmbeddedServer server, Connection admin) throws SQLException {
        EmbeddedServer.run(
                admin,
                "select pg_terminate_backend(pid) from pg_stat_activity"
                        + " where backend_type = 'client backend' and pid <> pg_backend_pid()");
        if ("t".equals(EmbeddedServer.value(admin, "select pg_is_in_recovery()"))) {
            return;
        }
        for (var database : Databases.all(admin)) {
            Databases.release(server, admin, database);
        }
        EmbeddedServer.run(
                admin,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots"
                        + " where active_pid is null and (slot_type <> 'physical' or slot_name !~ '^replica_[0-9]+$')");
    }
}
