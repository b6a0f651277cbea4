package io.shardloom.hibernate.differential;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.SoftAssertions.assertSoftly;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.differential.Grove.Cone;
import io.shardloom.hibernate.differential.Grove.Leaf;
import io.shardloom.hibernate.differential.Grove.Numbered;
import io.shardloom.hibernate.differential.Grove.Tree;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.hibernate.SessionFactory;
import org.hibernate.jpa.HibernatePersistenceConfiguration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Over three nodes and on one PostgreSQL: texts with collations of their own, references to nothing, ways to load and to filter. */
@WithCluster(nodes = 3)
class GroveIT {
    private static final String BLIND =
            "create collation %sblind (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";

    private static EntityManagerFactory cluster;
    private static SessionFactory plain;
    private static Shardloom shop;

    @BeforeAll
    static void open(EmbeddedCluster servers) throws SQLException {
        for (var node : servers.nodes()) {
            node.primary().execute(BLIND.formatted(""));
        }
        var one = servers.node("n1").primary();
        one.execute("create schema plain", BLIND.formatted("plain."));
        var sharded = new HashMap<String, Object>(servers.shardloomProperties());
        sharded.put("shardloom.group.trees.shards", "8");
        cluster = open("grove", sharded);
        plain = open(
                        "one grove",
                        Map.of(
                                "jakarta.persistence.jdbc.url", one.jdbcUrl() + "?currentSchema=plain",
                                "jakarta.persistence.jdbc.user", one.user(),
                                "jakarta.persistence.jdbc.password", one.password()))
                .unwrap(SessionFactory.class);
        shop = Shardloom.of(cluster);
        plain.inTransaction(session -> Grove.soils().forEach(session::persist));
        shop.inCluster(session -> session.persistAll(Grove.soils()));
        for (long id = 0; id < 60; id++) {
            long tree = id;
            plain.inTransaction(session -> Grove.persist(session, tree));
            shop.inTransaction(tree, session -> Grove.persist(session, tree));
        }
    }

