package io.shardloom.hibernate.rls;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.atomic.Participant;
import io.shardloom.hibernate.GlobalSequence;
import io.shardloom.hibernate.ShardKey;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.SecondaryTable;
import jakarta.persistence.Table;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.Session;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Row-level security under each kind of table, and what an application's role needs beside its tables. */
@WithCluster(nodes = 2)
class RowSecurityMappingsIT {
    public record Key(UUID owner, long num) {}

    @Entity(name = "Paper")
    @Table(name = "paper")
    @IdClass(Key.class)
    @Inheritance(strategy = InheritanceType.JOINED)
    public static class Paper {
        @Id
        @ShardKey(group = "default")
        public UUID owner;

        @Id
        public long num;

        public String text;
    }

    @Entity(name = "Letter")
    @Table(name = "letter")
    public static class Letter extends Paper {
        public String receiver;
    }

    @Entity(name = "Photo")
    @Table(name = "photo")
    @SecondaryTable(name = "photo_more")
    @IdClass(Key.class)
    public static class Photo {
        @Id
        @ShardKey(group = "default")
        public UUID owner;

        @Id
        public long num;

        public String text;

        @Column(table = "photo_more")
        public String more;
    }

    @Entity(name = "Bill")
    @Table(name = "bill")
    public static class Bill {
        @Id
        @GlobalSequence(name = "bill", block = 5)
        public Long id;

        @ShardKey(group = "plain")
        public UUID owner;

        public String text;
    }

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Shardloom shop;
    private static UUID ann;
    /** On the same node as Ann. */
    private static UUID bob;
    /** On the other node. */
    private static UUID eve;

    @BeforeAll
    static void open() throws SQLException {
        var boot = Boot.on(cluster, Paper.class, Letter.class, Photo.class, Bill.class);
        for (var property : Web.properties(cluster).entrySet()) {
            boot = boot.with(property.getKey(), property.getValue());
        }
        emf = boot.with("shardloom.group.default.shards", "4")
                .with("shardloom.group.plain.layout", "plain")
                .with("shardloom.group.plain.shards", "4")
                .open();
        shop = Shardloom.of(emf);
        ann = key("n1");
        bob = key("n1");
        eve = key("n2");
    }

    private static UUID key(String node) {
        while (true) {
            var key = UUID.randomUUID();
            if (node(key).equals(node)) {
                return key;
            }
        }
    }

