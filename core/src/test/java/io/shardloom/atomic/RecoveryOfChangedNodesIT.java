package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RolledBackException;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Transactions are in doubt while nodes are renamed, removed, or copies of each other. */
@WithCluster(nodes = 3, shared = false)
class RecoveryOfChangedNodesIT {

    private static final String IDENTITY = "select identity from shardloom.atomic_node";

    private static EmbeddedCluster embedded;
    private static int numbers;

    private Cluster cluster;
    private int number;

    @BeforeEach
    void prepare() throws SQLException {
        cluster = Cluster.created(embedded);
        number = ++numbers;
        AtomicCommit commits = cluster.commits();
        List<Participant> parts = cluster.write(number, Cluster.cutOffAfter("n3", "commit"));
        assertThat(commits.commit(parts).pending()).containsExactly("n1", "n2");
        Cluster.close(parts);
    }

    @AfterEach
    void mend() throws SQLException {
        embedded.servers().forEach(EmbeddedServer::start);
        Cluster.recover(cluster.commits(), embedded);
        cluster.commits().recovery().run();
        assertThat(Cluster.nodesWith(embedded, number)).isEqualTo(3);
    }

    @Test
    void knowsTheDecidingNodeByAnotherName() {
        Recovery renamed = renamed().commits().recovery();

        assertThat(renamed.run().committed()).isEqualTo(2);
    }

    @Test
    void takesNoWordOfARenamedNodeWhileTheOneMeantMayBeAnother() {
        embedded.node("n1").primary().kill();
        Recovery renamed = renamed().commits().recovery();

        RecoveryReport report = renamed.run();

        assertThat(report.inDoubt()).singleElement().satisfies(one -> {
            assertThat(one.node()).isEqualTo("n2");
            assertThat(one.state()).isEqualTo(InDoubt.State.UNKNOWN);
            assertThat(one.why()).contains("(its node was called n3; not reached: [n1])");
        });
        embedded.node("n1").primary().start();
        assertThat(renamed.run().committed()).isEqualTo(2);
    }

    private static Cluster renamed() {
        Map<String, String> properties = embedded.shardloomProperties();
        properties.put("shardloom.node.m3.primary", properties.remove("shardloom.node.n3.primary"));
        return Cluster.of(properties);
    }

    @Test
    void believesNoCopyOfTheDecidingDatabase() throws SQLException {
        EmbeddedServer copy = embedded.node("n1").primary();
        String own = copy.value(IDENTITY);
        copy.execute("update shardloom.atomic_node set identity = '"
                + embedded.node("n3").primary().value(IDENTITY) + "'");
        embedded.node("n3").primary().kill();

        assertThat(cluster.commits().recovery().run().inDoubt()).hasSize(2).allSatisfy(one -> assertThat(one.state())
                .isEqualTo(InDoubt.State.UNKNOWN));

        embedded.node("n3").primary().start();
        assertThat(cluster.commits().recovery().run().committed()).isEqualTo(2);
        cluster.commits().recovery().run();
        assertThat(Cluster.decisionsOn(embedded, "n3"))
                .as("only the copy may have answered for n1")
                .isEqualTo(1);
        List<Participant> parts = cluster.write(-number, Cluster.NOBODY);
        assertThatThrownBy(() -> cluster.commits().commit(parts))
                .isInstanceOf(RolledBackException.class)
                .hasMessageStartingWith(
                        "Of the databases of nodes n1, n2, n3 one is a copy of another, with its identity."
                                + " On the node that is the copy run: update shardloom.atomic_node set identity ="
                                + " gen_random_uuid(); and start the application again.");
        Cluster.close(parts);
        assertThat(Cluster.nodesWith(embedded, -number)).isZero();
        copy.execute("update shardloom.atomic_node set identity = '" + own + "'");
    }

    @Test
    void forgetsDecisionsThoughOlderOnesWaitForANodeThatIsGone() throws SQLException {
        EmbeddedServer n3 = embedded.node("n3").primary();
        n3.execute("insert into shardloom.atomic_decision select gen_random_uuid(), array[gen_random_uuid()],"
                + " now() - interval '1 day' from generate_series(1, " + RecoveryPass.FORGET_AT_ONCE + ")");
        Recovery recovery = cluster.commits().recovery();

        assertThat(recovery.run().committed()).isEqualTo(2);
        recovery.run();

        assertThat(Cluster.decisionsOn(embedded, "n3")).isEqualTo(RecoveryPass.FORGET_AT_ONCE);
        n3.execute("truncate shardloom.atomic_decision");
    }
}
