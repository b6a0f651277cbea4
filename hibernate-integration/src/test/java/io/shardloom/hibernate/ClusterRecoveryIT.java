package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RolledBackException;
import io.shardloom.hibernate.office.Member;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Cluster sessions whose servers end, and what the background then does. */
@WithCluster(nodes = 3)
class ClusterRecoveryIT {
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private static UUID memberOn(Shardloom office, String node) {
        return Stream.generate(office::newUuid)
                .filter(id -> office.explain(office.key("people", id))
                        .location()
                        .node()
                        .name()
                        .equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static long members(EmbeddedCluster cluster, String node) throws SQLException {
        return Long.parseLong(cluster.node(node).primary().value("select count(*) from member"));
    }

    @Test
    void commitsNothingWhereANodeIsLostBeforeTheCommit(EmbeddedCluster cluster) throws SQLException {
        try (var emf = Units.open("office", cluster)) {
            var office = Shardloom.of(emf);

            assertThatThrownBy(() -> office.inCluster(session -> {
                        session.persistAll(List.of(
                                new Member(memberOn(office, "n1"), "a"),
                                new Member(memberOn(office, "n2"), "b"),
                                new Member(memberOn(office, "n3"), "c")));
                        session.flush();
                        cluster.node("n2").primary().kill();
                    }))
                    .isInstanceOf(RolledBackException.class)
                    .hasMessageContaining("Node n2")
                    .hasMessageContaining("Nothing is committed on any node (n1, n2, n3).");

            cluster.node("n2").primary().start();
            assertThat(members(cluster, "n1") + members(cluster, "n2") + members(cluster, "n3"))
                    .isZero();
        }
    }

    /** As left by an application that has crashed after it had prepared n1 and n2, before and after n3 decided. */
    @Test
    void finishesInTheBackgroundWhatACrashHasLeft(EmbeddedCluster cluster) throws SQLException {
        UUID decided = UUID.randomUUID();
        UUID undecided = UUID.randomUUID();
        var members = new HashMap<String, List<UUID>>();
        try (var emf = Units.open("office", cluster)) {
            var office = Shardloom.of(emf);
            for (var node : List.of("n1", "n2")) {
                members.put(node, List.of(memberOn(office, node), memberOn(office, node)));
            }
        }
        AgedParts.on(cluster);
        // while no recovery runs, which would finish the first of them before all are there
        var decider = cluster.node("n3").primary();
        var identity = decider.value("select identity from shardloom.atomic_node");
        for (var node : List.of("n1", "n2")) {
            prepare(cluster, node, members.get(node).get(0), decided, identity);
            prepare(cluster, node, members.get(node).get(1), undecided, identity);
        }
        decider.execute("insert into shardloom.atomic_decision (transaction_id, participants)" + " values ('" + decided
                + "', '{}')");

        try (var emf = Units.open("office", cluster, Units.ACTION, "none", "shardloom.recovery.interval", "1s")) {
            var office = Shardloom.of(emf);
            Await.until("nothing is in doubt", DEADLINE, () -> {
                var report = office.transactionsInDoubt();
                return report.inDoubt().isEmpty() && report.unreachable().isEmpty();
            });
        }

        assertThat(members(cluster, "n1")).isEqualTo(1);
        assertThat(members(cluster, "n2")).isEqualTo(1);
    }

    private static void prepare(EmbeddedCluster cluster, String node, UUID member, UUID transaction, String identity)
            throws SQLException {
        cluster.node(node)
                .primary()
                .execute(
                        "begin",
                        "insert into member (id, name) values ('" + member + "', '" + transaction + "')",
                        "prepare transaction 'shardloom1:" + hex(transaction) + ":" + hex(identity) + ":3:n3:" + node
                                + "'");
    }

    private static String hex(Object uuid) {
        return uuid.toString().replace("-", "");
    }
}
