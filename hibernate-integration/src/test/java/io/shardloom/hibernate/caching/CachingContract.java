package io.shardloom.hibernate.caching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.context.ShardContext;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.caching.Stock.Content;
import io.shardloom.hibernate.caching.Stock.Crate;
import io.shardloom.hibernate.caching.Stock.CrateId;
import io.shardloom.hibernate.caching.Stock.Depot;
import io.shardloom.hibernate.caching.Stock.Rate;
import io.shardloom.hibernate.caching.Stock.Setting;
import io.shardloom.hibernate.caching.Stock.Unit;
import io.shardloom.hibernate.caching.Stock.Van;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.Cache;
import org.hibernate.CacheMode;
import org.hibernate.Hibernate;
import org.hibernate.KeyType;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the caches of a sharded unit promise, whatever provider keeps the entries. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CachingContract {
    private final List<String> sent = new CopyOnWriteArrayList<>();
    private EmbeddedCluster cluster;
    private EntityManagerFactory emf;
    private Shardloom shop;
    private Cache cache;
    private UUID own;
    private UUID other;
    private int vans;

    /** Adds what chooses the provider. */
    abstract Boot withProvider(Boot boot);

    @BeforeAll
    void open(EmbeddedCluster given) throws SQLException {
        cluster = given;
        StatementInspector recorder = sql -> {
            sent.add(sql);
            return sql;
        };
        emf = withProvider(Boot.on(cluster, Stock.ENTITIES)
                        .with("hibernate.cache.use_second_level_cache", "true")
                        .with("hibernate.cache.use_query_cache", "true")
                        .with("shardloom.health.interval", "60m") // replicas stay readable, also late ones
                        .with("shardloom.replica.max-lag", "60m")
                        .with("hibernate.session_factory.statement_inspector", recorder))
                .open();
        shop = Shardloom.of(emf);
        cache = emf.unwrap(SessionFactory.class).getCache();
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute(
                            "insert into unit (code, name) values ('kg', 'kilogram'), ('m', 'metre')",
                            "insert into unit_signs (unit_code, signs) values ('kg', 'KG')",
                            "insert into rate (code, percent) values ('full', 19)");
        }
    }

    @AfterAll
    void close() {
        emf.close();
    }

    @BeforeEach
    void twoKeys() {
        own = depotOn("n1", "A1", "own");
        other = depotOn("n2", "A1", "other");
        cluster.awaitReplicas();
        cache.evictAllRegions();
    }

    @Test
    void servesTheRowsOfAKeyWithoutAStatement() {
        var id = crate(own, "apples", "fragile");
        cache.evictAllRegions();
        Consumer<Session> reading = em -> {
            var crate = em.find(Crate.class, id);
            assertThat(crate.label).isEqualTo("apples");
            assertThat(crate.marks).containsExactly("fragile");
            assertThat(crate.contents).extracting(c -> c.article).containsExactly("article of apples");
            assertThat(em.find(Depot.class, "A1", KeyType.NATURAL).name).isEqualTo("own");
        };

        assertThat(statements(() -> shop.inTransaction(own, reading))).hasSizeGreaterThan(3);

        assertThat(statements(() -> shop.inTransaction(own, reading))).isEmpty();
        assertThat(statements(() -> shop.readOnly(own, em -> {
                    reading.accept(em);
                    return em;
                })))
                .as("on a replica")
                .isEmpty();
        assertThat(statements(() -> {
                    try (var stateless = shop.openStatelessSession(own)) {
                        assertThat(stateless.get(Crate.class, id).label).isEqualTo("apples");
                        assertThat(stateless.get(Crate.class, id.id()).label).isEqualTo("apples");
                    }
                }))
                .as("stateless, by the rest of the id too")
                .isEmpty();
    }

    @Test
    void keepsWhatIsWrittenInTheCache() {
        var id = crate(own, "pears", "ripe");

        assertThat(statements(() -> assertThat(label(own, id)).isEqualTo("pears")))
                .isEmpty();
        shop.inTransaction(own, em -> em.find(Crate.class, id).label = "plums");
        assertThat(statements(() -> assertThat(label(own, id)).isEqualTo("plums")))
                .isEmpty();
        shop.inTransaction(own, em -> em.find(Crate.class, id).marks.add("sweet"));
        shop.inTransaction(
                own, em -> assertThat(em.find(Crate.class, id).marks).containsExactlyInAnyOrder("ripe", "sweet"));
        shop.inTransaction(own, em -> em.remove(em.find(Crate.class, id)));
        shop.inTransaction(own, em -> assertThat(em.find(Crate.class, id)).isNull());
    }

    @Test
    void neverShowsAnEntryOfAnotherKey() {
        var id = crate(own, "mine", "secret");
        var van = van(own, "Ann");
        shop.inTransaction(own, em -> {
            Hibernate.initialize(em.find(Crate.class, id).contents);
            em.find(Depot.class, "A1", KeyType.NATURAL);
        });

        shop.inTransaction(other, em -> {
            assertThat(em.find(Crate.class, id)).isNull();
            assertThat(em.find(Depot.class, own)).isNull();
            assertThat(em.find(Van.class, van)).isNull();
            assertThat(em.findMultiple(Crate.class, List.of(id))).containsOnlyNulls();
            assertThat(em.find(Depot.class, "A1", KeyType.NATURAL).name).isEqualTo("other");
            assertThat(em.createQuery("from Crate", Crate.class)
                            .setCacheable(true)
                            .getResultList())
                    .isEmpty();
        });
        shop.inTransaction(own, em -> assertThat(em.find(Van.class, van).driver).isEqualTo("Ann"));
    }

    @Test
    void keepsReferenceDataOnceForAllKeysAndNodes() {
        Consumer<Session> reading = em -> {
            var unit = em.find(Unit.class, "kg");
            assertThat(unit.name).isEqualTo("kilogram");
            assertThat(unit.signs).containsExactly("KG");
            assertThat(em.find(Unit.class, "kilogram", KeyType.NATURAL)).isSameAs(unit);
            assertThat(em.find(Unit.class, "metre", KeyType.NATURAL).code).isEqualTo("m");
        };
        assertThat(statements(() -> shop.inTransaction(own, reading))).isNotEmpty();

        assertThat(statements(() -> shop.inTransaction(other, reading)))
                .as("of a key of the other node")
                .isEmpty();
        assertThat(statements(() -> shop.inNodeTransaction("n2", reading)))
                .as("of a whole node")
                .isEmpty();
        assertThat(cache.containsEntity(Unit.class, "kg")).isTrue();
        assertThat(cache.containsCollection(Unit.class.getName() + ".signs", "kg"))
                .isTrue();

        cache.evictEntityData(Unit.class, "kg");
        assertThat(cache.containsEntity(Unit.class, "kg")).isFalse();
        assertThat(statements(() -> shop.inTransaction(other, reading))).hasSize(1);
        cache.evictCollectionData(Unit.class.getName() + ".signs", "kg");
        assertThat(statements(() -> shop.inTransaction(other, reading))).hasSize(1);
        cache.evictNaturalIdData(Unit.class);
        assertThat(statements(() -> shop.inTransaction(other, reading))).isNotEmpty();
    }

    @Test
    void aNodeSessionNeitherReadsNorFillsTheEntriesOfKeys() throws SQLException {
        var id = crate(own, "cached", "old");
        shop.inTransaction(own, em -> em.find(Depot.class, own).code = "only " + own);
        shop.inTransaction(own, em -> Hibernate.initialize(em.find(Crate.class, id).marks));
        cluster.node("n1").primary().execute("update crate set label = 'in the database' where id = '" + id.id() + "'");

        shop.inNodeTransaction("n1", em -> {
            em.setCacheMode(CacheMode.NORMAL);
            assertThat(em.find(Crate.class, id).label).isEqualTo("in the database");
            assertThat(em.find(Crate.class, id).marks).containsExactly("old");
            assertThat(em.find(Depot.class, "only " + own, KeyType.NATURAL)).isNotNull();
        });
        shop.inNodeTransaction("n2", em -> assertThat(em.find(Crate.class, id)).isNull());
        assertThat(label(own, id)).isEqualTo("cached");

        cache.evictAllRegions();
        shop.inNodeTransaction("n1", em -> Hibernate.initialize(em.find(Crate.class, id).marks));
        assertThat(cache.containsEntity(Crate.class, id)).isFalse();
        assertThat(statements(() -> assertThat(label(own, id)).isEqualTo("in the database")))
                .hasSize(1);
        shop.inTransaction(own, em -> em.find(Crate.class, id).label = "by its key");
        shop.inNodeTransaction(
                "n1", em -> assertThat(em.find(Crate.class, id).label).isEqualTo("by its key"));
    }

    @Test
    void whatALaggingReplicaGivesIsNotKept() throws SQLException {
        var id = crate(own, "before", "old");
        cluster.awaitReplicas();
        replay(own, "pause");
        try {
            shop.inTransaction(own, em -> {
                var crate = em.find(Crate.class, id);
                crate.label = "after";
                crate.marks.add("new");
                em.find(Depot.class, own).code = "B2";
            });
            cache.evictAllRegions(); // as a bulk statement or time does
            shop.readOnly(own, em -> {
                em.setCacheMode(CacheMode.NORMAL);
                assertThat(em.find(Crate.class, id).label).isEqualTo("before");
                assertThat(em.find(Crate.class, id).marks).containsExactly("old");
                assertThat(em.find(Depot.class, "A1", KeyType.NATURAL)).isNotNull();
                assertThat(labels(em)).containsExactly("before");
                return em;
            });
            try (var session = shop.withKeyStateless(own).readOnly(true).openStatelessSession()) {
                session.setCacheMode(CacheMode.NORMAL);
                assertThat(session.get(Crate.class, id).label).isEqualTo("before");
            }

            shop.inTransaction(own, em -> {
                assertThat(em.find(Crate.class, id).label).isEqualTo("after");
                assertThat(em.find(Crate.class, id).marks).containsExactlyInAnyOrder("old", "new");
                assertThat(labels(em)).containsExactly("after");
                assertThat(em.find(Depot.class, "A1", KeyType.NATURAL)).isNull();
            });
            assertThat(statements(() -> shop.<Object>readOnly(own, em -> {
                        assertThat(em.find(Crate.class, id).label).isEqualTo("after");
                        assertThat(labels(em)).containsExactly("after");
                        return em;
                    })))
                    .as("a replica's session gets the primary's entries")
                    .isEmpty();
        } finally {
            replay(own, "resume");
        }
    }

    @Test
    void aReplicaFillsReferenceDataThatNeverChanges() {
        shop.readOnly(own, em -> {
            assertThat(em.find(Unit.class, "m").name).isEqualTo("metre");
            assertThat(em.find(Rate.class, "full").percent).isEqualTo(19);
            return em;
        });

        assertThat(cache.containsEntity(Unit.class, "m")).isTrue();
        assertThat(cache.containsEntity(Rate.class, "full")).isFalse();
        shop.inTransaction(own, em -> em.find(Rate.class, "full"));
        assertThat(cache.containsEntity(Rate.class, "full")).isTrue();
    }

    @Test
    void bulkStatementsTakeOutWhatTheyMayHaveChanged() {
        var id = crate(own, "one", "a");
        var foreign = crate(other, "two", "b");
        shop.inTransaction(own, em -> assertThat(labels(em)).containsExactly("one"));

        shop.inTransaction(own, em -> assertThat(em.createMutationQuery("update Crate set label = 'bulk'")
                        .executeUpdate())
                .isEqualTo(1));

        assertThat(label(own, id)).isEqualTo("bulk");
        assertThat(label(other, foreign)).isEqualTo("two");
        shop.inTransaction(own, em -> assertThat(labels(em)).containsExactly("bulk"));
        shop.inTransaction(
                own, em -> em.createMutationQuery("delete from Content").executeUpdate());
        shop.inTransaction(own, em -> assertThat(em.createQuery("select count(*) from Content", Long.class)
                        .setCacheable(true)
                        .getSingleResult())
                .isZero());
    }

    @Test
    void queryResultsAreKeptForEachKeyUntilTheirTableChanges() {
        crate(own, "one", "a");
        crate(other, "two", "b");
        shop.inTransaction(own, em -> assertThat(labels(em)).containsExactly("one"));

        assertThat(statements(() ->
                        shop.inTransaction(own, em -> assertThat(labels(em)).containsExactly("one"))))
                .isEmpty();
        assertThat(statements(() ->
                        shop.inTransaction(other, em -> assertThat(labels(em)).containsExactly("two"))))
                .hasSize(1);
        shop.inNodeTransaction(
                "n1", em -> assertThat(labels(em)).contains("one").doesNotContain("two"));
        crate(own, "three", "c");
        shop.inTransaction(own, em -> assertThat(labels(em)).containsExactlyInAnyOrder("one", "three"));
        shop.inNodeTransaction("n1", em -> assertThat(labels(em)).contains("one", "three"));
        Supplier<List<String>> again = () -> shop.readOnly(own, CachingContract::labels);
        assertThat(statements(() -> assertThat(again.get()).hasSize(2))).isEmpty();
    }

    @Test
    void evictsAndFindsTheEntryOfTheKeyThatTheIdNames() {
        var id = crate(own, "one", "a");
        var foreign = crate(other, "two", "b");
        var marks = Crate.class.getName() + ".marks";
        for (var each : List.of(id, foreign)) {
            shop.inTransaction(each.depotId(), em -> Hibernate.initialize(em.find(Crate.class, each).marks));
        }
        assertThat(cache.contains(Crate.class, id)).isTrue();
        assertThat(cache.containsCollection(marks, id)).isTrue();
        assertThat(emf.getCache().contains(Depot.class, own)).isFalse();
        assertThat(cache.contains(Crate.class, new CrateId(other, id.id()))).isFalse();

        emf.getCache().evict(Crate.class, id);
        cache.evictCollectionData(marks, id);

        assertThat(cache.contains(Crate.class, id)).isFalse();
        assertThat(cache.containsCollection(marks, id)).isFalse();
        assertThat(cache.contains(Crate.class, foreign)).isTrue();
        assertThat(cache.containsCollection(marks, foreign)).isTrue();
        assertThat(statements(() -> label(own, id))).hasSize(1);
        emf.getCache().evict(Crate.class);
        assertThat(cache.contains(Crate.class, foreign)).isFalse();
    }

    @Test
    void asksForTheKeyOfAnEntryWhoseIdDoesNotNameIt() throws Exception {
        var van = van(own, "Bo");
        shop.inTransaction(own, em -> em.find(Van.class, van));

        assertThatThrownBy(() -> cache.contains(Van.class, van))
                .isInstanceOf(MissingShardKeyException.class)
                .hasMessage(
                        "Whose entry of " + Van.class.getName() + " is meant? Its shard key depotId is not part of what"
                                + " was given. Call the cache inside ShardContext.with(key, …), or evict the entries of all keys"
                                + " with evict(entity class).");
        assertThatThrownBy(() -> cache.evict(Van.class, van)).isInstanceOf(MissingShardKeyException.class);
        boolean there = ShardContext.with(own, () -> cache.contains(Van.class, van));
        assertThat(there).isTrue();
        ShardContext.run(other, () -> cache.evict(Van.class, van));
        there = ShardContext.with(own, () -> cache.contains(Van.class, van));
        assertThat(there).isTrue();
        ShardContext.run(own, () -> cache.evict(Van.class, van));
        there = ShardContext.with(own, () -> cache.contains(Van.class, van));
        assertThat(there).isFalse();
    }

    @Test
    void aClusterSessionTakesOutWhatItChanges() {
        var ownCrate = crate(own, "own apples", "fragile");
        var otherCrate = crate(other, "other apples", "fragile");
        int ownVan = van(own, "Ann");
        int otherVan = van(other, "Bob");
        Supplier<List<String>> seen = () -> List.of(
                label(own, ownCrate),
                label(other, otherCrate),
                shop.<String>fromTransaction(own, em -> em.find(Van.class, ownVan).driver),
                shop.<String>fromTransaction(other, em -> em.find(Van.class, otherVan).driver),
                shop.<String>fromTransaction(own, em -> em.find(Depot.class, "A1", KeyType.NATURAL).name),
                shop.<String>fromTransaction(other, em -> em.find(Unit.class, "kg").name));
        assertThat(seen.get()).containsExactly("own apples", "other apples", "Ann", "Bob", "own", "kilogram");

        shop.inCluster(session -> {
            session.find(Crate.class, ownCrate).label = "own pears";
            session.find(Crate.class, otherCrate).label = "other pears";
            session.find(Van.class, ownVan).driver = "Cid";
            session.find(Van.class, otherVan).driver = "Dan";
            session.find(Depot.class, own).code = "A2";
            session.persist(new Depot(shop.newUuid(), "A9", "new"));
        });
        shop.inTransaction(own, em -> em.find(Depot.class, "A2", KeyType.NATURAL).code = "A1");

        assertThat(seen.get()).containsExactly("own pears", "other pears", "Cid", "Dan", "own", "kilogram");
    }

    @Test
    void localTablesAreCachedOnce() {
        shop.inNodeTransaction("n2", em -> em.merge(new Setting("colour", "blue")));
        shop.inNodeTransaction("n2", em -> em.find(Setting.class, "colour"));

        assertThat(cache.contains(Setting.class, "colour")).isTrue();
        assertThat(statements(() -> shop.inNodeTransaction("n2", em -> assertThat(em.find(Setting.class, "colour").text)
                        .isEqualTo("blue"))))
                .isEmpty();
        shop.inNodeTransaction("n2", em -> em.find(Setting.class, "colour").text = "red");
        shop.inNodeTransaction(
                "n2", em -> assertThat(em.find(Setting.class, "colour").text).isEqualTo("red"));
    }

    private static List<String> labels(Session em) {
        return em.createQuery("select label from Crate", String.class)
                .setCacheable(true)
                .getResultList();
    }

    private String label(UUID key, CrateId id) {
        return shop.fromTransaction(key, em -> em.find(Crate.class, id).label);
    }

    private CrateId crate(UUID key, String label, String mark) {
        return shop.fromTransaction(key, em -> {
            var crate = new Crate(key, label);
            crate.marks.add(mark);
            em.persist(crate);
            var content = new Content(crate, "article of " + label);
            crate.contents.add(content);
            em.persist(content);
            return crate.key();
        });
    }

    private int van(UUID key, String driver) {
        int number = ++vans;
        shop.inTransaction(key, em -> em.persist(new Van(number, key, driver)));
        return number;
    }

    private UUID depotOn(String node, String code, String name) {
        UUID key;
        do {
            key = shop.newUuid();
        } while (!shop.explain(key).location().node().name().equals(node));
        var id = key;
        shop.inTransaction(id, em -> em.persist(new Depot(id, code, name)));
        return id;
    }

    private void replay(UUID key, String what) throws SQLException {
        var node = cluster.node(shop.explain(key).location().node().name());
        for (var replica : node.replicas()) {
            replica.executeAsSuperuser("select pg_wal_replay_" + what + "()");
        }
    }

    /** Returns what was sent while something was done. */
    private List<String> statements(Runnable work) {
        sent.clear();
        work.run();
        return List.copyOf(sent);
    }
}
