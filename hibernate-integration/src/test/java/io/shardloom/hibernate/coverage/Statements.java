package io.shardloom.hibernate.coverage;

import io.shardloom.hibernate.coverage.Mappings.Mapping;
import io.shardloom.hibernate.coverage.Mappings.Trait;
import jakarta.persistence.LockModeType;
import jakarta.persistence.criteria.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.hibernate.LockMode;
import org.hibernate.Session;
import org.hibernate.StatelessSession;
import org.hibernate.query.Order;
import org.hibernate.query.Page;
import org.hibernate.query.criteria.JpaExpression;

/** The kinds of statements of the table. */
@SuppressWarnings("UnnecessaryLambda") // the expected answers are values, named once
final class Statements {
    /** What a kind of statement does, and what it answers of its own key's rows. */
    interface Work<S> {
        List<String> in(S session, Mapping mapping, UUID key);
    }

    /**
     * One kind of statement.
     *
     * @param expected what it answers, by the mapping
     * @param empty whether the session's key has no rows yet
     * @param writes whether it changes the key's rows
     */
    record Statement(
            String title,
            Predicate<Mapping> applies,
            boolean empty,
            boolean writes,
            Function<Mapping, List<String>> expected,
            Work<Session> session,
            Work<StatelessSession> stateless) {
        Statement onlyFor(Predicate<Mapping> mappings) {
            return new Statement(title, mappings, empty, writes, expected, session, stateless);
        }

        Statement onlyFor(Trait trait) {
            return onlyFor(m -> m.has(trait));
        }
    }

    private static final Function<Mapping, List<String>> FIRST = m -> List.of("a1");
    private static final Function<Mapping, List<String>> ALL = m -> m.rows() == 1 ? List.of("a1") : List.of("a1", "a2");
    private static final Function<Mapping, List<String>> NONE = m -> List.of();
    private static final Function<Mapping, List<String>> COUNT = m -> List.of("" + m.rows());

    private Statements() {}

    private static Statement reads(String title, Function<Mapping, List<String>> expected, Work<Session> work) {
        return new Statement(title, m -> true, false, false, expected, work, null);
    }

    private static Statement writes(String title, Function<Mapping, List<String>> expected, Work<Session> work) {
        return new Statement(title, m -> true, false, true, expected, work, null);
    }

    private static Statement stateless(
            String title, boolean writes, Function<Mapping, List<String>> expected, Work<StatelessSession> work) {
        return new Statement(title, m -> true, false, writes, expected, null, work);
    }

    private static Statement empty(Statement s) {
        return new Statement(s.title, s.applies, true, s.writes, s.expected, s.session, s.stateless);
    }

    private static Rows.Named first(Session session, Mapping m, UUID key) {
        return session.find(m.type(), m.id().apply(key, 1L));
    }

    private static Rows.Named first(StatelessSession session, Mapping m, UUID key) {
        return session.get(m.type(), m.id().apply(key, 1L));
    }

    private static List<? extends Rows.Named> every(Session session, Mapping m) {
        return session.createSelectionQuery("from " + m.entity(), m.type()).getResultList();
    }

    private static List<Object> ids(Mapping m, UUID key) {
        return m.rows() == 1 ? List.of(m.id().apply(key, 1L)) : List.of(m.id().apply(key, 1L), m.id().apply(key, 2L));
    }

    /** Hibernate answers null where the database refuses the lock; the commit then fails. */
    private static String name(Rows.Named row) {
        return row == null ? "nothing" : row.name();
    }

    private static List<String> names(Collection<? extends Rows.Named> rows) {
        return rows.stream().map(Rows.Named::name).toList();
    }

    private static List<String> strings(Session session, String hql) {
        return session.createSelectionQuery(hql, Object.class).getResultList().stream()
                .map(String::valueOf)
                .toList();
    }

    private static List<String> update(Session session, String hql) {
        return List.of("" + session.createMutationQuery(hql).executeUpdate());
    }

    private static Rows.Named second(Session session, Mapping m, UUID key) {
        return session.find(m.type(), m.id().apply(key, 2L));
    }

