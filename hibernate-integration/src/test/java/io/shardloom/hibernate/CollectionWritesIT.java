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
import jakarta.persistence.IdClass;
import jakarta.persistence.Table;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
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

    @Entity(name = "Shelf")
    @Table(name = "shelf")
    @IdClass(Shelf.Key.class)
    static class Shelf {
        record Key(UUID owner, int number) {}

        @Id
        @ShardKey
        UUID owner;

        @Id
        int number;

        @ElementCollection
        Set<String> words = new HashSet<>();
    }

    @BeforeAll
    static void open() throws SQLException {
        emf = Boot.on(cluster, Currency.class, Basket.class, Shelf.class).open();
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
    void refusesToTakeACollectionOverFromARowOfAnotherKey() {
        var node = shop.explain(KEY).location().node().name();
        var other = Stream.iterate(new UUID(1, 2), key -> new UUID(1, key.getLeastSignificantBits() + 1))
                .filter(key -> shop.explain(key).location().node().name().equals(node))
                .findFirst()
                .orElseThrow();
        var theirs = new Basket();
        theirs.words.addAll(Set.of("a", "b"));
        shop.inTransaction(other, session -> session.persist(theirs));
        var refused = "Cannot take over a collection of CollectionWritesIT$Basket with id = " + other
                + ": the session is bound to default:" + KEY
                + ". Set the session's key, or open a session for the row's own.";

        assertThatThrownBy(() -> shop.inTransaction(KEY, session -> {
                    session.find(Basket.class, KEY).words = theirs.words;
                }))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessage(refused);
        assertThatThrownBy(() -> shop.inTransaction(KEY, session -> {
                    var basket = session.find(Basket.class, KEY);
                    basket.words = theirs.words;
                    session.flush();
                }))
                .hasMessage(refused);
        assertThatThrownBy(() -> shop.inTransaction(KEY, session -> {
                    session.remove(session.find(Basket.class, KEY));
                    session.flush();
                    var basket = new Basket();
                    basket.words = theirs.words;
                    session.persist(basket);
                    basket.words = new HashSet<>();
                }))
                .hasMessage(refused);

        var lazy = shop.<Basket>readOnly(other, session -> session.find(Basket.class, other)).words;
        assertThatThrownBy(() -> shop.inTransaction(KEY, session -> session.find(Basket.class, KEY).words = lazy))
                .hasMessage(refused);

        assertThat(words(other)).containsExactlyInAnyOrder("a", "b");
        assertThat(words(KEY)).contains("one");
        shop.inTransaction(other, session -> session.remove(session.find(Basket.class, other)));
    }

    @Test
    void takesACollectionOverFromADetachedRowOfTheSameKey() {
        var parts = new ArrayList<Shelf>();
        for (int number = 1; number <= 2; number++) {
            var shelf = new Shelf();
            shelf.number = number;
            shelf.words.add("word " + number);
            parts.add(shelf);
        }
        shop.inTransaction(KEY, session -> parts.forEach(session::persist));

        shop.inTransaction(KEY, session -> session.find(Shelf.class, 2).words = parts.get(0).words);

        assertThat(shop.<List<String>>readOnly(KEY, session -> session.createSelectionQuery(
                                "select s.number || w from Shelf s join s.words w", String.class)
                        .getResultList()))
                .containsExactly("2word 1");
    }

    private static Set<String> words(UUID key) {
        return shop.readOnly(key, session -> Set.copyOf(session.find(Basket.class, key).words));
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
