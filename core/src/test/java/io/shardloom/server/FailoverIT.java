package io.shardloom.server;

import static io.shardloom.server.Statuses.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.config.Configuration;
import io.shardloom.event.ShardingEvent;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ServerState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A primary is lost, somebody promotes a replica, and clients go on. */
@WithCluster(nodes = 2, replicas = 2, shared = false)
class FailoverIT {

    private static final Duration SOON = Duration.ofSeconds(60);

    private static EmbeddedCluster cluster;

    private EmbeddedNode n1;
    private EmbeddedServer old;
    private Configuration configuration;

    @BeforeEach
    void prepare() throws SQLException {
        n1 = cluster.node("n1");
        old = n1.primary();
        Load.prepare(old);
        n1.awaitReplicas();
        configuration = configuration(properties());
        // What is acknowledged has reached both replicas, so that a promotion of either loses nothing.
        synchronous(
                old,
                "ANY 2 (\"" + n1.replica(0).name() + "\",\"" + n1.replica(1).name() + "\")");
    }

    @AfterEach
    void mend() throws SQLException {
        if (old.isPaused()) {
            old.resume();
        }
        if (n1.primary() == old) {
            old.start();
            synchronous(old, "");
        } else {
            synchronous(n1.primary(), "");
            n1.rejoin(old);
        }
    }

    @Rounds.Fault
    void writesGoOnAfterAPromotion() throws SQLException {
        EmbeddedServer heir;
        List<ShardingEvent> events = new CopyOnWriteArrayList<>();
        try (NodePools pools = NodePools.open(configuration)) {
            pools.addListener(events::add);
            Load load = new Load(pools, node(), 3, 3);
            try (load) {
                load.awaitWrites(50);

                old.kill();
                Await.until(
                        "its loss is told",
                        SOON,
                        () -> events.contains(new ShardingEvent.PrimaryLost("n1", server(pools, old))));
                heir = furthest();
                EmbeddedServer other = heir == n1.replica(0) ? n1.replica(1) : n1.replica(0);
                n1.promote(heir);

                load.awaitWrites(50);
                load.awaitReadsFrom(Set.of(other.port()));
                assertThat(pools.writeTarget(node()).port()).isEqualTo(heir.port());
                assertThat(status(pools, heir).role()).isEqualTo(ServerRole.PRIMARY);
                int timeline = status(pools, heir).timeline();
                assertThat(timeline).isGreaterThan(1);
                var found = new ShardingEvent.PrimaryFound("n1", Optional.empty(), server(pools, heir), timeline);
                Await.until("the new primary is told", SOON, () -> events.contains(found));
            }
            assertThat(load.check(heir)).isEqualTo("0 lost, 0 doubled, 0 done though said not to be");
            assertThat(load.mostFailedReadsOfAClient())
                    .as("%s", load.failedReads)
                    .isLessThanOrEqualTo(1);
        }
    }

    @Rounds.Fault
    void aHungPrimaryThatGoesOnAfterAPromotionGetsNoWrite() throws SQLException {
        EmbeddedServer heir;
        try (NodePools pools = NodePools.open(configuration)) {
            Load load = new Load(pools, node(), 3, 3);
            try (load) {
                load.awaitWrites(50);

                old.pause();
                heir = n1.replica(0);
                n1.promote(heir);
                load.awaitWrites(50);
                old.resume();

                Await.until(
                        "the old primary is known as such",
                        SOON,
                        () -> status(pools, old).state() == ServerState.DEPOSED);
                load.awaitWrites(50);
                assertThat(status(pools, old).lastError().orElseThrow()).contains("takes writes on timeline");
                assertThat(pools.writeTarget(node()).port()).isEqualTo(heir.port());
            }
            assertThat(load.check(heir)).isEqualTo("0 lost, 0 doubled, 0 done though said not to be");
            assertThat(acknowledgedByTheOldOneAlone(load, heir)).isZero();
        }
    }

    @Rounds.Fault
    void anOldPrimaryThatComesBackIsRefusedByLaterApplicationsToo() throws SQLException {
        EmbeddedServer heir = n1.replica(0);
        try (NodePools pools = NodePools.open(configuration)) {
            write(pools, 1);
            old.kill();
            n1.promote(heir);
            Await.until(
                    "the promotion is followed",
                    SOON,
                    () -> pools.writeTarget(node()).port() == heir.port());
            write(pools, 2);
            int timeline = status(pools, heir).timeline();
            awaitEpoch(heir, timeline);
            awaitEpoch(cluster.node("n2").primary(), timeline);
            old.start(); // as it was: a second primary
            Await.until("it is refused", SOON, () -> status(pools, old).state() == ServerState.DEPOSED);
        }

        // An application that starts now, with the configuration of yesterday, finds the new one.
        try (NodePools pools = NodePools.open(configuration)) {
            assertThat(pools.writeTarget(node()).port()).isEqualTo(heir.port());
            assertThat(status(pools, old).state()).isEqualTo(ServerState.DEPOSED);
        }

        // One that reaches the old primary alone is warned by the other node.
        Map<String, String> lonely = properties();
        lonely.put("shardloom.node.n1.primary", old.jdbcUrl());
        lonely.remove("shardloom.node.n1.replicas");
        assertThat(Openings.failure(limit -> configuration(lonely, limit), " DEPOSED: "))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("none of the node's servers is its primary (")
                .hasMessageContaining(" DEPOSED: takes writes on timeline ");
    }