    /** Hibernate fails to, with or without sharding, where a one-to-one association has its column in the other table. */
    private static boolean canBeLockedAsItIsLoaded(Mapping m) {
        return !m.title().equals("one to one, inverse");
    }

    private static Statement locks(String title, LockModeType mode) {
        return reads(title, FIRST, (s, m, k) -> {
            var row = first(s, m, k);
            s.lock(row, mode);
            return List.of(row.name());
        });
    }

    private static Collection<?> parts(Rows.Named row) {
        return row.link() instanceof Map<?, ?> map ? map.values() : (Collection<?>) row.link();
    }

    private static List<String> linked(Rows.Named row) {
        return row.link() instanceof Rows.Named one
                ? List.of(one.name())
                : parts(row).stream()
                        .map(part -> part instanceof Rows.Named named ? named.name() : part.toString())
                        .toList();
    }

    private static boolean hasLink(Mapping m) {
        return m.has(Trait.TO_ONE) || m.has(Trait.TO_MANY);
    }

    private static String link(Mapping m) {
        return m.has(Trait.TO_ONE) ? "up" : "parts";
    }

    private static List<String> linkedToAll(Session s, Mapping m) {
        var found = new ArrayList<String>();
        for (var row : s.createSelectionQuery("from " + m.entity() + " order by " + m.num(), m.type())
                .getResultList()) {
            found.addAll(linked(row));
        }
        return found;
    }

    private static <T> T withGraph(Session session, Class<T> type, String attribute, Object id) {
        var graph = session.createEntityGraph(type);
        graph.addAttributeNodes(attribute);
        return session.find(graph, id);
    }

    static List<Statement> all() {
        return Stream.of(loads(), locks(), changes(), queries(), links(), bulk(), stateless())
                .flatMap(List::stream)
                .toList();
    }

    @SuppressWarnings("deprecation") // Hibernate still has these loads by natural id
    private static List<Statement> loads() {
        return List.of(
                reads("find", FIRST, (s, m, k) -> List.of(first(s, m, k).name())),
                reads(
                        "getReference",
                        FIRST,
                        (s, m, k) -> List.of(
                                s.getReference(m.type(), m.id().apply(k, 1L)).name())),
                reads("findMultiple", ALL, (s, m, k) -> names(s.findMultiple(m.type(), ids(m, k)))),
                reads("refresh", FIRST, (s, m, k) -> {
                    var row = first(s, m, k);
                    s.refresh(row);
                    return List.of(row.name());
                }),
                reads(
                                "natural id",
                                FIRST,
                                (s, m, k) -> List.of(s.byNaturalId(m.type())
                                        .using("code", "n1")
                                        .load()
                                        .name()))
                        .onlyFor(Trait.NATURAL_ID),
                reads(
                                "simple natural id",
                                FIRST,
                                (s, m, k) -> List.of(
                                        s.bySimpleNaturalId(m.type()).load("n1").name()))
                        .onlyFor(Trait.NATURAL_ID),
                reads(
                                "multiple natural ids",
                                ALL,
                                (s, m, k) ->
                                        names(s.byMultipleNaturalId(m.type()).multiLoad("n1", "n2")))
                        .onlyFor(Trait.NATURAL_ID));
    }

