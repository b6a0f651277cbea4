package io.shardloom.sample;

import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The PostgreSQL servers the scenarios run on: two nodes, {@code n1} and {@code n2}. */
interface Servers extends AutoCloseable {

    Duration REPLAY_LIMIT = Duration.ofSeconds(60);

    /** Returns the {@code shardloom.*} properties that name the servers. */
    Map<String, String> properties();

    /** Connects past Shardloom with as many rights as there are, to look at what the servers say of themselves. */
    Connection monitor(Server server) throws SQLException;

    /**
     * Does work while all replicas of a node are stopped, then starts them again.
     *
     * @return false if these servers are not the sample's to stop; then nothing is done
     */
    boolean withoutReplicas(String node, Runnable work);

    /**
     * Does work that is given the means to kill a replica, then starts the replica again.
     *
     * @return false if these servers are not the sample's to kill; then nothing is done
     */
    boolean killing(Server replica, Consumer<Runnable> work);

    /** Returns a line for each server: what it is, and its address for {@code psql}. */
    List<String> psqlUrls();

    @Override
    void close();

    /** Connects past Shardloom as the application's user. */
    default Connection connect(Server server) throws SQLException {
        return DriverManager.getConnection(
                server.url(), properties().get("shardloom.user"), properties().get("shardloom.password"));
    }

    /** Waits until the replicas show what the primaries have committed, so that the sample prints the same every time. */
    default void awaitReplicas(List<Node> nodes) {
        for (var node : nodes) {
            try (var primary = connect(node.primary())) {
                var written =
                        Sql.rows(primary, "select pg_current_wal_lsn()").get(0).get(0);
                for (var replica : node.replicas()) {
                    try (var connection = connect(replica)) {
                        awaitReplay(connection, replica, written);
                    }
                }
            } catch (SQLException e) {
                throw new SampleException(
                        "Cannot compare node " + node.name() + " and its replicas: " + e.getMessage(), e);
            }
        }
    }

    private static void awaitReplay(Connection replica, Server server, String written) throws SQLException {
        var replayed = "select coalesce(pg_last_wal_replay_lsn() >= cast(? as pg_lsn), false)";
        var deadline = System.nanoTime() + REPLAY_LIMIT.toNanos();
        while (!Sql.rows(replica, replayed, written).get(0).get(0).equals("t")) {
            if (System.nanoTime() > deadline) {
                throw new SampleException("Replica " + server + " is more than " + REPLAY_LIMIT.toSeconds()
                        + " s behind its primary. Look at pg_stat_wal_receiver there.");
            }
            Thread.onSpinWait();
        }
    }
}
