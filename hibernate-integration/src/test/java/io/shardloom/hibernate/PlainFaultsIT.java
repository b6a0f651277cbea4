package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.hibernate.faulty.Homes;
import io.shardloom.hibernate.faulty.Ids;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The same entities in a unit that names one plain PostgreSQL and no node. */
@WithCluster(nodes = 1)
class PlainFaultsIT {
    private static Boot plain(EmbeddedCluster cluster, Class<?>... entities) {
        return Boot.bare(entities)
                .with(
                        "jakarta.persistence.jdbc.url",
                        cluster.node("n1").primary().jdbcUrl())
                .with("jakarta.persistence.jdbc.user", cluster.user())
                .with("jakarta.persistence.jdbc.password", cluster.password())
                .with("jakarta.persistence.schema-generation.database.action", "drop-and-create");
    }

    @Test
    void worksAsPlainHibernate(EmbeddedCluster cluster) throws Exception {
        var customer = new UUID(7, 7);
        try (var emf = plain(cluster, Ids.Plain.class, Homes.Homeless.class, Homes.Currency.class)
                .open()) {
            emf.runInTransaction(em -> {
                var plain = new Ids.Plain();
                plain.customer = customer;
                em.persist(plain);
                var currency = new Homes.Currency();
                currency.code = "BRL";
                em.persist(currency);
            });

            var stored = emf.callInTransaction(
                    em -> em.createQuery("from Ids$Plain", Ids.Plain.class).getSingleResult());

            assertThat(stored.customer).isEqualTo(customer);
            assertThat(stored.id.version()).isEqualTo(7);
            assertThat(cluster.node("n1")
                            .primary()
                            .value(
                                    "select string_agg(relkind::text || ' ' || relname, ', ' order by relname) from pg_class"
                                            + " where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')"))
                    .isEqualTo("r homes$currency, r homes$homeless, r ids$plain");
        }
    }

    @Test
    void hasNoShardloomDoor(EmbeddedCluster cluster) {
        try (var emf = plain(cluster, Ids.Plain.class).open()) {
            assertThatThrownBy(() -> Shardloom.of(emf))
                    .isExactlyInstanceOf(ShardloomException.class)
                    .hasNoCause()
                    .hasMessage("This persistence unit is not sharded. Name its servers in persistence.xml, for example"
                            + " shardloom.node.n1.primary = jdbc:postgresql://localhost:5432/app.");
        }
    }

    @Test
    void refusesGlobalNumbersWithoutANode(EmbeddedCluster cluster) {
        assertThat(plain(cluster, Ids.Counted.class).faults())
                .containsExactly(
                        "Ids$Counted.id: @GlobalSequence takes its numbers from a node, and the unit names none."
                                + " Name one, such as shardloom.node.n1.primary = jdbc:postgresql://host:5432/database, or use"
                                + " @GeneratedValue in a unit without sharding.");
    }
}