    private static List<Statement> locks() {
        return List.of(
                reads(
                                "find `PESSIMISTIC_WRITE`",
                                FIRST,
                                (s, m, k) -> List.of(
                                        name(s.find(m.type(), m.id().apply(k, 1L), LockModeType.PESSIMISTIC_WRITE))))
                        .onlyFor(Statements::canBeLockedAsItIsLoaded),
                reads("refresh `PESSIMISTIC_WRITE`", FIRST, (s, m, k) -> {
                            var row = first(s, m, k);
                            s.refresh(row, LockModeType.PESSIMISTIC_WRITE);
                            return List.of(row.name());
                        })
                        .onlyFor(Statements::canBeLockedAsItIsLoaded),
                locks("lock `PESSIMISTIC_READ`", LockModeType.PESSIMISTIC_READ),
                locks("lock `PESSIMISTIC_WRITE`", LockModeType.PESSIMISTIC_WRITE),
                reads("lock `PESSIMISTIC_WRITE` of a superclass", m -> List.of("a2"), (s, m, k) -> {
                            var row = second(s, m, k);
                            s.lock(row, LockModeType.PESSIMISTIC_WRITE);
                            return List.of(row.name());
                        })
                        .onlyFor(m -> List.of(Rows.Single.class, Rows.Joined.class, Rows.Union.class)
                                .contains(m.type())),
                locks("lock `OPTIMISTIC`", LockModeType.OPTIMISTIC).onlyFor(Trait.VERSION),
                writes("lock `OPTIMISTIC_FORCE_INCREMENT`", FIRST, (s, m, k) -> {
                            var row = first(s, m, k);
                            s.lock(row, LockModeType.OPTIMISTIC_FORCE_INCREMENT);
                            return List.of(row.name());
                        })
                        .onlyFor(Trait.VERSION),
                writes("lock `PESSIMISTIC_FORCE_INCREMENT`", FIRST, (s, m, k) -> {
                            var row = first(s, m, k);
                            s.lock(row, LockModeType.PESSIMISTIC_FORCE_INCREMENT);
                            return List.of(row.name());
                        })
                        .onlyFor(Trait.VERSION),
                reads(
                        "HQL `PESSIMISTIC_WRITE`",
                        ALL,
                        (s, m, k) ->
                                names(s.createSelectionQuery("from " + m.entity() + " order by " + m.num(), m.type())
                                        .setHibernateLockMode(LockMode.PESSIMISTIC_WRITE)
                                        .getResultList())));
    }

    private static List<Statement> changes() {
        return List.of(
                empty(writes("persist", NONE, (s, m, k) -> {
                    for (var row : m.make().apply(k, 1L)) {
                        row.name("a1");
                        s.persist(row);
                    }
                    return List.of();
                })),
                writes("update", NONE, (s, m, k) -> {
                    first(s, m, k).name("ax");
                    return List.of();
                }),
                writes("delete", NONE, (s, m, k) -> {
                    s.remove(first(s, m, k));
                    return List.of();
                }),
                writes("merge of a detached", FIRST, (s, m, k) -> {
                    var row = first(s, m, k);
                    s.clear();
                    row.name("ax");
                    s.merge(row);
                    return List.of("a1");
                }),
                empty(writes("merge of a new", NONE, (s, m, k) -> {
                            var row = m.row(k, 1L);
                            row.name("a1");
                            s.merge(row);
                            return List.of();
                        }))
                        .onlyFor(m -> !hasLink(m) && !m.has(Trait.VERSION)),
                empty(writes("batch of persists", NONE, (s, m, k) -> {
                    s.setJdbcBatchSize(8);
                    for (long n = 1; n <= m.rows(); n++) {
                        for (var row : m.make().apply(k, n)) {
                            row.name("a" + n);
                            s.persist(row);
                        }
                    }
                    return List.of();
                })),
                writes("batch of updates", COUNT, (s, m, k) -> {
                    s.setJdbcBatchSize(8);
                    var rows = every(s, m);
                    rows.forEach(row -> row.name("ax"));
                    return List.of("" + rows.size());
                }),
                writes("batch of deletes", COUNT, (s, m, k) -> {
                    s.setJdbcBatchSize(8);
                    var rows = every(s, m);
                    rows.forEach(s::remove);
                    return List.of("" + rows.size());
                }));
    }