    private static EntityManagerFactory open(String name, Map<String, Object> properties) {
        var unit = new HibernatePersistenceConfiguration(name);
        Grove.ENTITIES.forEach(unit::managedClass);
        properties.forEach(unit::property);
        unit.property("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        return unit.createEntityManagerFactory();
    }

    @AfterAll
    static void close() {
        if (cluster != null) {
            cluster.close();
        }
        if (plain != null) {
            plain.close();
        }
    }

    @Test
    void sortsTextsOfCollectionsByTheirOwnCollation() {
        same(
                "select w, t.id from Tree t join t.words w order by w, t.id",
                "select w, t.id from Tree t join t.words w order by w desc nulls last, t.id",
                "select distinct w from Tree t join t.words w order by w",
                "select element(w), count(*) from Tree t join t.words w group by element(w) order by element(w)",
                "select w, count(*) from Tree t join t.words w group by w order by w desc",
                "select min(w), max(w) from Tree t join t.words w",
                "select distinct key(s) from Tree t join t.sizes s order by key(s)",
                "select key(s), count(*), sum(value(s)) from Tree t join t.sizes s group by key(s) order by key(s)",
                "select min(key(s)), max(key(s)) from Tree t join t.sizes s",
                "select d.w, d.id from (select w as w, t.id as id from Tree t join t.words w) d where d.id < 30",
                "select t.name, t.id from Tree t order by t.name, t.id");
    }

    @Test
    void sortsTextsOfTablesThatAreUnited() {
        same(
                "select a.call, a.tree, a.num from Animal a order by a.call, a.tree, a.num",
                "select distinct a.call from Animal a order by a.call",
                "select a.call, count(*) from Animal a group by a.call order by a.call desc",
                "select b.call, b.tree, b.num from Bird b order by b.call, b.tree, b.num");
    }

    @Test
    void refusesTextsWhoseCollationIsNotKnown() {
        refused("select t.low, t.id from Tree t order by t.low, t.id", "in which order the server puts");
        refused("select distinct t.low from Tree t", "which values of its type the server takes for equal");
        refused("select m, count(*) from Tree t join t.marks m group by m", "the server takes for equal");
        refused("select distinct m from Tree t join t.marks m", "which values of its type the server takes for equal");
        refused("select m from Tree t join t.marks m union select s.code from Soil s", "the server takes for equal");
        refused("select distinct collate(t.name as blind) from Tree t", "the server takes for equal");
        refused(
                "select collate(t.name as blind), count(*) from Tree t group by collate(t.name as blind)",
                "the server takes for equal");
        refused("select upper(t.low), t.id from Tree t order by upper(t.low), t.id", "in which order the server puts");
    }

    @Test
    void takesNoKeysForEqualOfWhichBothMayBeNull() {
        for (var condition : List.of("x.tree is not distinct from y.tree", "x is not distinct from y")) {
            refused(
                    "select a.tree, b.tree from Leaf a left join a.twig x, Leaf b left join b.twig y where "
                            + condition,
                    "nothing says that");
        }
        same(
                "select a.tree, a.num, b.num from Leaf a join Leaf b on a.tree is not distinct from b.tree",
                "select a.tree, a.num, b.num from Leaf a, Leaf b left join b.twig y where a.tree is not distinct from y.tree",
                "select a.tree, a.num from Leaf a where exists (select 1 from Leaf b where b.twig is not distinct from a)");
    }

    @Test
    void keepsGroupsOfReferencesToNothing() {
        same(
                "select count(*), max(t.height) from Tree t group by t.soil",
                "select max(t.height) + 1, count(*) from Tree t group by t.soil having count(*) > 2",
                "select count(*) from Tree t where t.soil.code <> 'clay' or t.soil is null group by t.soil",
                "select t.soil.code, count(*) from Tree t group by t.soil",
                "select t.soil.code || 'x', count(*) from Tree t group by t.soil",
                "select t.soil.depth, count(*) from Tree t group by t.soil.depth",
                "select count(*) from Tree t where t.soil.depth > 0 group by t.soil",
                "select max(t.height), cast(count(*) as String) || '!' from Tree t group by t.soil");
        refused("select count(*) from Leaf l group by l.twig", "it groups by 'l.twig' and does not select it");
    }

    @Test
    void aggregatesDistinctPrimitiveAttributesOfRowsThatMayBeMissing() {
        same(
                "select count(distinct x.weight), sum(distinct x.weight), avg(distinct x.weight) from Leaf l left join l.twig x",
                "select l.num, count(distinct x.weight) from Leaf l left join l.twig x group by l.num order by l.num",
                "select count(distinct x.weight) filter (where l.num > 1), count(distinct x.above) from Leaf l left join l.twig x",
                "select count(distinct x.weight) from Leaf l left join l.twig x where l.above is null");
    }

    @Test
    void listsLiterals() {
        same(
                "select listagg('x', ',') within group (order by l.num) from Leaf l where l.tree < 9",
                "select listagg(distinct 'x', ',') from Leaf l",
                "select l.num, listagg('it''s', '') within group (order by l.tree) from Leaf l group by l.num order by l.num");
    }

    @Test
    void refusesAConditionOnTheGroupOfAllRowsWithoutAggregates() {
        var builder = plain.getCriteriaBuilder();
        var one = builder.createQuery(Integer.class);
        one.from(Tree.class);
        one.select(builder.literal(1)).having(builder.equal(builder.literal(1), 1));
        var expected = plain.fromTransaction(
                session -> session.createSelectionQuery(one).getResultList());
        var nodes = cluster.getCriteriaBuilder();
        var each = nodes.createQuery(Integer.class);
        each.from(Tree.class);
        each.select(nodes.literal(1)).having(nodes.equal(nodes.literal(1), 1));

        assertThat(expected).hasSize(1);
        assertSoftly(soft -> soft.assertThatThrownBy(
                        () -> shop.readCluster(session -> session.query(each).getResultList()))
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining("neither groups nor aggregates"));
    }

    @Test
    void loadsCollectionsInBatchesAndBySubselects() {
        Function<List<Tree>, List<String>> texts = trees -> trees.stream()
                .map(tree -> tree.id + " "
                        + tree.leaves.stream().map(leaf -> leaf.num).sorted().toList() + " "
                        + tree.cones.stream().map(cone -> cone.num).sorted().toList())
                .toList();
        for (var hql : List.of(
                "from Tree t where t.id > 3 order by t.name, t.id",
                "select distinct t from Tree t join t.leaves l where l.num > 0 order by t.id",
                "from Tree t where t.id = 9",
                "from Tree t where t.id in (select l.tree from Leaf l where l.num = 3) order by t.id")) {
            for (int offset : List.of(0, 5)) {
                var expected =
                        plain.fromTransaction(session -> texts.apply(session.createSelectionQuery(hql, Tree.class)
                                .setFirstResult(offset)
                                .setMaxResults(20)
                                .getResultList()));
                assertThat(shop.<List<String>>readCluster(session -> texts.apply(session.query(hql, Tree.class)
                                .setFirstResult(offset)
                                .setMaxResults(20)
                                .getResultList())))
                        .as(hql)
                        .isEqualTo(expected);
                assertThat(shop.<List<String>>readCluster(session -> {
                            try (var rows = session.query(hql, Tree.class)
                                    .setFetchSize(2)
                                    .setFirstResult(offset)
                                    .setMaxResults(20)
                                    .getResultStream()) {
                                return texts.apply(rows.toList());
                            }
                        }))
                        .as("stream of " + hql)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void filtersAsTheSessionsOfOnePostgresDo() {
        same(
                "select count(*) from Cone",
                "select c.tree, c.num from Cone c order by c.num, c.tree",
                "select c.num, count(*) from Cone c group by c.num",
                "select t.id, size(t.cones) from Tree t",
                "select t.id from Tree t where exists (select 1 from Cone c where c.owner = t and c.num = 1)",
                "select t.id, c.num from Tree t left join t.cones c",
                "select c.num from Cone c where c.tree = 9",
                "select c.num from Cone c union select l.num from Leaf l");
        assertThat(shop.<Cone>readCluster(session -> session.find(Cone.class, new Numbered(9L, 1))) == null)
                .isEqualTo(plain.fromTransaction(session -> session.find(Cone.class, new Numbered(9L, 1))) == null);
        assertThat(shop.<Integer>readCluster(session -> session.findAll(
                                Cone.class, List.of(new Numbered(9L, 1), new Numbered(9L, 2), new Numbered(14L, 1)))
                        .size()))
                .isEqualTo(plain.fromTransaction(session -> session
                                .findMultiple(
                                        Cone.class,
                                        List.of(new Numbered(9L, 1), new Numbered(9L, 2), new Numbered(14L, 1)))
                                .stream()
                                .filter(cone -> cone != null)
                                .count())
                        .intValue());
    }

    @Test
    void answersTheSameInBlocksOfAnySize() {
        for (var hql : List.of(
                "select w, t.id from Tree t join t.words w order by w, t.id",
                "select t.height, count(*), max(t.name) from Tree t group by t.height order by t.height",
                "select distinct t.name from Tree t order by t.name",
                "(select t.height from Tree t union all select l.num from Leaf l) order by 1")) {
            var expected = plain(hql);
            for (int block : List.of(1, 2, 7)) {
                assertThat(shop.<List<String>>readCluster(
                                session -> session.query(hql, Object.class).setFetchSize(block).getResultList().stream()
                                        .map(Values::text)
                                        .toList()))
                        .as(hql + " in blocks of " + block)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void asksOfWhatIsNotYetFlushed() {
        var hql = "select count(*), sum(l.above), max(l.num) from Leaf l where l.num > 90";
        var leaf = new Leaf();
        leaf.tree = 21L;
        leaf.num = 91;

        var expected = plain.fromSession(session -> {
            session.beginTransaction();
            var mine = new Leaf();
            mine.tree = 21L;
            mine.num = 91;
            session.persist(mine);
            var first = Values.text(
                    session.createSelectionQuery(hql, Object[].class).getSingleResult());
            mine.above = 0;
            var second = Values.text(
                    session.createSelectionQuery(hql, Object[].class).getSingleResult());
            session.remove(mine);
            var third = Values.text(
                    session.createSelectionQuery(hql, Object[].class).getSingleResult());
            session.getTransaction().rollback();
            return List.of(first, second, third);
        });
        var actual = shop.fromCluster(session -> {
            session.persist(leaf);
            var first = Values.text(session.query(hql, Object[].class).getSingleResult());
            leaf.above = 0;
            var second = Values.text(session.query(hql, Object[].class).getSingleResult());
            session.remove(leaf);
            var third = Values.text(session.query(hql, Object[].class).getSingleResult());
            return List.of(first, second, third);
        });

        assertThat(actual).isEqualTo(expected);
    }

    private static void same(String... questions) {
        assertSoftly(soft -> {
            for (var hql : questions) {
                soft.assertThatCode(() -> assertThat(clustered(hql)).isEqualTo(plain(hql)))
                        .as(hql)
                        .doesNotThrowAnyException();
            }
        });
    }

    private static void refused(String hql, String part) {
        assertSoftly(soft -> soft.assertThatThrownBy(() -> clustered(hql))
                .as(hql)
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining(part));
    }

    private static List<String> plain(String hql) {
        return plain.fromTransaction(session ->
                texts(hql, session.createSelectionQuery(hql, Object.class).getResultList()));
    }

    private static List<String> clustered(String hql) {
        return shop.readCluster(
                session -> texts(hql, session.query(hql, Object.class).getResultList()));
    }

    private static List<String> texts(String hql, List<?> rows) {
        var texts = rows.stream().map(Values::text);
        return (Question.of(hql).ordered() ? texts : texts.sorted()).toList();
    }
}
