package io.shardloom.testing;

import java.sql.Connection;
import java.sql.SQLException;

/** The roles of a new server, next to its superuser. */
final class Roles {

    private Roles() {}

    static void createReplicator(Connection admin, ClusterConfig config) throws SQLException {
        EmbeddedServer.run(
                admin,
                "create role " + ClusterConfig.REPLICATOR + " login replication password "
                        + literal(config.adminPassword()));
    }

    static void createUser(Connection admin, ClusterConfig config) throws SQLException {
        EmbeddedServer.run(
                admin, "create role " + identifier(config.user()) + " login password " + literal(config.password()));
    }

    static String identifier(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    static String literal(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
