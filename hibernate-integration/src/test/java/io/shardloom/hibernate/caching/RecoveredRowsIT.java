package io.shardloom.hibernate.caching;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.hibernate.AgedParts;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.caching.Stock.Depot;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.junit.jupiter.api.Test;

/** What is read of a node while its part of a transaction waits for recovery. */
@WithCluster(nodes = 2)
class RecoveredRowsIT {
    @Test
    void isForgottenWhenRecoveryCommitsThePart(EmbeddedCluster cluster) throws SQLException {
        AgedParts.on(cluster);
        try (var emf = Boot.on(cluster, Stock.ENTITIES)
                .with("hibernate.cache.use_second_level_cache", "true")
                .with("hibernate.cache.use_query_cache", "true")
                .with("hibernate.cache.region.factory_class", MemoryCacheIT.Maps.class.getName())
                .with("shardloom.recovery.interval", "1s")
                .open()) {
            var shop = Shardloom.of(emf);
            var depot = depotOn(shop, "n1");
            shop.inTransaction(depot, em -> em.persist(new Depot(depot, "A1", "before")));
            var transaction = UUID.randomUUID();
            var decider = cluster.node("n2").primary();
            try (var deciding = DriverManager.getConnection(decider.jdbcUrl(), decider.user(), decider.password())) {
                decide(deciding, transaction); // not yet committed: recovery waits
                cluster.node("n1")
                        .primary()
                        .execute(
                                "begin",
                                "update depot set name = 'after'",
                                "prepare transaction 'shardloom1:" + hex(transaction) + ":"
                                        + hex(decider.value("select identity from shardloom.atomic_node"))
                                        + ":3:n2:n1'");
                for (int i = 0; i < 2; i++) {
                    shop.inTransaction(depot, em -> {
                        assertThat(queried(em)).isEqualTo("before");
                        assertThat(em.find(Depot.class, depot).name).isEqualTo("before");
                    });
                }

                deciding.commit();
            }

            Await.until(
                    "queries see the rows of the part",
                    Duration.ofSeconds(60),
                    () -> shop.<Boolean>fromTransaction(depot, em -> queried(em).equals("after")));
            Await.until(
                    "so do entities",
                    Duration.ofSeconds(60),
                    () -> shop.<Boolean>fromTransaction(
                            depot, em -> em.find(Depot.class, depot).name.equals("after")));
        }
    }

    private static void decide(Connection connection, UUID transaction) throws SQLException {
        connection.setAutoCommit(false);
        try (var insert = connection.createStatement()) {
            insert.execute("insert into shardloom.atomic_decision (transaction_id, participants) values ('"
                    + transaction + "', '{}')");
        }
    }

    private static String queried(Session session) {
        return session.createSelectionQuery("select name from Depot", String.class)
                .setCacheable(true)
                .getSingleResult();
    }

    private static UUID depotOn(Shardloom shop, String node) {
        return Stream.generate(shop::newUuid)
                .filter(id -> shop.explain(id).location().node().name().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static String hex(Object uuid) {
        return uuid.toString().replace("-", "");
    }
}
