package io.shardloom.testing;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * The timeline that a promotion has begun.
 *
 * @param id as the names of WAL files begin
 * @param fork the position up to which it has what the one before had
 */
record Timeline(String id, String fork) {

    /** Returns the timeline of a primary that was promoted. */
    static Timeline of(Connection promoted) throws SQLException {
        var id = EmbeddedServer.value(promoted, "select substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8)");
        var history = EmbeddedServer.value(promoted, "select pg_read_file('pg_wal/" + id + ".history')");
        var last = history.strip().lines().reduce((before, line) -> line).orElseThrow();
        return new Timeline(id, last.split("\t", -1)[1]);
    }

    /** Whether a replica has replayed more of the timeline before than the promoted one had, and so cannot follow it. */
    boolean isLostOn(Connection replica) throws SQLException {
        return "t".equals(EmbeddedServer.value(replica, "select pg_last_wal_replay_lsn() > '" + fork + "'"))
                && !isOn(replica); // asked after that: whoever follows has the file before it replays what is in it
    }

    /** Whether a replica has received some of it. */
    boolean isOn(Connection replica) throws SQLException {
        return "t"
                .equals(EmbeddedServer.value(
                        replica, "select exists (select from pg_ls_waldir() where name ~ '^" + id + "[0-9A-F]{16}$')"));
    }
}
