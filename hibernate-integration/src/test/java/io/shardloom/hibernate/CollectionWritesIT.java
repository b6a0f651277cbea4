package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rows of a collection belong to its owner: who may not write the owner may not write them. */
@WithCluster(nodes = 2)
class CollectionWritesIT {
    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Shardloom shop;
    private static final UUID KEY = new UUID(1, 1);

    @Entity(name = "Currency")
    @Table(name = "currency")
    @ReferenceTable
    static class Currency {
        @Id
        String code;

        @ElementCollection
        Set<String> names = new HashSet<>();
    }

    @Entity(name = "Basket")
    @Table(name = "basket")
    static class Basket {
        @Id
        @ShardKey
        UUID id;

        @ElementCollection
        Set<String> words = new HashSet<>();
    }

    @BeforeAll
    static void open() throws SQLException {
        emf = Boot.on(cluster, Currency.class, Basket.class).open();
        shop = Shardloom.of(emf);
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute(
                            "insert into currency (code) values ('eur')",
                            "insert into currency_names (currency_code, names) values ('eur', 'Euro')");
        }
        shop.inTransaction(KEY, session -> {
            var basket = new Basket();
            basket.words.add("one");
            session.persist(basket);
        });
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @Test
    void writesThoseOfTheSessionsKey() {
        shop.inTransaction(KEY, session -> session.find(Basket.class, KEY).words.add("two"));

        assertThat(shop.<Integer>readOnly(
                        KEY, session -> session.find(Basket.class, KEY).words.size()))
                .isEqualTo(2);
    }

    @Test
    void refusesThoseOfAReferenceTable() throws SQLException {
        var refused = "Cannot update CollectionWritesIT$Currency: it is a reference table, and a session of one key or"
                + " node would change one node's copy only. Write it in a cluster session: Shardloom.of(emf).inCluster(…).";

        assertThatThrownBy(() -> shop.inTransaction(
                        KEY,
                        session -> session.find(Currency.class, "eur").names.add("euro")))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessage(refused);
        assertThatThrownBy(() -> shop.inTransaction(
                        KEY,
                        session -> session.find(Currency.class, "eur").names.clear()))
                .hasMessage(refused);
        assertThatThrownBy(() -> shop.inTransaction(
                        KEY, session -> session.find(Currency.class, "eur").names = new HashSet<>(Set.of("other"))))
                .hasMessage(refused);
        assertThatThrownBy(() -> shop.inTransaction(KEY, session -> session.find(Currency.class, "eur").names = null))
                .hasMessage(refused);
        assertThatThrownBy(() -> shop.inNodeTransaction(
                        "n1",
                        session -> session.find(Currency.class, "eur").names.add("euro")))
                .hasMessage(refused);
        for (var node : cluster.nodes()) {
            assertThat(node.primary().value("select string_agg(names, ' ') from currency_names"))
                    .isEqualTo("Euro");
        }
    }

    @Test
    void refusesThoseOfAKeyInTheSessionOfANode() {
        var node = shop.explain(KEY).location().node().name();

        assertThatThrownBy(() -> shop.inNodeTransaction(
                        node, session -> session.createSelectionQuery("from Basket", Basket.class)
                                .getSingleResult()
                                .words
                                .add("three")))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessage(
                        "Cannot update CollectionWritesIT$Basket: it is sharded by id in group 'default', and the session"
                                + " is bound to @" + node
                                + ". Open a session for its key: Shardloom.of(emf).inTransaction(key,"
                                + " …).");
    }
}
