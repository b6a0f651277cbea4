package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.management.ThreadMXBean;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.hibernate.internal.find.KeyedEntity;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.DiscriminatorValue;
import jakarta.persistence.Embeddable;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.LockModeType;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.hibernate.Hibernate;
import org.hibernate.LockMode;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.annotations.ConcreteProxy;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A key session knows the key of the ids it looks for, so the rest of an id will do, through every door. */
@WithCluster(nodes = 2)
class FindByRestIT {
    private static final List<String> SENT = new CopyOnWriteArrayList<>();

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Shardloom shop;

    public record OwnedId(UUID ownerId, UUID id) {}

    @Entity(name = "Box")
    @IdClass(OwnedId.class)
    public static class Box {
        @Id
        @ShardKey
        public UUID ownerId;

        @Id
        public UUID id;

        public String name;
    }

    public static class PageId {
        public UUID ownerId;
        public Long number;

        public PageId() {}

        PageId(UUID ownerId, Long number) {
            this.ownerId = ownerId;
            this.number = number;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof PageId id && ownerId.equals(id.ownerId) && number.equals(id.number);
        }

        @Override
        public int hashCode() {
            return number.hashCode();
        }
    }

    @Entity(name = "Page")
    @IdClass(PageId.class)
    @ConcreteProxy
    @Inheritance(strategy = InheritanceType.JOINED)
    public static class Page {
        @Id
        public Long number;

        @Id
        @ShardKey
        public UUID ownerId;
    }

    @Entity(name = "Title")
    @DiscriminatorValue("T")
    public static class Title extends Page {
        public String text;
    }

    @Embeddable
    public static class SeatId {
        public int place;
        public String line;

        @ShardKey
        public UUID ownerId;

        public SeatId() {}

        SeatId(UUID ownerId, String line, int place) {
            this.ownerId = ownerId;
            this.line = line;
            this.place = place;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof SeatId id
                    && Objects.equals(ownerId, id.ownerId)
                    && line.equals(id.line)
                    && place == id.place;
        }

        @Override
        public int hashCode() {
            return place;
        }
    }

    @Entity(name = "Seat")
    @Inheritance(strategy = InheritanceType.TABLE_PER_CLASS)
    public static class Seat {
        @EmbeddedId
        public SeatId id;

        public String guest;
    }

