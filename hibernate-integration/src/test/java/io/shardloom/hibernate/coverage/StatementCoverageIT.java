package io.shardloom.hibernate.coverage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.ShardloomException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.coverage.Mappings.Mapping;
import io.shardloom.hibernate.coverage.Statements.Statement;
import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.RollbackException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of statement with every mapping, in the session of one key, while another key of the same shard has rows
 * with the same numbers: the SQL carries the key and the other's rows are neither returned nor changed, and one
 * partition of each table is left in its plan, or the call is refused. The table of it is {@code docs/statements.md}.
 */
@WithCluster(
        nodes = 2,
        settings = {Plans.LIBRARY, Plans.ALL, Plans.ANALYZE, Plans.TIMING, Plans.NESTED})
class StatementCoverageIT {
    private static final String WRITE_TABLE = "statements.write";
    private static final Path TABLE = Path.of("..", "docs", "statements.md");
    private static final List<String> SENT = new CopyOnWriteArrayList<>();

    static EmbeddedCluster cluster;
    private static EntityManagerFactory emf;
    private static Connection database;
    private static Shardloom shop;
    private static Plans plans;
    private static UUID own;
    private static UUID other;
    private static final Map<String, String> KEY_COLUMNS = new HashMap<>();
    private static Stored now;

    @BeforeAll
    static void open() throws SQLException {
        emf = Boot.on(
                        cluster,
                        Stream.of(Rows.class, MoreRows.class)
                                .flatMap(c -> Stream.of(c.getDeclaredClasses()))
                                .toArray(Class<?>[]::new))
                .with("shardloom.group.default.shards", "16")
                .with("shardloom.group.plain.layout", "plain")
                .with("shardloom.group.plain.shards", "16")
                .with("shardloom.health.interval", "60m") // its questions have plans too
                .with("shardloom.recovery.interval", "60m")
                .with("hibernate.order_inserts", "true")
                .with("hibernate.order_updates", "true")
                .with("jakarta.persistence.schema-generation.database.action", "drop-and-create")
                .with("hibernate.session_factory.statement_inspector", (StatementInspector) sql -> {
                    SENT.add(sql);
                    return sql;
                })
                .open();
        shop = Shardloom.of(emf);
        own = new UUID(7, 1); // fixed, because messages name its partition
        long next = 2;
        do {
            other = new UUID(7, next++);
        } while (!shop.explain(shop.key("default", other))
                .location()
                .shard()
                .equals(shop.explain(shop.key("default", own)).location().shard()));
        var server = cluster.node(
                        shop.explain(shop.key("default", own)).location().node().name())
                .primary();
        plans = new Plans(server);
        database = server.connectAsSuperuser(cluster.database());
        try (var quiet = database.createStatement()) {
            quiet.execute("set auto_explain.log_min_duration = -1");
            quiet.execute("set session_replication_role = replica"); // rows go in any order
        }
        emf.unwrap(SessionFactoryImplementor.class)
                .getServiceRegistry()
                .requireService(ShardingRuntime.class)
                .model()
                .tables()
                .forEach((table, sharded) ->
                        KEY_COLUMNS.put(table.getName(), sharded.keyColumn().getName()));
    }

    @AfterAll
    static void close() throws SQLException {
        emf.close();
        database.close();
    }

    @Test
    void everyStatementCarriesTheKeyOrIsRefused() throws Exception {
        var mappings = Mappings.all();
        var open = new ArrayList<String>();
        var cells = new LinkedHashMap<Statement, Map<Mapping, String>>();
        for (var statement : Statements.all()) {
            cells.put(statement, new LinkedHashMap<>());
        }
        for (var mapping : mappings) {
            var seeds = new HashMap<Boolean, Stored>();
            for (var statement : cells.keySet()) {
                if (statement.applies().test(mapping)) {
                    var cell = cell(mapping, statement, seeds);
                    cells.get(statement).put(mapping, cell);
                    if (!cell.equals("key") && !cell.startsWith("refused: ")) {
                        open.add(statement.title() + " × " + mapping + ": " + cell);
                    }
                }
            }
        }
        var table = new StatementTable(mappings, cells).text();

        if (System.getProperty(WRITE_TABLE) != null) {
            Files.writeString(TABLE, table);
        }
        assertThat(open).as("open cells").isEmpty();
        assertThat(table)
                .as("docs/statements.md; write it anew with -D%s=true", WRITE_TABLE)
                .isEqualTo(Files.exists(TABLE) ? Files.readString(TABLE) : "");
    }

