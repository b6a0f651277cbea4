package io.shardloom.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Persistence;
import java.util.HashMap;
import java.util.List;
import org.hibernate.SessionFactory;
import org.junit.jupiter.api.Test;

@WithCluster(nodes = 2)
class CachingIT {
    @Test
    void theExamplesOfTheDocumentation(EmbeddedCluster cluster) throws Exception {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        properties.put("hibernate.generate_statistics", "true");
        try (var emf = Persistence.createEntityManagerFactory("cached", properties)) {
            for (var node : cluster.nodes()) {
                node.primary().execute("insert into currency values ('EUR', 'euro')");
            }
            var shop = Shardloom.of(emf);
            var ann = shop.newUuid();
            var bob = shop.newUuid();
            for (var id : List.of(ann, bob)) {
                shop.inTransaction(id, em -> {
                    var account = new Account();
                    account.id = id;
                    account.currency = em.find(Currency.class, "EUR");
                    em.persist(account);
                });
            }
            var statistics = emf.unwrap(SessionFactory.class).getStatistics();
            statistics.clear();

            shop.inTransaction(bob, em -> {
                assertThat(em.find(Currency.class, "EUR").name).isEqualTo("euro");
                assertThat(em.find(Account.class, bob).currency).isSameAs(em.getReference(Currency.class, "EUR"));
            });
            assertThat(statistics.getPrepareStatementCount()).isZero();
            var cache = emf.getCache();
            cache.evict(Currency.class, "EUR"); // for every key
            cache.evict(Account.class, ann); // of this key alone: the id says which
            assertThat(cache.contains(Currency.class, "EUR")).isFalse();
            assertThat(cache.contains(Account.class, ann)).isFalse();
            assertThat(cache.contains(Account.class, bob)).isTrue();
        }
    }
}
