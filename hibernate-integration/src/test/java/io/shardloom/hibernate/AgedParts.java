package io.shardloom.hibernate;

import io.shardloom.testing.EmbeddedCluster;
import java.sql.SQLException;

/**
 * Lets the prepared transactions of a database look as if they were older than they are. Recovery leaves young ones to the
 * application that has prepared them, and a test need not wait until they are of age.
 */
public final class AgedParts {
    private AgedParts() {}

    /**
     * Makes them twenty seconds older, on every node, for connections that are opened from now on.
     *
     * @param cluster its database is dropped with all that after the test
     * @throws SQLException if a server refuses
     */
    public static void on(EmbeddedCluster cluster) throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary()
                    .executeAsSuperuser(
                            "create schema aged",
                            "grant usage on schema aged to public",
                            "create view aged.pg_prepared_xacts as select transaction, gid,"
                                    + " prepared - interval '20 s' as prepared, owner, database"
                                    + " from pg_catalog.pg_prepared_xacts",
                            "grant select on aged.pg_prepared_xacts to public",
                            "alter database " + cluster.database() + " set search_path = public, aged, pg_catalog");
        }
    }
}
