package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.context.ShardContext;
import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.NoShardForKeyException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.hibernate.faulty.Homes;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Country;
import io.shardloom.hibernate.shop.Customer;
import io.shardloom.hibernate.shop.Order;
import io.shardloom.hibernate.shop.Parameter;
import io.shardloom.hibernate.shop.Reading;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.hibernate.Hibernate;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Wrong keys and wrong rows at run time: each is refused with one clear error before a statement is sent. */
@WithCluster(nodes = 2)
class RuntimeFaultsIT {
    private static final String NO_KEY = "The session has no shard key, so there is no node to send it to. Open it with"
            + " Shardloom.of(emf).inTransaction(key, …), with emf.createEntityManager(Map.of(Shardloom.KEY, key)), or"
            + " inside ShardContext.with(key, …).";
    private static final String NO_SHARD = "Group 'geo' has no shard for the key 'Japão' (shards: america IN ('EUA',"
            + " 'Brasil', 'Mexico'); europa IN ('França', 'Alemanha', 'Espanha')). Add a shard whose bound takes it with"
            + " shardloom.group.geo.shard.<name>.bound, or one with the bound DEFAULT.";
    private static final UUID MINE = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final UUID OTHERS = UUID.fromString("00000000-0000-7000-8000-000000000002");

    private static final List<String> SENT = new CopyOnWriteArrayList<>();

    private static final String NO_DAY =
            "Shard key of group 'days': 1582-10-10 would be stored as another key. Hibernate binds"
                    + " dates and times by the classes of java.sql, in the JVM's time zone ("
                    + TimeZone.getDefault().getID()
                    + "), and they have no such time. Give a key from 1582-10-15 on; where it is in an hour that clocks skip, run the"
                    + " application in UTC (-Duser.timezone=UTC).";

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static SessionFactory factory;
    private static Shardloom shop;
    private static Order stored;

