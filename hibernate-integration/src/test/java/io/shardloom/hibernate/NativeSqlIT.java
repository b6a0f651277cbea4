package io.shardloom.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.NativeSqlException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.ColumnResult;
import jakarta.persistence.Entity;
import jakarta.persistence.EntityManager;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Id;
import jakarta.persistence.NamedNativeQuery;
import jakarta.persistence.NamedStoredProcedureQuery;
import jakarta.persistence.QueryHint;
import jakarta.persistence.SqlResultSetMapping;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.jpa.HibernateHints;
import org.hibernate.procedure.ProcedureCall;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** SQL that nobody sees into: refused in key sessions through every door, unless the caller says it is unchecked. */
@WithCluster(nodes = 2)
class NativeSqlIT {
    private static final UUID KEY = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final String COUNT = "select count(*) from memo";
    private static final String UPDATE = "update memo set text = 'seen'";
    private static final List<String> SENT = new CopyOnWriteArrayList<>();

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Shardloom shop;

    @Entity(name = "Memo")
    @NamedNativeQuery(name = "memos", query = COUNT, resultClass = Long.class)
    @NamedNativeQuery(name = "seen", query = UPDATE)
    @NamedNativeQuery(
            name = "uncheckedMemos",
            query = COUNT,
            resultClass = Long.class,
            hints = @QueryHint(name = HibernateHints.HINT_QUERY_DATABASE, value = Shardloom.UNCHECKED))
    @NamedStoredProcedureQuery(name = "touchAll", procedureName = "touch_memos")
    @SqlResultSetMapping(name = "number", columns = @ColumnResult(name = "n", type = Long.class))
    public static class Memo {
        @Id
        @ShardKey
        public UUID id;

        public String text;

        protected Memo() {}

        Memo(UUID id, String text) {
            this.id = id;
            this.text = text;
        }
    }

    private static Boot unit() {
        return Boot.on(cluster, Memo.class)
                .with("jakarta.persistence.schema-generation.database.action", "drop-and-create")
                .with("hibernate.session_factory.statement_inspector", (StatementInspector) sql -> {
                    SENT.add(sql);
                    return sql;
                });
    }

    @BeforeAll
    static void open() throws Exception {
        emf = unit().open();
        shop = Shardloom.of(emf);
        for (var node : cluster.nodes()) {
            node.primary()
                    .execute("create or replace procedure touch_memos() language sql as $$ update memo set text ="
                            + " 'touched' $$");
        }
        shop.inTransaction(KEY, em -> em.persist(new Memo(KEY, "new")));
    }

    @AfterAll
    static void close() {
        emf.close();
    }

    private static String refusal(String what) {
        return "Cannot run " + what + " in a session bound to default:" + KEY + ": Shardloom does not see into it, so"
                + " it could touch the rows of other keys. Write it in HQL or Criteria; or see to the key yourself and"
                + " say so with Shardloom.unchecked(query); or set shardloom.native-sql = unchecked for the whole unit.";
    }

    private static String query(String sql) {
        return refusal("the native query \"" + sql + "\"");
    }

    private static final String STATEMENT = refusal("the native statement \"" + UPDATE + "\"");
    private static final String PROCEDURE = refusal("the procedure \"touch_memos\"");

    private static DynamicTest session(String what, String message, Consumer<Session> work) {
        return refuses(what, message, () -> shop.inTransaction(KEY, work));
    }