    private static List<Statement> queries() {
        return List.of(
                reads(
                        "HQL select",
                        ALL,
                        (s, m, k) ->
                                names(s.createSelectionQuery("from " + m.entity() + " order by " + m.num(), m.type())
                                        .getResultList())),
                reads(
                        "HQL by id",
                        FIRST,
                        (s, m, k) -> strings(s, "select e.name from " + m.entity() + " e where e." + m.num() + " = 1")),
                reads(
                        "HQL entity join",
                        ALL,
                        (s, m, k) -> strings(
                                s,
                                "select b.name from %1$s a join %1$s b on b.%2$s = a.%2$s order by a.%2$s"
                                        .formatted(m.entity(), m.num()))),
                reads(
                        "HQL left join",
                        ALL,
                        (s, m, k) -> strings(
                                s,
                                "select b.name from %1$s a left join %1$s b on b.%2$s = a.%2$s order by a.%2$s"
                                        .formatted(m.entity(), m.num()))),
                reads(
                        "HQL cross join",
                        m -> List.of("" + m.rows() * m.rows()),
                        (s, m, k) -> strings(s, "select count(*) from %1$s a, %1$s b".formatted(m.entity()))),
                reads(
                        "HQL explicit cross join",
                        m -> List.of("" + m.rows() * m.rows()),
                        (s, m, k) -> strings(s, "select count(*) from %1$s a cross join %1$s b".formatted(m.entity()))),
                reads(
                        "HQL aggregate",
                        m -> List.of(m.rows() + "a1a" + m.rows()),
                        (s, m, k) -> strings(
                                s,
                                "select cast(count(*) as string) || min(e.name) || max(e.name) from " + m.entity()
                                        + " e")),
                reads(
                        "HQL group by",
                        m -> ALL.apply(m).stream().map(n -> n + "1").toList(),
                        (s, m, k) -> strings(
                                s,
                                "select e.name || cast(count(*) as string) from " + m.entity()
                                        + " e group by e.name having count(*) > 0 order by e.name")),
                reads(
                        "HQL exists",
                        ALL,
                        (s, m, k) -> strings(
                                s,
                                "select e.name from %1$s e where exists (select 1 from %1$s f where f.%2$s = e.%2$s and f.name = e.name) order by e.name"
                                        .formatted(m.entity(), m.num()))),
                reads(
                        "HQL subquery",
                        COUNT,
                        (s, m, k) -> strings(
                                s,
                                "select (select count(*) from %1$s f) from %1$s e where e.%2$s = 1"
                                        .formatted(m.entity(), m.num()))),
                reads(
                        "HQL CTE",
                        ALL,
                        (s, m, k) -> strings(
                                s,
                                "with c as (select e.name as name from %1$s e) select x.name from c x order by x.name"
                                        .formatted(m.entity()))),
                reads(
                        "HQL union",
                        ALL,
                        (s, m, k) -> strings(
                                s,
                                "select e.name from %1$s e union select f.name from %1$s f order by 1"
                                        .formatted(m.entity()))),
                reads(
                        "HQL from subquery",
                        ALL,
                        (s, m, k) -> strings(
                                s,
                                "select d.name from (select e.name as name from %1$s e) d order by d.name"
                                        .formatted(m.entity()))),
                reads(
                        "HQL set operation in a subquery",
                        ALL,
                        (s, m, k) -> strings(
                                s,
                                "select e.name from %1$s e where e.%2$s in (select f.%2$s from %1$s f where f.%2$s = 1 union select g.%2$s from %1$s g where g.%2$s > 1) order by e.%2$s"
                                        .formatted(m.entity(), m.num()))),
                reads(
                        "HQL recursive CTE",
                        m -> m.rows() == 1 ? List.of("1") : List.of("1", "2"),
                        (s, m, k) -> strings(
                                s,
                                "with c as (select e.%2$s as n from %1$s e where e.%2$s = 1 union all select f.%2$s as n from %1$s f join c d on f.%2$s = d.n + 1) select x.n from c x order by x.n"
                                        .formatted(m.entity(), m.num()))),
                reads(
                        "HQL window function",
                        m -> m.rows() == 1 ? List.of("a11") : List.of("a11", "a22"),
                        (s, m, k) -> strings(
                                s,
                                "select e.name || cast(row_number() over (order by e.%2$s) as string) from %1$s e order by 1"
                                        .formatted(m.entity(), m.num()))),
                reads(
                        "page",
                        FIRST,
                        (s, m, k) -> names(s.createSelectionQuery(
                                        "from %s order by %s desc".formatted(m.entity(), m.num()), m.type())
                                .setFirstResult(m.rows() - 1)
                                .setMaxResults(5)
                                .getResultList())),
                reads("page by keyset", ALL, Statements::keyset)
                        .onlyFor(m -> m.num().equals("num")),
                reads("Criteria select", ALL, (s, m, k) -> {
                    var query = s.getCriteriaBuilder().createQuery(m.type());
                    query.from(m.type());
                    return names(s.createQuery(query).getResultList()).stream()
                            .sorted()
                            .toList();
                }),
                reads("scroll", ALL, (s, m, k) -> {
                    var found = new ArrayList<String>();
                    try (var rows = s.createSelectionQuery("from " + m.entity() + " order by " + m.num(), m.type())
                            .scroll()) {
                        while (rows.next()) {
                            found.add(rows.get().name());
                        }
                    }
                    return found;
                }),
                reads("stream", ALL, (s, m, k) -> {
                    try (var rows = s.createSelectionQuery("from " + m.entity() + " order by " + m.num(), m.type())
                            .getResultStream()) {
                        return names(rows.toList());
                    }
                }),
                reads(
                        "count of results",
                        COUNT,
                        (s, m, k) -> List.of(""
                                + s.createSelectionQuery("from " + m.entity(), m.type())
                                        .getResultCount())));
    }