    @BeforeAll
    static void open() {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        properties.put("hibernate.session_factory.statement_inspector", (StatementInspector) sql -> {
            SENT.add(sql);
            return sql;
        });
        emf = Persistence.createEntityManagerFactory("shop", properties);
        factory = emf.unwrap(SessionFactory.class);
        shop = Shardloom.of(emf);
        shop.inTransaction(OTHERS, session -> {
            session.persist(new Customer(OTHERS, "other"));
            stored = new Order(OTHERS, "stored", BigDecimal.TEN);
            session.persist(stored);
        });
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    private static DynamicTest refuses(
            String what, Class<? extends ShardloomException> type, String message, ThrowingCallable work) {
        return DynamicTest.dynamicTest(what, () -> {
            SENT.clear();

            var failure = catchThrowable(work);

            assertThat(failure).isExactlyInstanceOf(type).hasMessage(message).hasNoCause();
            assertThat(SENT).as("statements sent").isEmpty();
            assertThat(shop.status())
                    .allSatisfy(server -> assertThat(server.active()).isZero());
            assertThat(ShardContext.current()).isEmpty();
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesASessionWithoutAKey() {
        var select = "from Order";
        var doors = new java.util.LinkedHashMap<String, ThrowingCallable>();
        doors.put("createEntityManager()", () -> emf.createEntityManager());
        doors.put("createEntityManager(Map)", () -> emf.createEntityManager(Map.of()));
        doors.put(
                "createEntityManager(Map) read-only", () -> emf.createEntityManager(Map.of(Shardloom.READ_ONLY, true)));
        doors.put("openSession()", () -> factory.openSession());
        doors.put("openStatelessSession()", () -> factory.openStatelessSession());
        doors.put("emf.runInTransaction", () -> emf.runInTransaction(EntityManager::flush));
        doors.put("emf.callInTransaction", () -> emf.callInTransaction(EntityManager::isOpen));
        doors.put("inTransaction", () -> factory.inTransaction(Session::flush));
        doors.put("fromSession", () -> factory.fromSession(Session::isOpen));
        doors.put("inStatelessTransaction", () -> factory.inStatelessTransaction(StatelessSession::isOpen));
        doors.put("withOptions, at its first persist", () -> {
            try (var session = factory.withOptions().openSession()) {
                session.persist(new Order(MINE, "new", BigDecimal.ONE));
            }
        });
        doors.put("withStatelessOptions, at its first insert", () -> {
            try (var session = factory.withStatelessOptions().openStatelessSession()) {
                session.insert(new Order(MINE, "new", BigDecimal.ONE));
            }
        });
        return Stream.concat(
                doors.entrySet().stream()
                        .map(door -> refuses(door.getKey(), MissingShardKeyException.class, NO_KEY, door.getValue())),
                Stream.of(DynamicTest.dynamicTest("withOptions, at its first query", () -> {
                    try (var session = factory.withOptions().openSession()) {
                        assertThat(catchThrowable(() -> session.createSelectionQuery(select, Order.class)
                                        .getResultList()))
                                .isExactlyInstanceOf(MissingShardKeyException.class)
                                .hasMessage(NO_KEY)
                                .hasNoCause();
                    }
                })));
    }

    @TestFactory
    Stream<DynamicTest> refusesWhatIsNoKey() {
        return Stream.of(
                refuses(
                        "null",
                        MissingShardKeyException.class,
                        "null was given as the shard key. Give the key whose rows the work is about.",
                        () -> emf.createEntityManager(Collections.singletonMap(Shardloom.KEY, null))),
                refuses(
                        "null in a context",
                        MissingShardKeyException.class,
                        "ShardContext was given null as the shard key. Give the key whose rows the work is about.",
                        () -> ShardContext.with(nothing(), () -> 1)),
                refuses(
                        "null in a group",
                        InvalidShardKeyException.class,
                        "Shard key of group 'shop': null given where uuid is expected. A row without a shard key has no"
                                + " shard: set the key first.",
                        () -> shop.key("shop", nothing())),
                refuses(
                        "a class no group takes",
                        InvalidShardKeyException.class,
                        "No group takes a shard key of class java.lang.Double (groups: days (date), geo (text), shop"
                                + " (uuid)). Name the group: key(\"days\", value).",
                        () -> shop.openSession(5.0)),
                refuses(
                        "a class no group takes in a context",
                        InvalidShardKeyException.class,
                        "No group takes a shard key of class java.lang.Double (groups: days (date), geo (text), shop"
                                + " (uuid)). Name the group: key(\"days\", value).",
                        () -> ShardContext.with(5.0, () -> emf.createEntityManager())),
                refuses(
                        "a class the named group does not take",
                        InvalidShardKeyException.class,
                        "Shard key of group 'shop': uuid is expected, which takes a java.util.UUID; given was"
                                + " java.lang.Long '1'.",
                        () -> shop.openSession(shop.key("shop", 1L))),
                refuses(
                        "a day that java.sql has not",
                        InvalidShardKeyException.class,
                        NO_DAY,
                        () -> shop.inTransaction(
                                LocalDate.of(1582, 10, 10),
                                session -> session.persist(new Reading(LocalDate.of(1582, 10, 10), "Roma", 18)))),
                refuses(
                        "a row of such a day",
                        InvalidShardKeyException.class,
                        NO_DAY,
                        () -> shop.inCluster(
                                session -> session.persist(new Reading(LocalDate.of(1582, 10, 10), "Roma", 18)))),
                refuses(
                        "an id of such a day",
                        InvalidShardKeyException.class,
                        NO_DAY,
                        () -> shop.inCluster(session -> {
                            session.find(Reading.class, new Reading.Key(LocalDate.of(1582, 10, 10), "Roma"));
                        })),
                refuses(
                        "an unknown group",
                        ShardloomException.class,
                        "There is no group 'shpo' (groups: days, geo, shop). Name one of these.",
                        () -> shop.key("shpo", MINE)),
                refuses(
                        "an unknown node",
                        ShardloomException.class,
                        "There is no node 'n9' (nodes: n1, n2). Name one of these.",
                        () -> shop.inNodeTransaction("n9", session -> {})),
                refuses(
                        "a read-only flag that is none",
                        ShardloomException.class,
                        "shardloom.read-only = maybe. Give true or false.",
                        () -> emf.createEntityManager(Map.of(Shardloom.KEY, MINE, Shardloom.READ_ONLY, "maybe"))),
                refuses(
                        "Hibernate's own hint with another class",
                        InvalidShardKeyException.class,
                        "No group takes a shard key of class java.lang.Integer (groups: days (date), geo (text), shop"
                                + " (uuid)). Name the group: key(\"days\", value).",
                        () -> emf.createEntityManager(Map.of(HibernateHints.HINT_TENANT_ID, 1))));
    }

    @SuppressWarnings("NullAway") // what a caller without null checks can do
    private static Object nothing() {
        return null;
    }

    @Test
    void refusesATenantThatIsNoKeyAtItsFirstStatement() {
        try (var session = factory.withOptions().tenantIdentifier((Object) MINE).openSession()) {
            assertThat(catchThrowable(() -> session.createSelectionQuery("from Country", Country.class)
                            .getResultList()))
                    .isExactlyInstanceOf(InvalidShardKeyException.class)
                    .hasNoCause()
                    .hasMessage(
                            "The session's tenant identifier " + MINE + " is a java.util.UUID, which is no shard key."
                                    + " Open the session with Shardloom.of(emf).withKey(key), or pass"
                                    + " Shardloom.of(emf).key(group, key).");
        }
    }

    @TestFactory
    Stream<DynamicTest> refusesAKeyThatHasNoShard() {
        return Stream.of(
                refuses(
                        "inTransaction",
                        NoShardForKeyException.class,
                        NO_SHARD,
                        () -> shop.inTransaction("Japão", session -> session.persist(new Branch("Japão", "Tóquio")))),
                refuses("readOnly", NoShardForKeyException.class, NO_SHARD, () -> shop.readOnly("Japão", s -> 1)),
                refuses(
                        "openStatelessSession",
                        NoShardForKeyException.class,
                        NO_SHARD,
                        () -> shop.openStatelessSession("Japão")),
                refuses(
                        "createEntityManager",
                        NoShardForKeyException.class,
                        NO_SHARD,
                        () -> emf.createEntityManager(Map.of(Shardloom.KEY, "Japão"))),
                refuses(
                        "a context",
                        NoShardForKeyException.class,
                        NO_SHARD,
                        () -> ShardContext.with("Japão", () -> emf.createEntityManager())),
                refuses("explain", NoShardForKeyException.class, NO_SHARD, () -> shop.explain("Japão")));
    }

    @TestFactory
    Stream<DynamicTest> refusesAContextInsideAnother() {
        var message = "This thread works for the shard key " + MINE + " and was asked to work for " + OTHERS
                + " inside it. Finish the first work before, or do the second on another thread.";
        return Stream.of(
                refuses(
                        "of another key",
                        WrongShardKeyException.class,
                        message,
                        () -> ShardContext.with(MINE, () -> ShardContext.with(OTHERS, () -> 1))),
                DynamicTest.dynamicTest(
                        "but not of the same key", () -> assertThat(ShardContext.<Integer, RuntimeException>with(
                                        MINE, () -> ShardContext.with(shop.key("shop", MINE), () -> 1)))
                                .isEqualTo(1)));
    }

    @Test
    void takesAnIntegerForABigint() {
        var boot = Boot.on(cluster, Homes.ByNumber.class)
                .with("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        try (var numbers = boot.open()) {
            var door = Shardloom.of(numbers);
            door.inTransaction(42, session -> {
                var row = new Homes.ByNumber();
                row.number = 42L;
                session.persist(row);
            });

            assertThat(door.<Homes.ByNumber>readOnly(42L, session -> session.find(Homes.ByNumber.class, 42L)))
                    .isNotNull();
            assertThat(catchThrowable(() -> door.openSession("42")))
                    .isExactlyInstanceOf(InvalidShardKeyException.class)
                    .hasNoCause()
                    .hasMessage(
                            "Shard key of group 'default': bigint is expected, which takes a whole number (byte, short,"
                                    + " int, long, BigInteger); given was java.lang.String '42'.");
        }
    }

    @TestFactory
    Stream<DynamicTest> refusesARowOfAnotherKey() {
        return Stream.of(
                row("insert", "persist", session -> session.persist(new Order(OTHERS, "new", BigDecimal.ONE))),
                row("merge", "merge of a detached one", session -> session.merge(stored)),
                row("merge", "merge of a new one", session -> session.merge(new Order(OTHERS, "n", BigDecimal.ONE))),
                row("delete", "remove", session -> session.remove(stored)),
                statelessRow("insert", session -> session.insert(new Order(OTHERS, "new", BigDecimal.ONE))),
                statelessRow("update", session -> session.update(stored)),
                statelessRow("delete", session -> session.delete(stored)),
                statelessRow("upsert", session -> session.upsert(stored)));
    }

    private static String wrongRow(String verb) {
        return "Cannot " + verb + " Order with customerId = " + OTHERS + ": the session is bound to shop:" + MINE
                + ". Set the session's key, or open a session for the row's own.";
    }

    private static DynamicTest row(String verb, String what, Consumer<Session> work) {
        return refuses(what, WrongShardKeyException.class, wrongRow(verb), () -> shop.inTransaction(MINE, work));
    }

    private static DynamicTest statelessRow(String verb, Consumer<StatelessSession> work) {
        return refuses("stateless " + verb, WrongShardKeyException.class, wrongRow(verb), () -> {
            try (var session = shop.openStatelessSession(MINE)) {
                work.accept(session);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesItInPlainJpaToo() {
        return Stream.of(
                refuses("entity manager", WrongShardKeyException.class, wrongRow("insert"), () -> {
                    try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, MINE))) {
                        em.getTransaction().begin();
                        em.persist(new Order(OTHERS, "new", BigDecimal.ONE));
                    }
                }),
                refuses(
                        "runInTransaction in a context",
                        WrongShardKeyException.class,
                        wrongRow("insert"),
                        () -> ShardContext.run(
                                MINE,
                                () -> emf.runInTransaction(
                                        em -> em.persist(new Order(OTHERS, "new", BigDecimal.ONE))))));
    }

    @TestFactory
    Stream<DynamicTest> refusesARowThatIsNotOfTheSessionsGroupOrNode() {
        var mine = "the session is bound to shop:" + MINE;
        var reference = ": it is a reference table, and a session of one key or node would change one node's copy only."
                + " Write it in a cluster session: Shardloom.of(emf).inCluster(…).";
        return Stream.of(
                refuses(
                        "of another group",
                        WrongShardKeyException.class,
                        "Cannot insert Branch: it is sharded by country in group 'geo', and " + mine
                                + ". Open a session for its key: Shardloom.of(emf).inTransaction(key, …).",
                        () -> shop.inTransaction(MINE, session -> session.persist(new Branch("EUA", "Reno")))),
                refuses(
                        "of a reference table",
                        WrongShardKeyException.class,
                        "Cannot insert Country" + reference,
                        () -> shop.inTransaction(MINE, session -> session.persist(new Country("br", "Brasil")))),
                refuses(
                        "of a reference table in a node session",
                        WrongShardKeyException.class,
                        "Cannot insert Country" + reference,
                        () -> shop.inNodeTransaction("n1", session -> session.persist(new Country("br", "Brasil")))),
                refuses(
                        "of a local table",
                        WrongShardKeyException.class,
                        "Cannot insert Parameter: its table is on node n2 only, and " + mine
                                + ". Use Shardloom.of(emf).inNodeTransaction(\"n2\", …).",
                        () -> shop.inTransaction(MINE, session -> session.persist(new Parameter("a", "b")))),
                refuses(
                        "of another node's local table",
                        WrongShardKeyException.class,
                        "Cannot insert Parameter: its table is on node n2 only, and the session is bound to @n1. Use"
                                + " Shardloom.of(emf).inNodeTransaction(\"n2\", …).",
                        () -> shop.inNodeTransaction("n1", session -> session.persist(new Parameter("a", "b")))),
                refuses(
                        "of a key in a node session",
                        WrongShardKeyException.class,
                        "Cannot insert Order: it is sharded by customerId in group 'shop', and the session is bound to"
                                + " @n1. Open a session for its key: Shardloom.of(emf).inTransaction(key, …).",
                        () -> shop.inNodeTransaction(
                                "n1", session -> session.persist(new Order(MINE, "new", BigDecimal.ONE)))));
    }

    @TestFactory
    Stream<DynamicTest> refusesBulkStatementsThatTheKeyCannotHoldBack() {
        var reference =
                "Cannot write Country: it is a reference table, and a session of one key or node would change one"
                        + " node's copy only. Write it in a cluster session: Shardloom.of(emf).inCluster(…).";
        return Stream.of(
                bulk("update Country set name = 'x'", reference),
                bulk("delete from Country", reference),
                bulk("insert into Country (code, name) values ('x', 'x')", reference),
                bulk(
                        "update Parameter set text = 'x'",
                        "Cannot write Parameter: its table is on node n2 only. Use"
                                + " Shardloom.of(emf).inNodeTransaction(\"n2\", …)."),
                bulk(
                        "insert into Branch (id, country, city) values (1, 'Brasil', 'Rio')",
                        "Cannot insert Branch with country = Brasil: the session is bound to geo:EUA. Leave the key out to"
                                + " get the session's, or open a session for the row's own."),
                bulk(
                        "update Branch set country = 'Brasil'",
                        "Cannot set country of Branch: the shard key of a row never changes. Insert the row under its new"
                                + " key and delete the old one."),
                refuses(
                        "update of every key of a node",
                        WrongShardKeyException.class,
                        "Cannot write Order: it is sharded by customerId in group 'shop', and the session is bound to a"
                                + " node. Open a session for each key: Shardloom.of(emf).inTransaction(key, …), or use"
                                + " execute of a cluster session.",
                        () -> shop.inNodeTransaction(
                                "n1", session -> session.createMutationQuery("update Order set status = 'x'")
                                        .executeUpdate())));
    }

    @TestFactory
    Stream<DynamicTest> refusesToReadALocalTableOfAnotherNode() {
        var message = "Cannot read Parameter: its table Parameter is on node n2 only, and the session, bound to %s,"
                + " works on node n1. Read it with Shardloom.of(emf).query(…), or make it a"
                + " @ReferenceTable, whose rows every node has.";
        var key = message.formatted("geo:EUA"); // on n1
        return Stream.of(
                local("find", key, session -> session.find(Parameter.class, "a")),
                local("findMultiple", key, session -> session.findMultiple(Parameter.class, List.of("a", "b"))),
                local("getReference", key, session -> Hibernate.initialize(session.getReference(Parameter.class, "a"))),
                local("HQL", key, session -> session.createSelectionQuery("from Parameter", Parameter.class)
                        .getResultList()),
                local("HQL scroll", key, session -> session.createSelectionQuery("from Parameter", Parameter.class)
                        .scroll()
                        .close()),
                local("HQL beside its own rows", key, session -> session.createSelectionQuery(
                                "select b.city from Branch b where exists (select 1 from Parameter p where p.name ="
                                        + " b.city)",
                                String.class)
                        .getResultList()),
                local("HQL of an update", key, session -> session.createMutationQuery(
                                "update Branch set city = (select max(p.text) from Parameter p)")
                        .executeUpdate()),
                refuses("stateless", WrongShardKeyException.class, key, () -> {
                    try (var session = shop.openStatelessSession("EUA")) {
                        session.get(Parameter.class, "a");
                    }
                }),
                refuses(
                        "another node",
                        WrongShardKeyException.class,
                        message.formatted("@n1"),
                        () -> shop.inNodeTransaction("n1", session -> session.find(Parameter.class, "a"))));
    }

    private static DynamicTest local(String what, String message, Consumer<Session> work) {
        return refuses(what, WrongShardKeyException.class, message, () -> shop.inTransaction("EUA", work));
    }

    private static DynamicTest bulk(String hql, String message) {
        return refuses(
                hql,
                WrongShardKeyException.class,
                message,
                () -> shop.inTransaction(
                        "EUA", session -> session.createMutationQuery(hql).executeUpdate()));
    }

    @Test
    void refusesAKeyThatIsChangedAfterwardsWithoutWritingAnything() {
        shop.inTransaction("EUA", session -> session.persist(new Branch("EUA", "Reno")));
        SENT.clear();

        var failure = catchThrowable(() -> shop.inTransaction("EUA", session -> {
            var branch =
                    session.createSelectionQuery("from Branch", Branch.class).getSingleResult();
            branch.country = "Brasil";
            branch.city = "Rio";
        }));

        assertThat(failure)
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasNoCause()
                .hasMessage("Cannot update Branch with country = Brasil: the session is bound to geo:EUA. Set the"
                        + " session's key, or open a session for the row's own.");
        assertThat(SENT).singleElement().asString().startsWith("select");
        assertThat(shop.<String>readOnly(
                        "EUA", session -> session.createSelectionQuery("select city from Branch", String.class)
                                .getSingleResult()))
                .isEqualTo("Reno");
    }

    @Test
    void refusesAKeyBesideTheIdThatAloneIsChanged() {
        shop.inTransaction("Brasil", session -> session.persist(new Branch("Brasil", "Rio")));
        SENT.clear();

        var failure = catchThrowable(() -> shop.inTransaction(
                "Brasil",
                session -> session.createSelectionQuery("from Branch", Branch.class)
                        .getSingleResult()
                        .country = "EUA"));

        assertThat(failure)
                .isExactlyInstanceOf(WrongShardKeyException.class)
                .hasNoCause()
                .hasMessage("Cannot update Branch with country = EUA: the session is bound to geo:Brasil. Set the"
                        + " session's key, or open a session for the row's own.");
        assertThat(SENT).singleElement().asString().startsWith("select");
    }

    @Test
    void refusesAKeyInsideTheIdThatIsChanged() {
        var mine = shop.newUuid();
        var order = new Order(mine, "new", BigDecimal.ONE);
        shop.inTransaction(mine, session -> {
            session.persist(new Customer(mine, "any"));
            session.persist(order);
        });
        SENT.clear();

        var failure = catchThrowable(
                () -> shop.inTransaction(mine, session -> session.find(Order.class, order.id).customerId = OTHERS));

        assertThat(failure)
                .hasStackTraceContaining(
                        "Identifier of an instance of 'io.shardloom.hibernate.shop.Order' was altered");
        assertThat(SENT).singleElement().asString().startsWith("select");
    }

    @TestFactory
    Stream<DynamicTest> refusesToSetTheKeyByCriteria() {
        return Stream.of(
                refuses(
                        "beside the id",
                        WrongShardKeyException.class,
                        "Cannot set country of Branch: the shard key of a row never changes. Insert the row under its"
                                + " new key and delete the old one.",
                        () -> shop.inTransaction("EUA", session -> {
                            var update = session.getCriteriaBuilder().createCriteriaUpdate(Branch.class);
                            update.from(Branch.class);
                            session.createMutationQuery(update.set("country", "Brasil"))
                                    .executeUpdate();
                        })),
                refuses(
                        "inside the id",
                        WrongShardKeyException.class,
                        "Cannot set customerId of Order: the shard key of a row never changes. Insert the row under its"
                                + " new key and delete the old one.",
                        () -> shop.inTransaction(MINE, session -> {
                            var update = session.getCriteriaBuilder().createCriteriaUpdate(Order.class);
                            update.from(Order.class);
                            session.createMutationQuery(update.set("customerId", OTHERS))
                                    .executeUpdate();
                        })),
                refuses(
                        "inside the id by HQL",
                        WrongShardKeyException.class,
                        "Cannot set customerId of Order: the shard key of a row never changes. Insert the row under its"
                                + " new key and delete the old one.",
                        () -> shop.inTransaction(
                                MINE, session -> session.createMutationQuery("update Order set customerId = :other")
                                        .setParameter("other", OTHERS)
                                        .executeUpdate())));
    }

    @Test
    void leavesNothingOfAUnitOfWorkThatMeetsAWrongRow() {
        var mine = shop.newUuid();

        var failure = catchThrowable(() -> shop.inTransaction(mine, session -> {
            session.persist(new Customer(mine, "half done"));
            session.flush();
            session.persist(new Customer(OTHERS, "wrong"));
        }));

        assertThat(failure).isExactlyInstanceOf(WrongShardKeyException.class);
        assertThat(shop.<Customer>readOnly(mine, session -> session.find(Customer.class, mine)))
                .isNull();
    }
}
