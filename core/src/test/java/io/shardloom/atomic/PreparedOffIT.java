package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RolledBackException;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2, settings = "max_prepared_transactions=0")
class PreparedOffIT {

    @Test
    void namesNodeAndSettingWherePreparedTransactionsAreOff(EmbeddedCluster embedded) throws SQLException {
        Cluster cluster = Cluster.created(embedded);
        AtomicCommit commits = cluster.commits();
        String endpoint = cluster.nodes().get(0).primary().endpoint();
        List<Participant> parts = cluster.write(1, Cluster.NOBODY);

        assertThatThrownBy(() -> commits.commit(parts))
                .isInstanceOf(RolledBackException.class)
                .hasMessage("Node n1 (" + endpoint + ") cannot take part in a transaction of several nodes:"
                        + " max_prepared_transactions is 0 there. Set max_prepared_transactions in its postgresql.conf to"
                        + " at least max_connections and restart it. Nothing is committed on any node.");

        assertThat(Cluster.nodesWith(embedded, 1)).isZero();
        Cluster.close(parts);
        assertThat(commits.faults()).hasSize(2).allSatisfy(fault -> assertThat(fault.toString())
                .matches("shardloom\\.node\\.n[12]\\.primary = jdbc:postgresql:.*: writes that span nodes need prepared"
                        + " transactions, and max_prepared_transactions is 0 on this server\\. Set"
                        + " max_prepared_transactions in its postgresql\\.conf to at least max_connections and restart"
                        + " it\\."));
        List<Participant> single = cluster.write(2, Cluster.NOBODY);
        assertThat(commits.commit(single.subList(0, 1))).isEqualTo(Committed.PLAIN);
        Cluster.close(single);
    }
}