    private static <R extends Rows.Named> List<String> keyset(Session s, Mapping m, UUID key) {
        @SuppressWarnings("unchecked")
        var type = (Class<R>) m.type();
        var query = s.createSelectionQuery("from " + m.entity(), type);
        var found = new ArrayList<String>();
        var page = Page.first(1).keyedBy(Order.asc(type, "num"));
        for (int i = 0; i < m.rows(); i++) {
            var rows = query.getKeyedResultList(page);
            found.addAll(names(rows.getResultList()));
            page = rows.getNextPage();
        }
        return found;
    }

    private static List<Statement> links() {
        return List.of(
                        reads("lazy", FIRST, (s, m, k) -> linked(first(s, m, k))),
                        reads(
                                "HQL join of it",
                                ALL,
                                (s, m, k) -> strings(
                                        s,
                                        (m.has(Trait.WORDS)
                                                        ? "select p from %1$s e join e.%2$s p order by 1"
                                                        : "select p.name from %1$s e join e.%2$s p order by 1")
                                                .formatted(m.entity(), link(m)))),
                        reads("HQL join fetch", ALL, (s, m, k) -> s
                                .createSelectionQuery(
                                        "from %s e left join fetch e.%s order by e.%s"
                                                .formatted(m.entity(), link(m), m.num()),
                                        m.type())
                                .getResultList()
                                .stream()
                                .flatMap(row -> linked(row).stream())
                                .toList()),
                        reads("page with join fetch", FIRST, (s, m, k) -> s
                                        .createSelectionQuery(
                                                "from %s e left join fetch e.%s order by e.%s"
                                                        .formatted(m.entity(), link(m), m.num()),
                                                m.type())
                                        .setMaxResults(1)
                                        .getResultList()
                                        .stream()
                                        .flatMap(row -> linked(row).stream())
                                        .toList())
                                // Hibernate fails to where a filter is on, with or without sharding
                                .onlyFor(m -> !m.title().equals("`@Filter`")),
                        reads(
                                "entity graph",
                                FIRST,
                                (s, m, k) -> linked(withGraph(s, m.type(), link(m), m.id().apply(k, 1L)))),
                        reads("batch fetch", ALL, (s, m, k) -> {
                            s.setFetchBatchSize(4);
                            return linkedToAll(s, m);
                        }),
                        reads("subselect fetch", ALL, (s, m, k) -> {
                            s.setSubselectFetchingEnabled(true);
                            return linkedToAll(s, m);
                        }),
                        reads(
                                        "HQL size",
                                        ALL,
                                        (s, m, k) -> strings(
                                                s,
                                                "select e.name from %s e where size(e.parts) = 1 order by 1"
                                                        .formatted(m.entity())))
                                .onlyFor(m -> m.has(Trait.TO_MANY)),
                        reads(
                                        "HQL is not empty",
                                        ALL,
                                        (s, m, k) -> strings(
                                                s,
                                                "select e.name from %s e where e.parts is not empty order by 1"
                                                        .formatted(m.entity())))
                                // of these an assertion inside Hibernate fails
                                .onlyFor(m -> m.has(Trait.TO_MANY) && !m.title().equals("soft-deleted words")),
                        writes("remove from collection", NONE, (s, m, k) -> {
                                    var parts = parts(first(s, m, k)).iterator();
                                    parts.next();
                                    parts.remove();
                                    return List.of();
                                })
                                .onlyFor(Trait.OWNED_PARTS),
                        writes("clear of collection", NONE, (s, m, k) -> {
                                    first(s, m, k).replaceLink();
                                    return List.of();
                                })
                                .onlyFor(Trait.OWNED_PARTS))
                .stream()
                .map(s -> s.onlyFor(s.applies().and(Statements::hasLink)))
                .toList();
    }