    private static DynamicTest manager(String what, String message, Consumer<EntityManager> work) {
        return refuses("entity manager: " + what, message, () -> {
            try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, KEY))) {
                em.getTransaction().begin();
                work.accept(em);
            }
        });
    }

    private static DynamicTest stateless(String what, String message, Consumer<StatelessSession> work) {
        return refuses("stateless: " + what, message, () -> {
            try (var session = shop.openStatelessSession(KEY)) {
                session.beginTransaction();
                work.accept(session);
            }
        });
    }

    private static DynamicTest refuses(String what, String message, Runnable work) {
        return DynamicTest.dynamicTest(what, () -> {
            SENT.clear();

            var failure = catchThrowable(work::run);

            assertThat(failure)
                    .isExactlyInstanceOf(NativeSqlException.class)
                    .hasMessage(message)
                    .hasNoCause();
            assertThat(SENT).as("statements sent").isEmpty();
            assertThat(shop.status())
                    .allSatisfy(server -> assertThat(server.active()).isZero());
        });
    }

    @TestFactory
    Stream<DynamicTest> refusesItThroughEveryDoor() {
        return Stream.of(
                session("list", query(COUNT), em -> em.createNativeQuery(COUNT, Long.class)
                        .list()),
                session("single result", query(COUNT), em -> em.createNativeQuery(COUNT, Long.class)
                        .getSingleResult()),
                session("stream", query(COUNT), em -> em.createNativeQuery(COUNT, Long.class)
                        .getResultStream()
                        .forEach(n -> {})),
                session("scroll", query(COUNT), em -> em.createNativeQuery(COUNT, Long.class)
                        .scroll()
                        .next()),
                session("count", query("select count(*) from (select id from memo) a_"), em -> em.createNativeQuery(
                                "select id from memo", UUID.class)
                        .getResultCount()),
                session("cached", query(COUNT), em -> em.createNativeQuery(COUNT, Long.class)
                        .setCacheable(true)
                        .list()),
                session("entities", query("select * from memo"), em -> em.createNativeQuery(
                                "select * from memo", Memo.class)
                        .list()),
                session("result set mapping", query("select count(*) as n from memo"), em -> em.createNativeQuery(
                                "select count(*) as n from memo", "number", Long.class)
                        .list()),
                session(
                        "aliases",
                        query("select m.id id1_0_0_,m.text text2_0_0_ from memo m"),
                        em -> em.createNativeQuery("select {m.*} from memo m", Object.class)
                                .addEntity("m", Memo.class)
                                .list()),
                session("named", query(COUNT), em -> em.createNamedQuery("memos", Long.class)
                        .getSingleResult()),
                session("update", STATEMENT, em -> em.createNativeMutationQuery(UPDATE)
                        .executeUpdate()),
                session("named update", STATEMENT, em -> em.createNamedMutationQuery("seen")
                        .executeUpdate()),
                session("procedure", PROCEDURE, em -> em.createStoredProcedureCall("touch_memos")
                        .getOutputs()),
                session("procedure query", PROCEDURE, em -> em.createStoredProcedureQuery("touch_memos")
                        .execute()),
                session("named procedure", PROCEDURE, em -> em.createNamedStoredProcedureQuery("touchAll")
                        .execute()),
                manager("list", query(COUNT), em -> em.createNativeQuery(COUNT).getResultList()),
                manager("update", STATEMENT, em -> em.createNativeQuery(UPDATE).executeUpdate()),
                manager("named", query(COUNT), em -> em.createNamedQuery("memos")
                        .getResultList()),
                manager("procedure", PROCEDURE, em -> em.createStoredProcedureQuery("touch_memos")
                        .execute()),
                stateless("list", query(COUNT), em -> em.createNativeQuery(COUNT, Long.class)
                        .list()),
                stateless("update", STATEMENT, em -> em.createNativeMutationQuery(UPDATE)
                        .executeUpdate()),
                stateless("procedure", PROCEDURE, em -> em.createStoredProcedureCall("touch_memos")
                        .getOutputs()));
    }

    @Test
    void refusesItInAReadOnlySessionToo() {
        assertThatThrownBy(() -> shop.<Long>readOnly(
                        KEY, em -> em.createNativeQuery(COUNT, Long.class).getSingleResult()))
                .isExactlyInstanceOf(NativeSqlException.class)
                .hasMessage(query(COUNT));
    }

    @Test
    void runsOneQueryThatSaysItIsUnchecked() {
        shop.inTransaction(KEY, em -> {
            assertThat(Shardloom.unchecked(em.createNativeQuery(COUNT, Long.class))
                            .getSingleResult())
                    .isEqualTo(1);
            assertThat(Shardloom.unchecked(em.createNativeQuery("select * from memo", Memo.class))
                            .getResultList())
                    .extracting(memo -> memo.id)
                    .containsExactly(KEY);
            assertThat(Shardloom.unchecked(em.createNativeMutationQuery(UPDATE)).executeUpdate())
                    .isEqualTo(1);
            assertThat(em.createNamedQuery("uncheckedMemos", Long.class).getSingleResult())
                    .isEqualTo(1);
            assertThat(text(em)).isEqualTo("seen");
            assertThat(em.createNativeQuery(COUNT, Long.class)
                            .addQueryHint(Shardloom.UNCHECKED)
                            .getSingleResult())
                    .isEqualTo(1);
        });
        try (var em = emf.createEntityManager(Map.of(Shardloom.KEY, KEY))) {
            assertThat(Shardloom.unchecked(em.createNativeQuery(COUNT)).getSingleResult())
                    .isEqualTo(1L);
        }
        try (var session = shop.openStatelessSession(KEY)) {
            assertThat(Shardloom.unchecked(session.createNativeQuery(COUNT, Long.class))
                            .getSingleResult())
                    .isEqualTo(1);
        }
    }

    @Test
    void callsAProcedureThatIsSaidToBeUnchecked() {
        shop.inTransaction(KEY, em -> {
            ProcedureCall call = Shardloom.unchecked(em.createStoredProcedureCall("touch_memos"));
            call.execute();
            assertThat(text(em)).isEqualTo("touched");
            Shardloom.unchecked(em.createNamedStoredProcedureQuery("touchAll")).execute();
        });
    }

    @Test
    void showsItInTheStatementThatIsSent() {
        SENT.clear();

        shop.inTransaction(KEY, em -> Shardloom.unchecked(em.createNativeQuery(COUNT, Long.class))
                .getSingleResult());

        assertThat(SENT).containsExactly("/*+ shardloom.unchecked */ " + COUNT);
    }

    @Test
    void marksQueriesAlone() {
        assertThatThrownBy(() -> Shardloom.unchecked("select 1"))
                .isExactlyInstanceOf(ShardloomException.class)
                .hasMessage("java.lang.String is no query. Give unchecked what createNativeQuery,"
                        + " createNativeMutationQuery or createStoredProcedureQuery returns.");
    }

    @Test
    void leavesJdbcToTheCaller() {
        shop.inTransaction(
                KEY,
                em -> em.doWork(connection -> {
                    try (var statement = connection.createStatement();
                            var rows = statement.executeQuery(COUNT)) {
                        assertThat(rows.next()).isTrue();
                    }
                }));
    }

    @Test
    void runsInNodeSessions() {
        var counts = new AtomicLong();
        for (var node : shop.sharding().nodes()) {
            shop.inNodeTransaction(
                    node.name(),
                    em -> counts.addAndGet(
                            em.createNativeQuery(COUNT, Long.class).getSingleResult()));
        }

        assertThat(counts.get()).isEqualTo(1);
        shop.inNodeTransaction("n1", em -> {
            assertThat(em.createNativeQuery("select 1", Integer.class).getSingleResult())
                    .isEqualTo(1);
            em.createStoredProcedureCall("touch_memos").execute();
        });
    }

    @Test
    void leavesHqlAlone() {
        shop.inTransaction(KEY, em -> {
            assertThat(em.createQuery("select count(*) from Memo", Long.class).getSingleResult())
                    .isEqualTo(1);
            assertThat(em.createMutationQuery("update Memo set text = 'hql'").executeUpdate())
                    .isEqualTo(1);
        });
    }

    @Test
    void runsInAUnitThatAllowsIt() throws Exception {
        var unit = unit().with("shardloom.native-sql", "unchecked").with(Units.ACTION, "none");
        try (var all = unit.open()) {
            Shardloom.of(all).inTransaction(KEY, em -> {
                assertThat(em.createNativeQuery(COUNT, Long.class).getSingleResult())
                        .isEqualTo(1);
                assertThat(em.createNativeMutationQuery(UPDATE).executeUpdate()).isEqualTo(1);
                em.createStoredProcedureCall("touch_memos").execute();
            });
        }
    }

    @Test
    void runsInAUnitThatIsNotSharded() {
        var server = cluster.node("n1").primary();
        var plain = Boot.bare(Memo.class)
                .with("jakarta.persistence.jdbc.url", server.jdbcUrl())
                .with("jakarta.persistence.jdbc.user", server.user())
                .with("jakarta.persistence.jdbc.password", server.password());
        try (var one = plain.open();
                var em = one.createEntityManager()) {
            assertThat(em.createNativeQuery("select 1", Integer.class).getSingleResult())
                    .isEqualTo(1);
        }
    }

    @Test
    void refusesAnyOtherValueOfTheSetting() {
        assertThat(unit().with("shardloom.native-sql", "allowed").faults())
                .containsExactly(
                        "shardloom.native-sql = allowed: not one of refused (each native query must say that it"
                                + " is unchecked) and unchecked (none must).");
    }

    private static String text(Session session) {
        return session.createQuery("select text from Memo", String.class).getSingleResult();
    }
}