    @ParameterizedTest
    @EnumSource(names = {"PESSIMISTIC_READ", "PESSIMISTIC_WRITE", "OPTIMISTIC"})
    void seesByALockThatARowWithItsKeyBesideTheIdHasChanged(LockModeType mode) throws SQLException {
        seed(mapping(Rows.OutsideVersioned.class), false);

        assertThatThrownBy(() -> shop.inTransaction(shop.key("default", own), session -> {
                    var row = session.find(Rows.OutsideVersioned.class, 1L);
                    shop.inTransaction(shop.key("default", own), later -> later.find(Rows.OutsideVersioned.class, 1L)
                            .name("ax"));
                    session.lock(row, mode);
                }))
                .isInstanceOfAny(OptimisticLockException.class, RollbackException.class);
    }

    @ParameterizedTest
    @MethodSource("mappings")
    void refusesToSetTheKeyByAQuery(Mapping mapping) {
        var key = mapping.num().replace("num", "customer");
        var update = "update " + mapping.entity() + " set " + key + " = :key";

        var session = shop.key(mapping.theme().group(), own);
        assertThatThrownBy(() -> shop.inTransaction(session, em -> em.createMutationQuery(update)
                        .setParameter("key", other)
                        .executeUpdate()))
                .isInstanceOf(WrongShardKeyException.class)
                .hasMessage("Cannot set customer of " + mapping.type().getName().replaceAll(".*\\.", "")
                        + ": the shard key of a row never changes."
                        + " Insert the row under its new key and delete the old one.");
    }

    static List<Mapping> mappings() {
        return Mappings.all();
    }

    @Test
    void seesAStatementWithoutTheKey() {
        var sql = new KeyedSql(Map.of("a", "k", "b", "k"));

        assertThat(sql.without("select x.n from a x where x.n=?")).containsExactly("a (x.k)");
        assertThat(sql.without("select x.n from a x where x.k=?")).isEmpty();
        assertThat(sql.without("select x.n from a x join b y on y.k=x.k where x.k=?"))
                .isEmpty();
        assertThat(sql.without("select x.n from a x join b y on y.n=x.n where x.k=?"))
                .containsExactly("b (y.k)");
        assertThat(sql.without("select x.n from a x where (x.k,x.n) in ((?,?),(?,?))"))
                .isEmpty();
        assertThat(sql.without("select x.n from (select k, n from a union all select k, n from b) x where x.n=?"))
                .hasSize(1);
        assertThat(sql.without("update a set n=? where n=?")).containsExactly("a (k)");
        assertThat(sql.without("update a set n=? where k=? and n=?")).isEmpty();
        assertThat(sql.without("delete from a where n=?")).containsExactly("a (k)");
        assertThat(sql.without("insert into a (n) values (?)")).containsExactly("a");
        assertThat(sql.without("insert into a (n,k) values (?,?)")).isEmpty();
    }

    @Test
    void seesAPlanThatIsLeftWithSeveralPartitions() throws SQLException {
        seed(mapping(Rows.Mapped.class), false);
        plans.next();

        shop.inTransaction(shop.key("default", own), session -> {
            Shardloom.unchecked(session.createNativeQuery("select count(*) from mapped", Long.class))
                    .getSingleResult();
            Shardloom.unchecked(session.createNativeQuery(
                            "select count(*) from mapped where customer = any (cast(:keys as uuid[]))", Long.class))
                    .setParameter("keys", "{" + own + "}")
                    .getSingleResult();
            session.find(Rows.Mapped.class, new Rows.Key(own, 1));
        });

        assertThat(plans.next())
                .filteredOn(plan -> plan.sql().contains("mapped"))
                .extracting(plan -> plan.unpruned(KEY_COLUMNS.keySet()).size())
                .containsExactly(1, 1, 0);
    }

    private static Mapping mapping(Class<?> type) {
        return Mappings.all().stream().filter(m -> m.type() == type).findFirst().orElseThrow();
    }

