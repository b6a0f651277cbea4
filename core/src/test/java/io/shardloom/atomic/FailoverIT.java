package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.WithCluster;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2, replicas = 1, shared = false)
class FailoverIT {

    @Test
    void promotedReplicasHaveBothThePreparedPartAndTheDecision(EmbeddedCluster embedded) throws SQLException {
        Cluster before = Cluster.created(embedded);
        AtomicCommit commits = before.commits();
        List<Participant> parts = before.write(1, new Tap.Listener() {
            @Override
            public void before(String node, String sql) {
                if (node.equals("n1") && sql.startsWith("commit prepared")) {
                    embedded.awaitReplicas();
                    embedded.nodes().forEach(FailoverIT::failOver);
                }
            }
        });

        assertThat(commits.commit(parts).pending()).containsExactly("n1");

        Cluster.close(parts);
        assertThat(Cluster.prepared(embedded)).isEqualTo(1);
        Cluster after = Cluster.of(embedded);
        assertThat(after.nodes()).isNotEqualTo(before.nodes());
        Cluster.recover(after.commits(), embedded);
        assertThat(Cluster.nodesWith(embedded, 1)).isEqualTo(2);
    }

    private static void failOver(EmbeddedNode node) {
        node.primary().kill();
        node.promote(node.replica(0));
    }
}
