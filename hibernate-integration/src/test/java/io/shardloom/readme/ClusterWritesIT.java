package io.shardloom.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.failure.InDoubtException;
import io.shardloom.failure.RolledBackException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Country;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Persistence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Compiles and runs what README.md and docs/transactions.md show of writes that span nodes. */
@WithCluster(nodes = 2)
class ClusterWritesIT {
    @Test
    void writesWhatTheDocumentsShow(EmbeddedCluster cluster) {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        try (var emf = Persistence.createEntityManagerFactory("shop", properties)) {
            var shop = Shardloom.of(emf);
            persistAll(shop);
            assertThat(rename(shop)).isEqualTo(1);
            reference(shop);
            assertThat(outcome(shop)).isEqualTo("committed");
            assertThat(shop.checkReferenceTables()).isEmpty();
        }
    }

    private static void persistAll(Shardloom shop) {
        shop.inCluster(session -> session.persistAll(
                List.of(new Branch("Brasil", "Recife"), new Branch("Espanha", "Vigo"), new Branch("EUA", "Boston"))));
    }

    private static long rename(Shardloom shop) {
        long renamed = shop.fromCluster(session -> session.execute(
                "update Branch set city = :new where city = :old", Map.of("old", "Vigo", "new", "Lugo")));
        return renamed;
    }

    private static void reference(Shardloom shop) {
        UUID annsId = shop.newUuid();
        shop.inCluster(session -> {
            var brasil = new Country("br", "Brasil");
            session.persist(brasil); // on every node
            var ann = new Customer(annsId, "Ann");
            ann.country = brasil;
            session.persist(ann); // on her own
        });
    }

    private static String outcome(Shardloom shop) {
        UUID id = shop.newUuid();
        String outcome;
        try {
            shop.inCluster(session -> session.persist(new Customer(id, "Bob")));
            outcome = "committed";
        } catch (RolledBackException e) {
            outcome = "nothing is written: do it again";
        } catch (InDoubtException e) {
            outcome = "look before doing it again: " + e.transactionId();
        }
        return outcome;
    }
}