    private static String key(Mapping m) {
        return m.num().replace("num", "customer");
    }

    private static String columns(Mapping m, String key) {
        return m.num() + ", name" + (m.type() == Rows.Child.class ? ", parent" : "")
                + (hasIdApart(m) ? ", id" : "")
                + (key.isEmpty() ? "" : ", " + key);
    }

    private static String values(Mapping m, String values, Object id, String key) {
        return values
                + (m.type() == Rows.Child.class ? ", 1" : "")
                + (hasIdApart(m) ? ", " + id : "")
                + (key.isEmpty() ? "" : ", " + key);
    }

    /** Tells whether the number is not in the id. */
    private static boolean hasIdApart(Mapping m) {
        return MoreRows.Plain.class.isAssignableFrom(m.type());
    }

    private static Path<?> path(Path<?> root, String name) {
        var path = root;
        for (var part : name.split("\\.", -1)) {
            path = path.get(part);
        }
        return path;
    }

    /** The only row of a key that is the id is there already. */
    private static Statement inserts(String title, Work<Session> work) {
        return writes(title, m -> List.of("1"), work).onlyFor(m -> !m.has(Trait.ONE_ROW));
    }

    private static List<Statement> bulk() {
        return List.of(
                writes("HQL update", COUNT, (s, m, k) -> update(s, "update " + m.entity() + " set name = 'ax'")),
                writes(
                        "HQL update by id",
                        m -> List.of("1"),
                        (s, m, k) -> update(s, "update " + m.entity() + " set name = 'ax' where " + m.num() + " = 1")),
                writes("HQL delete", COUNT, (s, m, k) -> update(s, "delete from " + m.entity()))
                        .onlyFor(m -> !m.has(Trait.REFERRED_TO)),
                writes(
                                "HQL update versioned",
                                COUNT,
                                (s, m, k) -> update(s, "update versioned " + m.entity() + " set name = 'ax'"))
                        .onlyFor(Trait.VERSION),
                writes(
                        "HQL update by subquery",
                        m -> List.of("1"),
                        (s, m, k) -> update(
                                s,
                                "update %1$s set name = 'ax' where %2$s in (select f.%2$s from %1$s f where f.name = 'a1')"
                                        .formatted(m.entity(), m.num()))),
                writes(
                                "HQL update of two tables",
                                m -> List.of(m.type() == Rows.Secondary.class ? "2" : "1"),
                                (s, m, k) -> update(
                                        s,
                                        "update "
                                                + (m.type() == Rows.Secondary.class ? "Secondary" : m.entity() + "Sub")
                                                + " set name = 'ax', more = 'ax'"))
                        .onlyFor(m -> List.of(Rows.Secondary.class, Rows.Joined.class, Rows.Union.class)
                                .contains(m.type())),
                writes(
                                "HQL delete by subquery",
                                m -> List.of("1"),
                                (s, m, k) -> update(
                                        s,
                                        "delete from %1$s e where e.%2$s in (select f.%2$s from %1$s f where f.name = 'a1')"
                                                .formatted(m.entity(), m.num())))
                        .onlyFor(m -> !m.has(Trait.REFERRED_TO)),
                inserts(
                        "HQL insert values",
                        (s, m, k) -> update(
                                s,
                                "insert into %s (%s) values (%s)"
                                        .formatted(
                                                m.entity(),
                                                columns(m, ""),
                                                values(m, "9, 'a9'", m.id().apply(k, 9L), "")))),
                inserts(
                        "HQL insert values of its key",
                        (s, m, k) -> List.of(""
                                + s.createMutationQuery("insert into %s (%s) values (%s)"
                                                .formatted(
                                                        m.entity(),
                                                        columns(m, key(m)),
                                                        values(m, "9, 'a9'", m.id().apply(k, 9L), ":key")))
                                        .setParameter("key", k)
                                        .executeUpdate())),
                inserts(
                        "HQL insert values, on conflict",
                        (s, m, k) -> update(
                                s,
                                "insert into %s (%s) values (%s) on conflict (%s) do update set name = excluded.name"
                                        .formatted(
                                                m.entity(),
                                                columns(m, ""),
                                                values(m, "1, 'ax'", m.id().apply(k, 1L), ""),
                                                hasIdApart(m) ? "id" : m.num()))),
                inserts(
                        "HQL insert select",
                        (s, m, k) -> update(
                                s,
                                "insert into %1$s (%2$s) select %3$s from %1$s e where e.%4$s = 1"
                                        .formatted(
                                                m.entity(),
                                                columns(m, ""),
                                                values(m, "e." + m.num() + " + 10, e.name", "e.id + 10", ""),
                                                m.num()))),
                inserts(
                        "HQL insert select of its key",
                        (s, m, k) -> update(
                                s,
                                "insert into %1$s (%2$s) select %3$s from %1$s e where e.%4$s = 1"
                                        .formatted(
                                                m.entity(),
                                                columns(m, key(m)),
                                                values(m, "e." + m.num() + " + 10, e.name", "e.id + 10", "e." + key(m)),
                                                m.num()))),
                inserts("Criteria insert values", (s, m, k) -> {
                    var cb = s.getCriteriaBuilder();
                    var insert = cb.createCriteriaInsertValues(m.type());
                    var row = insert.getTarget();
                    var paths = new ArrayList<Path<?>>(List.of(path(row, m.num()), row.get("name")));
                    var values = new ArrayList<JpaExpression<?>>(List.of(cb.value(9L), cb.value("a9")));
                    if (m.has(Trait.TO_ONE) && m.type() == Rows.Child.class) {
                        paths.add(row.get("parent"));
                        values.add(cb.value(1L));
                    }
                    if (hasIdApart(m)) {
                        paths.add(row.get("id"));
                        values.add(cb.value((Long) m.id().apply(k, 9L)));
                    }
                    insert.setInsertionTargetPaths(paths);
                    insert.values(cb.values(values.toArray(JpaExpression[]::new)));
                    return List.of("" + s.createMutationQuery(insert).executeUpdate());
                }),
                writes("Criteria update", COUNT, (s, m, k) -> {
                    @SuppressWarnings("unchecked")
                    var type = (Class<Rows.Named>) m.type();
                    var update = s.getCriteriaBuilder().createCriteriaUpdate(type);
                    update.from(type);
                    update.set("name", "ax");
                    return List.of("" + s.createMutationQuery(update).executeUpdate());
                }),
                writes("Criteria delete", COUNT, (s, m, k) -> {
                            @SuppressWarnings("unchecked")
                            var type = (Class<Rows.Named>) m.type();
                            var delete = s.getCriteriaBuilder().createCriteriaDelete(type);
                            delete.from(type);
                            return List.of("" + s.createMutationQuery(delete).executeUpdate());
                        })
                        .onlyFor(m -> !m.has(Trait.REFERRED_TO)));
    }

