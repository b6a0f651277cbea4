package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RolledBackException;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

/** Servers as PostgreSQL sets them up: they prepare nothing. */
@WithCluster(nodes = 2, settings = "max_prepared_transactions=0")
class ClusterPreparedOffIT {
    @Test
    void saysSoAtBootWhereThereAreReferenceTablesAndAtTheFirstCommitOfSeveralNodes(EmbeddedCluster cluster) {
        var logged = new ArrayList<String>();
        var handler = new Handler() {
            @Override
            public void publish(LogRecord entry) {
                logged.add(entry.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        var logger = Logger.getLogger("io.shardloom.hibernate");
        logger.addHandler(handler);
        try (var emf = Units.shop(cluster)) {
            var shop = Shardloom.of(emf);
            assertThat(logged).hasSize(2).allSatisfy(line -> assertThat(line)
                    .startsWith("SL000301: Reference tables can be read and not written: shardloom.node.n")
                    .contains("max_prepared_transactions is 0 on this server"));

            shop.inCluster(session -> session.persist(new Branch("Brasil", "Recife")));
            assertThatThrownBy(() -> shop.inCluster(session ->
                            session.persistAll(List.of(new Branch("Brasil", "Natal"), new Branch("Espanha", "Vigo")))))
                    .isInstanceOf(RolledBackException.class)
                    .hasMessageContaining("max_prepared_transactions is 0 there. Set max_prepared_transactions in its"
                            + " postgresql.conf to at least max_connections and restart it. Nothing is committed on any"
                            + " node.");
        } finally {
            logger.removeHandler(handler);
        }
    }
}