    @Test
    void aReplicaThatFollowsADeposedPrimaryIsNotRead() throws SQLException {
        EmbeddedNode n3 = cluster.addNode("n3", 2);
        EmbeddedServer heir = n3.replica(0);
        EmbeddedServer follower = n3.replica(1);
        Load.prepare(n3.primary());
        n3.awaitReplicas();
        configuration = configuration(cluster.shardloomProperties());
        Node node = configuration.nodes().get(2);
        try (NodePools pools = NodePools.open(configuration)) {
            // The old primary lives, and the other replica stays with it.
            heir.executeAsSuperuser("select pg_promote(true, 30)");
            Await.until(
                    "the promotion is followed",
                    SOON,
                    () -> pools.writeTarget(node).port() == heir.port());
            n3.primary().execute("insert into ledger values (-1)"); // by somebody else

            Await.until(
                    "the follower is left out",
                    SOON,
                    () -> status(pools, follower).state() == ServerState.LAGGING);
            assertThat(status(pools, follower).lastError().orElseThrow()).contains("has not followed to timeline 2");
        } finally {
            n3.servers().forEach(EmbeddedServer::kill); // beyond repair
        }
    }

    @Rounds.Fault
    void aWriteWaitsForTheNewPrimary() throws Exception {
        try (NodePools pools = NodePools.open(configuration)) {
            write(pools, 1);
            old.kill();
            Await.until("the primary is gone", SOON, () -> status(pools, old).state() == ServerState.DOWN);

            Thread writer = new Thread(() -> write(pools, 2));
            writer.start();
            Await.until("it waits", SOON, () -> writer.getState() == Thread.State.TIMED_WAITING);
            n1.promote(n1.replica(0));

            writer.join(SOON.toMillis());
            assertThat(n1.primary().value("select string_agg(id::text, ' ' order by id) from ledger"))
                    .isEqualTo("1 2");
        }
    }

    @Rounds.Fault
    void aTokenFromBeforeAPromotionIsAnsweredByTheNewPrimary() throws SQLException {
        EmbeddedServer heir = n1.replica(0);
        try (NodePools pools = NodePools.open(configuration)) {
            write(pools, 1);
            ReadToken token = pools.token(node());

            old.kill();
            Await.until("the primary is gone", SOON, () -> status(pools, old).state() == ServerState.DOWN);
            n1.promote(heir);
            write(pools, 2); // waits until the promotion is known

            assertThat(pools.token(node()).timeline()).isGreaterThan(token.timeline());
            for (ReadTarget target : List.of(ReadTarget.PREFER_REPLICA, ReadTarget.ANY, ReadTarget.PRIMARY)) {
                try (Connection read = pools.connection(node(), target, token)) {
                    assertThat(Load.intOf(read, "select inet_server_port()")).isEqualTo(heir.port());
                    assertThat(Load.intOf(read, "select count(*) from ledger where id = 1"))
                            .isEqualTo(1);
                }
            }
        }
    }

    /** Returns the replica that has received most: one that has more than the heir is made anew, and reads there fail. */
    private EmbeddedServer furthest() throws SQLException {
        for (EmbeddedServer replica : n1.replicas()) {
            Await.until(replica + " receives nothing more", SOON, () -> "0"
                    .equals(replica.value("select count(*) from pg_stat_wal_receiver where status = 'streaming'")));
        }
        return received(n1.replica(0)) >= received(n1.replica(1)) ? n1.replica(0) : n1.replica(1);
    }

    private static long received(EmbeddedServer replica) throws SQLException {
        return Long.parseLong(replica.value("select pg_last_wal_receive_lsn() - '0/0'"));
    }

    private static void awaitEpoch(EmbeddedServer server, int timeline) {
        Await.until("the timeline is noted on " + server, SOON, () -> Integer.toString(timeline)
                .equals(server.value("select coalesce(max(timeline), 0) from shardloom.node_epoch")));
    }

    private static long acknowledgedByTheOldOneAlone(Load load, EmbeddedServer heir) throws SQLException {
        String known = heir.value("select coalesce(string_agg(id::text, ','), '0') from ledger");
        Set<String> ids = Set.of(known.split(","));
        return load.acknowledged.keySet().stream()
                .filter(id -> !ids.contains(String.valueOf(id)))
                .count();
    }

    private void write(NodePools pools, int id) {
        try (Connection connection = pools.connection(node(), false);
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("insert into ledger values (" + id + ")");
            connection.commit();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    private static void synchronous(EmbeddedServer server, String names) throws SQLException {
        server.executeAsSuperuser(
                "alter system set synchronous_standby_names = '" + names + "'", "select pg_reload_conf()");
        String wanted = names.isEmpty() ? "async" : "quorum";
        Await.until("the replicas of " + server + " are " + wanted, SOON, () -> "0"
                .equals(server.value("select count(*) from pg_stat_replication where sync_state <> '" + wanted + "'")));
        // The checkpointer is who tells commits to wait; it reads the settings before it does what it is asked for.
        server.executeAsSuperuser("checkpoint");
    }

    /** Those of the two nodes that live through all tests. */
    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.keySet().removeIf(name -> name.startsWith("shardloom.node.n3."));
        return properties;
    }

    private Node node() {
        return configuration.nodes().get(0);
    }

    private static Configuration configuration(Map<String, String> given) {
        return configuration(given, "15s");
    }

    private static Configuration configuration(Map<String, String> given, String connectTimeout) {
        Map<String, String> properties = new HashMap<>(given);
        properties.put("shardloom.connect-timeout", connectTimeout);
        properties.put("shardloom.health.interval", "100ms");
        properties.put("shardloom.health.timeout", "5s"); // a busy machine is no fault
        properties.put("shardloom.hikari.maximumPoolSize", "5");
        Configuration configuration = Configuration.read(properties);
        assertThat(configuration.faults()).isEmpty();
        return configuration;
    }

    private static Server server(NodePools pools, EmbeddedServer server) {
        return status(pools, server).server();
    }
}