    private static List<Statement> stateless() {
        return List.of(
                stateless(
                        "stateless get",
                        false,
                        FIRST,
                        (s, m, k) -> List.of(first(s, m, k).name())),
                stateless("stateless getMultiple", false, ALL, (s, m, k) -> names(s.getMultiple(m.type(), ids(m, k)))),
                stateless(
                                "stateless get `PESSIMISTIC_WRITE`",
                                false,
                                FIRST,
                                (s, m, k) ->
                                        List.of(name(s.get(m.type(), m.id().apply(k, 1L), LockMode.PESSIMISTIC_WRITE))))
                        .onlyFor(Statements::canBeLockedAsItIsLoaded),
                stateless("stateless refresh", false, FIRST, (s, m, k) -> {
                    var row = first(s, m, k);
                    s.refresh(row);
                    return List.of(row.name());
                }),
                stateless(
                        "stateless query",
                        false,
                        ALL,
                        (s, m, k) ->
                                names(s.createSelectionQuery("from " + m.entity() + " order by " + m.num(), m.type())
                                        .getResultList())),
                stateless("stateless fetch", false, FIRST, (s, m, k) -> {
                            var row = first(s, m, k);
                            s.fetch(row.link());
                            return linked(row);
                        })
                        .onlyFor(Statements::hasLink),
                empty(stateless("stateless insert", true, NONE, (s, m, k) -> {
                    for (var row : m.make().apply(k, 1L)) {
                        row.name("a1");
                        s.insert(row);
                    }
                    return List.of();
                })),
                stateless("stateless update", true, NONE, (s, m, k) -> {
                    var row = first(s, m, k);
                    row.name("ax");
                    s.update(row);
                    return List.of();
                }),
                empty(stateless("stateless insertMultiple", true, NONE, (s, m, k) -> {
                            var rows = new ArrayList<Rows.Named>();
                            for (long n = 1; n <= m.rows(); n++) {
                                rows.add(m.row(k, n));
                                rows.get(rows.size() - 1).name("a" + n);
                            }
                            s.insertMultiple(rows);
                            return List.of();
                        }))
                        .onlyFor(m -> !hasLink(m)),
                stateless("stateless updateMultiple", true, COUNT, (s, m, k) -> {
                    var rows = s.createSelectionQuery("from " + m.entity(), m.type())
                            .getResultList();
                    rows.forEach(row -> row.name("ax"));
                    s.updateMultiple(rows);
                    return List.of("" + rows.size());
                }),
                stateless("stateless deleteMultiple", true, COUNT, (s, m, k) -> {
                            var rows = s.createSelectionQuery("from " + m.entity(), m.type())
                                    .getResultList();
                            s.deleteMultiple(rows);
                            return List.of("" + rows.size());
                        })
                        .onlyFor(m -> !m.has(Trait.TO_MANY) && !m.has(Trait.REFERRED_TO)),
                stateless("stateless delete", true, NONE, (s, m, k) -> {
                            s.delete(first(s, m, k));
                            return List.of();
                        })
                        .onlyFor(m -> !m.has(Trait.TO_MANY) && !m.has(Trait.REFERRED_TO)),
                empty(stateless("stateless upsert of a new", true, NONE, (s, m, k) -> {
                            var row = m.row(k, 1L);
                            row.name("a1");
                            s.upsert(row);
                            return List.of();
                        }))
                        .onlyFor(m -> !hasLink(m)),
                stateless("stateless upsertMultiple", true, NONE, (s, m, k) -> {
                    var old = first(s, m, k);
                    old.name("ax");
                    if (m.has(Trait.ONE_ROW) || hasLink(m)) {
                        s.upsertMultiple(List.of(old));
                        return List.of();
                    }
                    var made = m.row(k, 9L);
                    made.name("a9");
                    s.upsertMultiple(List.of(old, made));
                    return List.of();
                }),
                stateless("stateless upsert of an old", true, NONE, (s, m, k) -> {
                    var row = first(s, m, k);
                    row.name("ax");
                    s.upsert(row);
                    return List.of();
                }));
    }
}
