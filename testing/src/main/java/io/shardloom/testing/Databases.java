package io.shardloom.testing;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Creates databases, and drops them whatever still hangs on them. */
final class Databases {

    private Databases() {}

    static void create(Connection admin, String database, String owner) throws SQLException {
        EmbeddedServer.run(
                admin, "create database " + Roles.identifier(database) + " owner " + Roles.identifier(owner));
    }

    /** Drops it after what DROP DATABASE refuses even with FORCE: prepared transactions, subscriptions, slots. */
    static void drop(EmbeddedServer server, Connection admin, String database) throws SQLException {
        var exists = strings(admin, "select datname from pg_database where datname = " + Roles.literal(database));
        if (!exists.isEmpty()) {
            release(server, admin, database);
            EmbeddedServer.run(admin, "drop database " + Roles.identifier(database) + " with (force)");
        }
    }

    /** Rolls back a database's prepared transactions, and drops its subscriptions and its logical slots. */
    static void release(EmbeddedServer server, Connection admin, String database) throws SQLException {
        var ownDatabase = Roles.literal(database);
        var prepared = strings(admin, "select gid from pg_prepared_xacts where database = " + ownDatabase);
        var subscriptions = strings(
                admin,
                "select subname from pg_subscription s join pg_database d on d.oid = s.subdbid where d.datname = "
                        + ownDatabase);
        if (!prepared.isEmpty() || !subscriptions.isEmpty()) {
            try (var inside = server.admin(database)) {
                for (var gid : prepared) {
                    EmbeddedServer.run(inside, "rollback prepared " + Roles.literal(gid));
                }
                for (var subscription : subscriptions) {
                    var name = Roles.identifier(subscription);
                    EmbeddedServer.run(
                            inside,
                            "alter subscription " + name + " disable",
                            "alter subscription " + name + " set (slot_name = none)",
                            "drop subscription " + name);
                }
            }
        }
        EmbeddedServer.run(
                admin,
                "select pg_terminate_backend(active_pid, 60000) from pg_replication_slots"
                        + " where active_pid is not null and database = " + ownDatabase,
                "select pg_drop_replication_slot(slot_name) from pg_replication_slots where database = " + ownDatabase);
    }

    /** All databases that a caller has made, the application's own among them. */
    static List<String> all(Connection admin) throws SQLException {
        return strings(admin, "select datname from pg_database where not datistemplate and datname <> 'postgres'");
    }

    static List<String> strings(Connection connection, String query) throws SQLException {
        var values = new ArrayList<String>();
        try (var statement = connection.createStatement();
                var result = statement.executeQuery(query)) {
            while (result.next()) {
                values.add(result.getString(1));
            }
        }
        return values;
    }
}