    @BeforeAll
    static void open() {
        emf = Boot.on(cluster, Box.class, Page.class, Title.class, Seat.class)
                .with("shardloom.shards", "4")
                .with("hibernate.session_factory.statement_inspector", (StatementInspector) sql -> {
                    SENT.add(sql);
                    return sql;
                })
                .with(Units.ACTION, "drop-and-create")
                .open();
        shop = Shardloom.of(emf);
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    private static Box box(UUID key, UUID id) {
        return shop.fromTransaction(key, em -> {
            var box = new Box();
            box.id = id == null ? shop.newUuid() : id;
            box.name = "of " + key;
            em.persist(box);
            return box;
        });
    }

    @TestFactory
    @SuppressWarnings("removal") // byId and byMultipleIds are still there
    Stream<DynamicTest> findsTheRowOfItsKeyWithTheStatementOfTheWholeId() {
        return Stream.of(
                door("find", (em, id) -> em.find(Box.class, id)),
                door("find of a name", (em, id) -> (Box) em.find(Box.class.getName(), id)),
                door("find with a lock", (em, id) -> em.find(Box.class, id, LockModeType.PESSIMISTIC_WRITE)),
                door("find with properties", (em, id) -> em.find(Box.class, id, Map.of())),
                door("find with options", (em, id) -> em.find(Box.class, id, LockMode.READ)),
                door("find with a graph", (em, id) -> em.find(em.createEntityGraph(Box.class), id)),
                door("getReference", (em, id) -> {
                    var reference = em.getReference(Box.class, id);
                    assertThat(Hibernate.isInitialized(reference)).isFalse();
                    return Hibernate.unproxy(reference, Box.class);
                }),
                door("byId", (em, id) -> em.byId(Box.class).load(id)),
                door(
                        "byId, a reference",
                        (em, id) -> Hibernate.unproxy(em.byId(Box.class).getReference(id), Box.class)),
                door(
                        "byId, optional",
                        (em, id) -> em.byId(Box.class).loadOptional(id).orElseThrow()),
                door("findMultiple", (em, id) -> em.findMultiple(Box.class, List.of(id))
                        .get(0)),
                door(
                        "byMultipleIds",
                        (em, id) -> em.byMultipleIds(Box.class).multiLoad(id).get(0)),
                stateless("get", (session, id) -> session.get(Box.class, id)),
                stateless("get with a lock", (session, id) -> session.get(Box.class, id, LockMode.PESSIMISTIC_WRITE)),
                stateless(
                        "get with a graph",
                        (session, id) -> session.get(session.getFactory().createEntityGraph(Box.class), id)),
                stateless("getMultiple", (session, id) -> session.getMultiple(Box.class, List.of(id))
                        .get(0)));
    }

    private static DynamicTest door(String name, BiFunction<Session, Object, Box> find) {
        return test(name, (key, id) -> shop.fromTransaction(key, em -> find.apply(em, id)));
    }

    private static DynamicTest stateless(String name, BiFunction<StatelessSession, Object, Box> find) {
        return test("stateless " + name, (key, id) -> {
            try (var session = shop.openStatelessSession(key)) {
                return find.apply(session, id);
            }
        });
    }

    private static DynamicTest test(String name, BiFunction<UUID, Object, Box> find) {
        return DynamicTest.dynamicTest(name, () -> {
            var mine = shop.newUuid();
            var others = shop.newUuid();
            var id = shop.newUuid();
            box(mine, id);
            box(others, id);
            SENT.clear();

            var whole = find.apply(mine, new OwnedId(mine, id));
            var sentForWhole = List.copyOf(SENT);
            SENT.clear();
            var found = find.apply(mine, id);

            assertThat(found.name).isEqualTo(whole.name).isEqualTo("of " + mine);
            assertThat(found.ownerId).isEqualTo(mine);
            assertThat(SENT).hasSize(1).isEqualTo(sentForWhole);
        });
    }

    @Test
    void isTheSameManagedEntityAsByTheWholeId() {
        var key = shop.newUuid();
        var id = box(key, null).id;

        shop.inTransaction(key, em -> {
            var found = em.find(Box.class, new OwnedId(key, id));
            SENT.clear();
            assertThat(em.find(Box.class, id)).isSameAs(found);
            assertThat(em.getReference(Box.class, id)).isSameAs(found);
            assertThat(em.findMultiple(Box.class, List.of(id, new OwnedId(key, id))))
                    .allSatisfy(box -> assertThat(box).isSameAs(found));
            assertThat(em.find(Box.class, shop.newUuid())).isNull();
            assertThat(SENT).hasSize(2); // findMultiple asks, as for whole ids, and so does the last one
        });
    }

    @Test
    void mixesWholeIdsAndRests() {
        var key = shop.newUuid();
        var first = box(key, null).id;
        var second = box(key, null).id;

        shop.inTransaction(key, em -> assertThat(
                        em.findMultiple(Box.class, List.of(new OwnedId(key, first), shop.newUuid(), second)))
                .extracting(box -> box == null ? null : box.id)
                .containsExactly(first, null, second));
    }

    @Test
    void takesTheOtherNumbersThatHibernateTakesAndKnowsTheClassOfAReference() {
        var key = shop.newUuid();
        shop.inTransaction(key, em -> {
            var title = new Title();
            title.number = 7L;
            em.persist(title);
        });

        shop.inTransaction(key, em -> {
            assertThat(em.getReference(Page.class, 7)).isInstanceOf(Title.class);
            assertThat(em.find(Page.class, 7)).isInstanceOf(Title.class);
        });
        assertThat(shop.<Page>readOnly(key, em -> em.find(Page.class, 7L)).ownerId)
                .isEqualTo(key);
    }

    @Test
    void takesAMapWhereSeveralAttributesAreLeft() {
        var key = shop.newUuid();
        shop.inTransaction(key, em -> {
            var seat = new Seat();
            seat.id = new SeatId(null, "A", 1);
            em.persist(seat);
            assertThat(seat.id.ownerId).isEqualTo(key);
        });

        shop.inTransaction(key, em -> {
            var seat = em.find(Seat.class, Map.of("line", "A", "place", 1));
            assertThat(seat.id).isEqualTo(new SeatId(key, "A", 1));
            assertThat(em.find(Seat.class, Map.of("line", "A", "place", 2))).isNull();
            assertThat(em.findMultiple(Seat.class, List.of(Map.of("line", "A", "place", 1))))
                    .containsExactly(seat);
        });
    }

    @Test
    void tellsAReferenceToNoRowByItsWholeId() {
        var key = shop.newUuid();
        var id = shop.newUuid();

        assertThat(catchThrowable(
                        () -> shop.inTransaction(key, em -> Hibernate.initialize(em.getReference(Box.class, id)))))
                .isInstanceOf(EntityNotFoundException.class)
                .hasMessageContaining(new OwnedId(key, id).toString());
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatIsNoIdAndNoRest() {
        var key = shop.newUuid();
        var bound = " in a session bound to default:" + key;
        var box = "Cannot find FindByRestIT$Box by '5' (java.lang.Integer)" + bound + ": of its id"
                + " FindByRestIT$OwnedId the session knows ownerId, and left is id, a java.util.UUID. Give that, or a"
                + " whole FindByRestIT$OwnedId.";
        return Stream.of(
                refuses("find", box, () -> shop.inTransaction(key, em -> em.find(Box.class, 5))),
                refuses("getReference", box, () -> shop.inTransaction(key, em -> em.getReference(Box.class, 5))),
                refuses(
                        "findMultiple",
                        box,
                        () -> shop.inTransaction(key, em -> em.findMultiple(Box.class, List.of(5)))),
                refuses("stateless get", box, () -> {
                    try (var session = shop.openStatelessSession(key)) {
                        session.get(Box.class, 5);
                    }
                }),
                refuses(
                        "a part of several",
                        "Cannot find FindByRestIT$Seat by 'A' (java.lang.String)" + bound + ": of its id"
                                + " FindByRestIT$SeatId the session knows ownerId, and left is line, a java.lang.String,"
                                + " and place, a java.lang.Integer. Give Map.of(\"line\", …, \"place\", …), or a whole"
                                + " FindByRestIT$SeatId.",
                        () -> shop.inTransaction(key, em -> em.find(Seat.class, "A"))),
                refuses(
                        "a rest in a session of a node",
                        "Cannot find FindByRestIT$Box by '" + key + "' (java.util.UUID): its id is"
                                + " FindByRestIT$OwnedId, and the session, bound to @n1, has no key of group 'default' to"
                                + " fill in its ownerId. Give a whole FindByRestIT$OwnedId.",
                        () -> shop.inNodeTransaction("n1", session -> session.find(Box.class, key))));
    }

    private static DynamicTest refuses(String name, String message, Runnable work) {
        return DynamicTest.dynamicTest(name, () -> {
            SENT.clear();
            assertThat(catchThrowable(work::run))
                    .isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage(message);
            assertThat(SENT).isEmpty();
        });
    }

    @Test
    void makesNoObjectOfAWholeId() {
        var key = shop.newUuid();
        var id = new OwnedId(key, shop.newUuid());
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        shop.inTransaction(key, em -> {
            var session = em.unwrap(SessionImplementor.class);
            var box = (KeyedEntity) session.getFactory().getMappingMetamodel().getEntityDescriptor(Box.class);
            assertThat(box.keyedId().whole(id, session)).isSameAs(id);

            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                box.keyedId().whole(id, session);
            }
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;

            assertThat(allocated).isLessThan(10_000); // less than a byte for each
        });
    }

    @Test
    void mergesADetachedRowThatHasNoKey() {
        var key = shop.newUuid();
        var box = box(key, null);
        box.ownerId = null;
        box.name = "merged";
        var seat = new Seat();
        seat.id = new SeatId(null, "B", 1);
        seat.guest = "Ann";

        shop.inTransaction(key, em -> {
            em.merge(box);
            em.merge(seat);
        });
        seat.id = new SeatId(null, "B", 1);
        seat.guest = "Bob";
        shop.inTransaction(key, em -> em.merge(seat));

        shop.inTransaction(key, em -> {
            assertThat(em.find(Box.class, box.id).name).isEqualTo("merged");
            assertThat(em.createQuery("select guest from Seat", String.class).getResultList())
                    .containsExactly("Bob");
        });
        assertThat(box.ownerId).isEqualTo(key);
        var copy = new Box();
        copy.id = shop.newUuid();
        copy.name = "new";
        assertThat(shop.<Box>fromTransaction(key, em -> em.merge(copy)).ownerId).isEqualTo(key);
    }

    @Test
    void doesNotFillInTheKeyOfAnother() {
        var box = box(shop.newUuid(), null);

        assertThat(catchThrowable(() -> shop.inTransaction(shop.newUuid(), em -> em.merge(box))))
                .isExactlyInstanceOf(WrongShardKeyException.class);
    }
}