    private static String cell(Mapping mapping, Statement statement, Map<Boolean, Stored> seeds) throws SQLException {
        var seed = seeds.get(statement.empty());
        if (seed == null) {
            seed(mapping, statement.empty());
            seed = stored(mapping);
            seeds.put(statement.empty(), seed);
        } else if (!seed.equals(now)) {
            restore(mapping, statement.empty());
        }
        SENT.clear();
        plans.next();
        List<String> found;
        try {
            found = run(mapping, statement);
        } catch (AssertionError e) {
            throw new AssertionError(statement.title() + " of " + mapping, e);
        } catch (RuntimeException e) {
            now = stored(mapping);
            return failure(e, seed.equals(now));
        }
        now = stored(mapping);
        var unkeyed = new ArrayList<String>();
        for (var sql : SENT) {
            var without = new KeyedSql(KEY_COLUMNS).without(sql);
            if (!without.isEmpty()) {
                unkeyed.add(without + " in " + sql);
            }
        }
        var ran = plans.next();
        if (ran.isEmpty()) {
            unkeyed.add("no plan in the server's log: " + SENT);
        }
        for (var plan : ran) {
            var unpruned = plan.unpruned(KEY_COLUMNS.keySet());
            if (!unpruned.isEmpty()) {
                unkeyed.add(unpruned + " in " + plan);
            }
        }
        if (!seed.others().equals(now.others())) {
            unkeyed.add("the other key's rows changed: " + SENT);
        }
        if (seed.own().equals(now.own()) == statement.writes()) {
            unkeyed.add("its own rows " + (statement.writes() ? "did not change: " : "changed: ") + SENT);
        }
        if (!found.equals(statement.expected().apply(mapping))) {
            unkeyed.add("answers " + found + ": " + SENT);
        }
        if (SENT.isEmpty()) {
            unkeyed.add("nothing sent");
        }
        return unkeyed.isEmpty() ? "key" : String.join("; ", unkeyed);
    }

    private static List<String> run(Mapping mapping, Statement statement) {
        if (statement.session() != null) {
            return shop.fromTransaction(
                    shop.key(mapping.theme().group(), own),
                    session -> statement.session().in(session, mapping, own));
        }
        try (var session = shop.openStatelessSession(shop.key(mapping.theme().group(), own))) {
            var transaction = session.beginTransaction();
            var found = statement.stateless().in(session, mapping, own);
            transaction.commit();
            return found;
        }
    }

    /** A call that fails must leave the rows as they were. */
    private static String failure(RuntimeException failure, boolean untouched) {
        if (!untouched) {
            return "fails and has changed rows: " + failure;
        }
        if (failure instanceof ShardloomException) {
            return "refused: " + failure.getMessage();
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return "fails: " + root.getClass().getSimpleName() + ": "
                + String.valueOf(root.getMessage()).lines().findFirst().orElse("");
    }

    private static void seed(Mapping mapping, boolean empty) throws SQLException {
        try (var clear = database.createStatement()) { // a truncate would make the files of all partitions anew
            clear.execute(mapping.tables().stream().map("delete from "::concat).collect(Collectors.joining("; ")));
        }
        for (var letter : empty ? List.of("b") : List.of("a", "b")) {
            var key = letter.equals("a") ? own : other;
            shop.inTransaction(shop.key(mapping.theme().group(), key), session -> {
                for (long n = 1; n <= mapping.rows(); n++) {
                    for (var row : mapping.make().apply(key, n)) {
                        row.name(letter + n);
                        session.persist(row);
                    }
                }
            });
        }
        try (var copy = database.createStatement()) {
            copy.execute(mapping.tables().stream()
                    .map(table -> "drop table if exists pg_temp.%2$s; create temp table %2$s as table %1$s"
                            .formatted(table, copy(table, empty)))
                    .collect(Collectors.joining("; ")));
        }
    }

    /** Puts the rows back that a {@link #seed} has left, quicker than another would. */
    private static void restore(Mapping mapping, boolean empty) throws SQLException {
        try (var restore = database.createStatement()) {
            restore.execute(mapping.tables().stream()
                    .map(table -> "delete from %1$s; insert into %1$s select * from pg_temp.%2$s"
                            .formatted(table, copy(table, empty)))
                    .collect(Collectors.joining("; ")));
        }
    }

    private static String copy(String table, boolean empty) {
        return (empty ? "other_" : "both_") + table;
    }

    /** The rows of a mapping, as text. */
    private record Stored(String own, String others) {}

    private static Stored stored(Mapping mapping) throws SQLException {
        var sql = mapping.tables().stream()
                .map(table -> "select '" + table + "' || t::text as r, " + KEY_COLUMNS.get(table) + " as k from "
                        + table + " t")
                .collect(Collectors.joining(
                        " union all ",
                        "select " + texts("k = '" + own + "'") + ", " + texts("k <> '" + own + "'") + " from (",
                        ") x"));
        try (var select = database.createStatement();
                var found = select.executeQuery(sql)) {
            found.next();
            return new Stored(found.getString(1), found.getString(2));
        }
    }

    private static String texts(String condition) {
        return "coalesce(string_agg(r, ' ' order by r) filter (where " + condition + "), '')";
    }
}
