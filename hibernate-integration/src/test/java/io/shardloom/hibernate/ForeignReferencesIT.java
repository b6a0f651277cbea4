package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.FetchType;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.JoinTable;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyJoinColumn;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OneToOne;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.hibernate.annotations.Any;
import org.hibernate.annotations.AnyDiscriminatorValue;
import org.hibernate.annotations.AnyKeyJavaClass;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.hibernate.tool.schema.spi.SchemaManagementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A row points to rows of its own key only, by whatever kind of association: refused at the flush, and by the schema. */
@WithCluster(nodes = 2)
class ForeignReferencesIT {
    private static final List<String> SENT = new CopyOnWriteArrayList<>();

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Shardloom shop;

    public record Key(UUID ownerId, UUID id) {}

    @Entity(name = "Owner")
    public static class Owner {
        @Id
        @ShardKey
        public UUID id;

        protected Owner() {}

        Owner(UUID id) {
            this.id = id;
        }
    }

    @Entity(name = "Tag")
    @IdClass(Key.class)
    public static class Tag {
        @Id
        @ShardKey
        public UUID ownerId;

        @Id
        @ShardedUuid
        public UUID id;

        /** The other side of {@link Box#inverse}. */
        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "ownerId", referencedColumnName = "ownerId")
        @JoinColumn(name = "boxId", referencedColumnName = "id")
        public Box box;
    }

    @Embeddable
    public static class Inner {
        @ManyToOne(fetch = FetchType.LAZY)
        public Tag innerTag;
    }

    @Entity(name = "Box")
    @IdClass(Key.class)
    public static class Box {
        @Id
        @ShardKey
        public UUID ownerId;

        @Id
        @ShardedUuid
        public UUID id;

        public String name;

        /** Follows the key. */
        @ManyToOne(fetch = FetchType.LAZY)
        @JoinColumn(name = "ownerId")
        public Owner owner;

        /** Has join columns of its own. */
        @ManyToOne(fetch = FetchType.LAZY)
        public Tag tag;

        @OneToOne(fetch = FetchType.LAZY)
        public Tag only;

        @OneToMany
        @JoinTable(name = "box_many")
        public List<Tag> many = new ArrayList<>();

        @OneToMany(mappedBy = "box")
        public List<Tag> inverse = new ArrayList<>();

        @ManyToMany
        @JoinTable(name = "box_tags")
        public Set<Tag> tags = new HashSet<>();

        @ElementCollection
        @MapKeyJoinColumn(name = "tag_owner", referencedColumnName = "ownerId")
        @MapKeyJoinColumn(name = "tag_id", referencedColumnName = "id")
        public Map<Tag, String> texts = new HashMap<>();

        @ManyToMany
        @JoinTable(name = "box_named")
        public Map<String, Tag> named = new HashMap<>();

        @Embedded
        public Inner inner = new Inner();

        @ElementCollection
        public List<Inner> inners = new ArrayList<>();

        @Any
        @AnyKeyJavaClass(UUID.class)
        @AnyDiscriminatorValue(discriminator = "O", entity = Owner.class)
        @Column(name = "any_type")
        @JoinColumn(name = "any_id")
        public Object any;
    }

    @BeforeAll
    static void open() {
        emf = boot().with(Units.ACTION, "drop-and-create").open();
        shop = Shardloom.of(emf);
    }

    private static Boot boot() {
        return Boot.on(cluster, Owner.class, Tag.class, Box.class)
                .with("shardloom.shards", "4")
                .with("hibernate.session_factory.statement_inspector", (StatementInspector) sql -> {
                    SENT.add(sql);
                    return sql;
                });
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    private record Rows(UUID key, UUID box, Tag tag) {}

    private static Rows rows() {
        var key = shop.newUuid();
        return shop.fromTransaction(key, em -> {
            em.persist(new Owner(key));
            var box = new Box();
            box.name = "before";
            var tag = new Tag();
            em.persist(tag);
            em.persist(box);
            return new Rows(key, box.id, tag);
        });
    }

    private static Map<String, BiConsumer<Box, Tag>> waysToPoint() {
        var ways = new HashMap<String, BiConsumer<Box, Tag>>();
        ways.put("tag", (box, tag) -> box.tag = tag);
        ways.put("only", (box, tag) -> box.only = tag);
        ways.put("many", (box, tag) -> box.many.add(tag));
        ways.put("inverse", (box, tag) -> box.inverse.add(tag));
        ways.put("tags", (box, tag) -> box.tags.add(tag));
        ways.put("texts", (box, tag) -> box.texts.put(tag, "text"));
        ways.put("named", (box, tag) -> box.named.put("name", tag));
        ways.put("inner", (box, tag) -> {
            box.inner = new Inner();
            box.inner.innerTag = tag;
        });
        ways.put("inners", (box, tag) -> {
            var inner = new Inner();
            inner.innerTag = tag;
            box.inners.add(inner);
        });
        return ways;
    }

    @TestFactory
    Stream<DynamicTest> refusesItAtTheFlushBeforeAnyStatement() {
        var mine = rows();
        var others = rows();
        var otherKey = new Key(others.key, others.tag.id);
        return waysToPoint().entrySet().stream()
                .flatMap(way -> Stream.of(
                        refuses(
                                way.getKey() + " to a reference",
                                way.getKey(),
                                mine,
                                others,
                                () -> shop.inTransaction(mine.key, em -> {
                                    var box = em.find(Box.class, mine.box);
                                    box.name = "after";
                                    way.getValue().accept(box, em.getReference(Tag.class, otherKey));
                                    SENT.clear();
                                })),
                        refuses(
                                way.getKey() + " to a detached one",
                                way.getKey(),
                                mine,
                                others,
                                () -> shop.inTransaction(mine.key, em -> {
                                    var box = em.find(Box.class, mine.box);
                                    box.name = "after";
                                    way.getValue().accept(box, others.tag);
                                    SENT.clear();
                                })),
                        refuses(
                                way.getKey() + " of a new one",
                                way.getKey(),
                                mine,
                                others,
                                () -> shop.inTransaction(mine.key, em -> {
                                    em.persist(new Tag());
                                    var box = new Box();
                                    way.getValue().accept(box, em.getReference(Tag.class, otherKey));
                                    em.persist(box);
                                    SENT.clear();
                                })),
                        refuses(way.getKey() + " stateless", way.getKey(), mine, others, () -> {
                            try (var session = shop.openStatelessSession(mine.key)) {
                                var box = new Box();
                                way.getValue().accept(box, others.tag);
                                SENT.clear();
                                session.insert(box);
                            }
                        })));
    }

    /** Hibernate looks for detached entities without a version, and is stopped there. */
    private static String lookedFor(Rows mine, Rows others) {
        return "Cannot look for ForeignReferencesIT$Tag with ownerId = " + others.key + ": the session is bound to"
                + " default:" + mine.key + ", and neither reads rows of another key nor points to them. Keep the"
                + " other's id in a plain attribute, and find it in a session of its own key.";
    }

    private static DynamicTest refuses(String name, String attribute, Rows mine, Rows others, Runnable work) {
        return DynamicTest.dynamicTest(name, () -> {
            assertThat(catchThrowable(work::run))
                    .isExactlyInstanceOf(WrongShardKeyException.class)
                    .hasNoCause()
                    .extracting(Throwable::getMessage)
                    .isIn(
                            lookedFor(mine, others),
                            "Cannot point ForeignReferencesIT$Box." + attribute
                                    + " to ForeignReferencesIT$Tag with ownerId = " + others.key
                                    + ": the session is bound to default:" + mine.key
                                    + ", and a row points to rows of its own"
                                    + " key only. Keep the other's id in a plain attribute, and find it in a session of its own"
                                    + " key.");
            assertThat(SENT).isEmpty();
        });
    }

    @Test
    void refusesItOfTheManySideOfAOneToMany() {
        var mine = rows();
        var others = rows();

        assertThat(catchThrowable(() -> shop.inTransaction(
                        mine.key,
                        em -> em.find(Tag.class, mine.tag.id).box =
                                em.getReference(Box.class, new Key(others.key, others.box)))))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot point ForeignReferencesIT$Tag.box to ForeignReferencesIT$Box with"
                        + " ownerId = " + others.key);
    }

    @Test
    void refusesItOfAnAssociationThatFollowsTheKeyAndOfAny() {
        var mine = rows();
        var others = rows();

        assertThat(catchThrowable(() -> shop.inTransaction(
                        mine.key, em -> em.find(Box.class, mine.box).owner = em.getReference(Owner.class, others.key))))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot point ForeignReferencesIT$Box.owner to ForeignReferencesIT$Owner with"
                        + " id = " + others.key);
        assertThat(catchThrowable(() -> shop.inTransaction(
                        mine.key, em -> em.find(Box.class, mine.box).any = em.getReference(Owner.class, others.key))))
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasMessageStartingWith("Cannot point ForeignReferencesIT$Box.any to ForeignReferencesIT$Owner with"
                        + " id = " + others.key);
    }

    @Test
    void refusesItOfACollectionThatIsNotLoaded() {
        var mine = rows();
        var others = rows();

        assertThat(catchThrowable(() -> shop.inTransaction(mine.key, em -> em.find(Box.class, mine.box)
                        .inverse
                        .add(em.getReference(Tag.class, new Key(others.key, others.tag.id))))))
                .isExactlyInstanceOf(WrongShardKeyException.class);
    }

    @Test
    void refusesItOfAMergedGraph() {
        var mine = rows();
        var others = rows();
        var box = shop.<Box>readOnly(mine.key, em -> em.find(Box.class, mine.box));
        box.tag = others.tag;

        assertThat(catchThrowable(() -> shop.inTransaction(mine.key, em -> em.merge(box))))
                .isExactlyInstanceOf(WrongShardKeyException.class);
    }

    @Test
    void writesWhatPointsToRowsOfItsKey() {
        var mine = rows();

        shop.inTransaction(mine.key, em -> {
            var box = em.find(Box.class, mine.box);
            var tag = em.getReference(Tag.class, mine.tag.id);
            waysToPoint().values().forEach(way -> way.accept(box, tag));
            tag.box = box;
            box.owner = em.getReference(Owner.class, mine.key);
            box.any = em.find(Owner.class, mine.key);
        });

        shop.inTransaction(mine.key, em -> {
            var box = em.find(Box.class, mine.box);
            var tag = em.find(Tag.class, mine.tag.id);
            assertThat(box.tags).containsExactly(tag);
            assertThat(box.many).containsExactly(tag);
            assertThat(box.texts).containsOnlyKeys(tag);
            assertThat(box.named).containsValue(tag);
            assertThat(box.inners).hasSize(1);
            var fresh = new Tag();
            em.persist(fresh);
            box.tags.add(fresh);
        });
    }

    @Test
    void holdsItInTheSchemaToo() {
        var mine = rows();
        var others = rowsOnTheNodeOf(mine.key);

        assertThatThrownBy(() -> cluster.node(nodeOf(mine.key))
                        .primary()
                        .execute("insert into box_tags (box_ownerid, box_id, tags_ownerid, tags_id) values ('"
                                + mine.key + "','" + mine.box + "','" + others.key + "','" + others.tag.id + "')"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23514"));
    }

    private static Rows rowsOnTheNodeOf(UUID key) {
        Rows made;
        do {
            made = rows();
        } while (!nodeOf(made.key).equals(nodeOf(key)));
        return made;
    }

    private static String nodeOf(UUID key) {
        return shop.explain(key).location().node().name();
    }

    @Test
    void validatesThatTheSchemaHoldsIt() throws SQLException {
        boot().with(Units.ACTION, "validate").open().close();
        var primary = cluster.node("n2").primary();
        var constraint = primary.value("select conname from pg_constraint where contype = 'c' and conrelid ="
                + " 'box'::regclass and pg_get_constraintdef(oid) like '%(tag_ownerid%'");
        primary.execute("alter table box drop constraint " + constraint);
        try {
            assertThat(boot().with(Units.ACTION, "validate").failure())
                    .hasStackTraceContaining(SchemaManagementException.class.getName())
                    .hasStackTraceContaining("Table box has no CHECK (tag_ownerid = ownerid), without which a row could"
                            + " point to rows of another key. Add it with alter table, as Shardloom.createScripts(…)"
                            + " has it.");
        } finally {
            primary.execute("alter table box add constraint " + constraint + " check (tag_ownerid = ownerid)");
        }
    }
}