    private static String node(UUID key) {
        return shop.explain(shop.key("default", key)).location().node().name();
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    @BeforeEach
    void fill() throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().execute("truncate paper, letter, photo, photo_more, bill");
        }
        for (var key : List.of(ann, bob)) {
            shop.inTransaction(shop.key("default", key), em -> {
                var letter = new Letter();
                letter.owner = key;
                letter.num = 1;
                letter.receiver = "you";
                em.persist(letter);
                var photo = new Photo();
                photo.owner = key;
                photo.num = 1;
                photo.more = "more";
                em.persist(photo);
            });
        }
    }

    @Test
    void holdsTheTablesOfJoinedSubclassesAndSecondaryTables() {
        shop.inTransaction(shop.key("default", ann), em -> {
            for (var table : List.of("paper", "letter", "photo", "photo_more")) {
                assertThat(count(em, table)).as(table).isEqualTo(1);
            }
            assertThat(em.find(Letter.class, new Key(ann, 1)).receiver).isEqualTo("you");
            assertThat(em.find(Photo.class, new Key(ann, 1)).more).isEqualTo("more");
            assertThat(run(em, "update letter set receiver = 'x'")).isEqualTo(1);
            assertThat(run(em, "update photo_more set more = 'x'")).isEqualTo(1);
            assertThat(em.createMutationQuery("update Photo set text = 'x', more = 'y'")
                            .executeUpdate())
                    .isEqualTo(1);
            assertThat(em.createMutationQuery("delete from Letter").executeUpdate())
                    .isEqualTo(1);
        });
        shop.inTransaction(shop.key("default", bob), em -> {
            assertThat(em.find(Letter.class, new Key(bob, 1)).receiver).isEqualTo("you");
            assertThat(em.find(Photo.class, new Key(bob, 1)).more).isEqualTo("more");
        });
    }

    @Test
    void holdsThePlainLayoutAndItsRoleTakesNumbersOfGlobalSequences() {
        for (var key : List.of(ann, bob, eve)) {
            shop.inTransaction(shop.key("plain", key), em -> {
                for (int i = 0; i < 7; i++) {
                    var bill = new Bill();
                    bill.owner = key;
                    em.persist(bill);
                }
            });
        }
        shop.inTransaction(shop.key("plain", ann), em -> {
            assertThat(count(em, "bill")).isEqualTo(7);
            assertThat(run(em, "update bill set text = 'x'")).isEqualTo(7);
            assertThat(run(em, "delete from bill")).isEqualTo(7);
        });
        shop.inTransaction(
                shop.key("plain", bob), em -> assertThat(em.createQuery("from Bill where text is null", Bill.class)
                                .getResultList())
                        .hasSize(7));
    }

    @Test
    void findsByTheRestOfTheId() {
        shop.inTransaction(shop.key("default", ann), em -> {
            assertThat(em.find(Photo.class, 1L).owner).isEqualTo(ann);
            assertThat(em.find(Letter.class, 1L).owner).isEqualTo(ann);
        });
    }

    @Test
    void insertsByAQueryAndUpserts() {
        shop.inTransaction(shop.key("default", ann), em -> {
            assertThat(em.createMutationQuery("insert into Paper (num, text) values (7, 'seven')")
                            .executeUpdate())
                    .isEqualTo(1);
            assertThat(em.createMutationQuery("insert into Paper (num, text) select p.num + 1, p.text from Paper p")
                            .executeUpdate())
                    .isEqualTo(2);
        });
        try (var session = shop.openStatelessSession(shop.key("default", ann))) {
            var transaction = session.beginTransaction();
            var paper = session.get(Paper.class, new Key(ann, 7));
            paper.text = "upserted";
            session.upsert(paper);
            transaction.commit();
        }
        shop.inTransaction(shop.key("default", ann), em -> {
            assertThat(em.find(Paper.class, 7L).text).isEqualTo("upserted");
            assertThat(count(em, "paper")).isEqualTo(4);
        });
        shop.inTransaction(
                shop.key("default", bob), em -> assertThat(count(em, "paper")).isEqualTo(1));
    }

    @Test
    void itsRoleCommitsOnSeveralNodes() throws SQLException {
        var sharding = shop.sharding();
        var parts = new ArrayList<Participant>();
        for (var key : List.of(ann, eve)) {
            var node = sharding.node(node(key));
            var connection = sharding.pools().connection(node, false);
            write(connection, key);
            parts.add(Participant.wrote(node, connection));
        }

        var committed = sharding.atomicCommit().commit(parts);

        for (var part : parts) {
            part.connection().close();
        }
        assertThat(committed.transactionId()).isPresent();
        assertThat(committed.pending()).isEmpty();
        for (var key : List.of(ann, eve)) {
            shop.inTransaction(shop.key("default", key), em -> assertThat(em.find(Paper.class, 9L).text)
                    .isEqualTo("both"));
        }
        assertThat(sharding.atomicCommit().faults()).isEmpty();
    }

    @Test
    void aClusterSessionLeavesNothingPrepared() throws SQLException {
        shop.inCluster(session -> {
            for (var key : List.of(ann, eve)) {
                var paper = new Paper();
                paper.owner = key;
                paper.num = 11;
                paper.text = "cluster";
                session.persist(paper);
            }
        });

        for (var key : List.of(ann, eve)) {
            shop.inTransaction(shop.key("default", key), em -> assertThat(em.find(Paper.class, 11L).text)
                    .isEqualTo("cluster"));
            assertThat(cluster.node(node(key)).primary().value("select count(*) from pg_prepared_xacts"))
                    .isEqualTo("0");
        }
    }

    private static void write(Connection connection, UUID key) throws SQLException {
        try (var say = connection.prepareStatement("select set_config('shardloom.key.default', ?, true)");
                var insert =
                        connection.prepareStatement("insert into paper (owner, num, text) values (?, 9, 'both')")) {
            say.setString(1, key.toString());
            say.execute();
            insert.setObject(1, key);
            insert.executeUpdate();
        }
    }

    private static long count(Session session, String table) {
        return Shardloom.unchecked(session.createNativeQuery("select count(*) from " + table, Long.class))
                .getSingleResult();
    }

    private static int run(Session session, String sql) {
        return Shardloom.unchecked(session.createNativeMutationQuery(sql)).executeUpdate();
    }
}
