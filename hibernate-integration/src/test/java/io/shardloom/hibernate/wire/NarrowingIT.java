package io.shardloom.hibernate.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.ClusterSession;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.hibernate.office.Guest;
import io.shardloom.hibernate.office.Member;
import io.shardloom.hibernate.office.Notice;
import io.shardloom.hibernate.office.Tariff;
import io.shardloom.hibernate.office.Visit;
import io.shardloom.hibernate.shop.Branch;
import io.shardloom.hibernate.shop.Reading;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import jakarta.persistence.criteria.Root;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hibernate.query.criteria.HibernateCriteriaBuilder;
import org.hibernate.query.criteria.JpaPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What names keys, ranges of keys or ids that tell their shard is one statement on each node that can hold the rows, and
 * not a byte on any other. Counted between client and servers.
 */
@WithCluster(nodes = 3)
class NarrowingIT {
    static final List<String> ALL = List.of("n1", "n2", "n3");
    static final LocalDate SPRING = LocalDate.of(2016, 3, 3);
    static final LocalDate SUMMER = LocalDate.of(2016, 7, 7);
    static final LocalDate AUTUMN = LocalDate.of(2016, 11, 11);

    /** How the statements of a commit over several nodes begin. */
    static final List<String> COMMIT = List.of(
            "select identity", "insert into shardloom.", "reset role", "prepare transaction", "commit prepared");

    static final Map<String, WireCounter> wires = new TreeMap<>();
    /** Two members on each node, and a visit of each. */
    static final Map<String, List<UUID>> members = new TreeMap<>();

    static final Map<UUID, UUID> visits = new HashMap<>();
    static final List<Long> guests = new ArrayList<>();
    static final Map<String, Integer> branches = new HashMap<>();
    static EntityManagerFactory emf;
    static Shardloom shop;

    @BeforeAll
    static void open(EmbeddedCluster cluster) throws IOException {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        for (var node : ALL) {
            var wire = new WireCounter(cluster.node(node).primary().port());
            wires.put(node, wire);
            properties.put(
                    "shardloom.node." + node + ".primary",
                    "jdbc:postgresql://127.0.0.1:" + wire.port() + "/" + cluster.database() + "?sslmode=disable");
        }
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        properties.put("shardloom.hikari.maximumPoolSize", "1");
        Quiet.begin(properties);
        emf = Persistence.createEntityManagerFactory("everywhere", properties);
        shop = Shardloom.of(emf);
        Quiet.awaitFirstPass();
        shop.query("select count(*) from Member", Long.class).getSingleResult();
        wires.values().forEach(WireCounter::countNoMoreConnections); // each pool has its own
        ALL.forEach(node -> members.put(node, keysOn(node)));
        shop.inCluster(session -> {
            members.values()
                    .forEach(ids -> ids.forEach(id -> {
                        session.persist(new Member(id, "m"));
                        var visit = new Visit(id, 5);
                        session.persist(visit);
                        visits.put(id, visit.id);
                    }));
            for (int i = 0; i < 4; i++) {
                var guest = new Guest("g");
                session.persist(guest);
                guests.add(guest.id);
            }
            for (var country : List.of("EUA", "Brasil", "França", "Espanha")) {
                var branch = new Branch(country, "capital");
                session.persist(branch);
                branches.put(country, branch.id);
            }
            for (var day : List.of(SPRING, SUMMER, AUTUMN)) {
                session.persist(new Reading(day, "London", 20));
            }
            session.persist(new Notice("notice"));
            session.persist(new Tariff("basic", "1"));
        });
    }

    private static List<UUID> keysOn(String node) {
        return Stream.generate(shop::newUuid)
                .filter(id -> nodeOf("people", id).equals(node))
                .limit(2)
                .toList();
    }

    private static String nodeOf(String group, Object key) {
        return shop.explain(shop.key(group, key)).location().node().name();
    }

    @AfterAll
    static void close() throws IOException {
        Quiet.end();
        emf.close();
        for (var wire : wires.values()) {
            wire.close();
        }
    }

    private static UUID member(int node, int which) {
        return members.get("n" + node).get(which);
    }

    private static UUID visitOf(UUID member) {
        return visits.get(member);
    }

    /** Something to do, and the nodes it concerns. */
    private record Case(String name, Function<ClusterSession, Object> work, Object answer, List<String> nodes) {}

    private static final class Cases {
        final List<Case> all = new ArrayList<>();

        void add(String name, Function<ClusterSession, Object> work, Object answer, String... nodes) {
            all.add(new Case(name, work, answer, List.of(nodes)));
        }

        /** A count of rows; parameters are numbered. */
        void count(String hql, long answer, List<?> parameters, String... nodes) {
            add(
                    hql + " " + parameters,
                    session -> {
                        var query = session.query("select count(*) from " + hql, Long.class);
                        for (int i = 0; i < parameters.size(); i++) {
                            query.setParameter(i + 1, parameters.get(i));
                        }
                        return query.getSingleResult();
                    },
                    answer,
                    nodes);
        }
    }

    private static List<Case> queries() {
        var cases = new Cases();
        var m1 = member(1, 0);
        var m1b = member(1, 1);
        var m2 = member(2, 0);
        var m3 = member(3, 0);
        var v2 = new Visit.Key(m2, visitOf(m2));

        cases.count("Member where id = ?1", 1, List.of(m2), "n2");
        cases.count("Member where ?1 = id", 1, List.of(m2), "n2");
        cases.count("Member m where m = ?1", 1, List.of(new Member(m3, "m")), "n3");
        cases.count("Member m where id(m) = ?1 and m.name = 'm'", 1, List.of(m3), "n3");
        cases.count("Member where id in (?1)", 2, List.of(List.of(m1, m1b)), "n1");
        cases.count("Member where id in (?1, ?2)", 2, List.of(m1, m3), "n1", "n3");
        cases.count("Member where id = ?1 or id = ?2 and name = 'm'", 2, List.of(m2, m3), "n2", "n3");
        cases.count("Member where (id = ?1 or id = ?2) and id = ?1", 1, List.of(m2, m3), "n2");
        cases.count("Member where id = ?1 or name = 'm'", 6, List.of(m2), "n1", "n2", "n3");
        cases.count("Member where id <> ?1", 5, List.of(m2), "n1", "n2", "n3");
        cases.count("Member where not (id = ?1)", 5, List.of(m2), "n1", "n2", "n3");
        cases.count("Visit where memberId = ?1", 1, List.of(m2), "n2");
        cases.count("Visit v where v.member.id = ?1", 1, List.of(m2), "n2");
        cases.count("Visit v where v.member = ?1", 1, List.of(new Member(m2, "m")), "n2");
        cases.count("Visit v join v.member m where m.id = ?1", 1, List.of(m3), "n3");
        cases.count("Visit v where id(v) = ?1", 1, List.of(v2), "n2");
        cases.count("Visit where id = ?1", 1, List.of(visitOf(m3)), "n3");
        cases.count("Visit where id in (?1)", 2, List.of(List.of(visitOf(m1), visitOf(m1b))), "n1");
        cases.count("Visit where id in (?1, ?2)", 2, List.of(visitOf(m1), visitOf(m3)), "n1", "n3");
        cases.count("Visit where id > ?1", 6, List.of(new UUID(0, 0)), "n1", "n2", "n3");
        long guest = guests.get(1);
        cases.count("Guest where id = " + guest, 1, List.of(), nodeOf("guests", guest));
        cases.count("Guest where id in (" + guest + ", " + guest + ")", 1, List.of(), nodeOf("guests", guest));

        cases.count("Branch where country = 'Brasil'", 1, List.of(), "n1");
        cases.count("Branch where country = ?1", 1, List.of("França"), "n2");
        cases.count("Branch where country in ('Brasil', 'EUA', 'Mexico')", 2, List.of(), "n1");
        cases.count("Branch where country in (?1)", 2, List.of(List.of("França", "Espanha")), "n2");
        cases.count("Branch where country = 'EUA' or country = ?1", 2, List.of("Espanha"), "n1", "n2");
        cases.count("Branch where country = 'EUA' and country = 'Portugal'", 0, List.of(), "n1");
        cases.count("Branch", 4, List.of(), "n1", "n2");

        cases.count("Reading r where r.key.day = ?1", 1, List.of(SUMMER), "n2");
        cases.count("Reading r where r.key = ?1", 1, List.of(new Reading.Key(AUTUMN, "London")), "n3");
        cases.count("Reading r where id(r) in (?1)", 1, List.of(List.of(new Reading.Key(SUMMER, "London"))), "n2");
        cases.count("Reading r where r.key.day = {d '2016-07-07'}", 1, List.of(), "n2");
        cases.count("Reading r where r.key.day = date 2016-07-07", 1, List.of(), "n2");
        cases.count("Reading r where r.key.day = {d '2016-07-07'} or r.key.day = ?1", 2, List.of(AUTUMN), "n2", "n3");
        cases.count("Reading r where r.key.day between ?1 and ?2", 1, List.of(SUMMER, SUMMER.plusDays(9)), "n2");
        cases.count("Reading r where r.key.day between ?1 and ?2", 2, List.of(SPRING, SUMMER), "n1", "n2");
        cases.count("Reading r where r.key.day not between ?1 and ?2", 1, List.of(SPRING, SUMMER), "n1", "n2", "n3");
        cases.count("Reading r where r.key.day < ?1", 1, List.of(LocalDate.of(2016, 5, 1)), "n1");
        cases.count("Reading r where r.key.day <= ?1", 1, List.of(LocalDate.of(2016, 5, 1)), "n1", "n2");
        cases.count("Reading r where ?1 <= r.key.day", 1, List.of(LocalDate.of(2016, 9, 1)), "n3");
        cases.count(
                "Reading r where r.key.day > ?1 and r.key.day < ?2",
                1,
                List.of(SUMMER, AUTUMN.plusDays(1)),
                "n2",
                "n3");
        cases.count(
                "Reading r where r.key.day < ?1 or r.key.day > ?2",
                2,
                List.of(SPRING.plusDays(1), AUTUMN.minusDays(1)),
                "n1",
                "n3");
        cases.count("Reading r where r.key.day >= {d '2016-09-01'} and r.temperature > 10", 1, List.of(), "n3");
        cases.count("Reading r where r.key.city = 'London'", 3, List.of(), "n1", "n2", "n3");

        cases.count("Notice", 1, List.of(), "n2");
        cases.count("Tariff where id > 0", 1, List.of(), "n1");
        cases.count(
                "Member m where exists (select 1 from Visit v where v.memberId = m.id) and m.id = ?1",
                1,
                List.of(m2),
                "n2");
        cases.add(
                "a page",
                session -> session.query("select name from Member where id in (:ids) order by id", String.class)
                        .setParameterList("ids", members.get("n3"))
                        .setFirstResult(1)
                        .setMaxResults(1)
                        .getResultList(),
                List.of("m"),
                "n3");
        cases.add(
                "a stream",
                session -> {
                    try (var rows = session.query("from Member where id = :id", Member.class)
                            .setParameter("id", m2)
                            .getResultStream()) {
                        return rows.count();
                    }
                },
                1L,
                "n2");
        cases.add(
                "a result count",
                session -> session.query("from Member where id = :id", Member.class)
                        .setParameter("id", m2)
                        .getResultCount(),
                1L,
                "n2");
        return cases.all;
    }

    private static List<Case> criteria() {
        var cases = new Cases();
        var m1 = member(1, 0);
        var m3 = member(3, 0);
        cases.add("criteria equal", c(Member.class, (b, r) -> b.equal(r.get("id"), m1)), 1L, "n1");
        cases.add("criteria in", c(Member.class, (b, r) -> b.in(r.get("id"), List.of(m1, m3))), 2L, "n1", "n3");
        cases.add(
                "criteria or",
                c(Member.class, (b, r) -> b.or(b.equal(r.get("id"), m1), b.equal(r.get("id"), m3))),
                2L,
                "n1",
                "n3");
        cases.add(
                "criteria between",
                c(Reading.class, (b, r) -> b.between(r.get("key").get("day"), SUMMER, SUMMER)),
                1L,
                "n2");
        cases.add(
                "criteria less than",
                c(Reading.class, (b, r) -> b.lessThan(r.get("key").get("day"), SPRING.plusDays(1))),
                1L,
                "n1");
        cases.add("criteria list", c(Branch.class, (b, r) -> b.equal(r.get("country"), "Espanha")), 1L, "n2");
        cases.add("criteria id", c(Visit.class, (b, r) -> b.equal(r.get("id"), visitOf(m3))), 1L, "n3");
        cases.add("criteria of all", c(Visit.class, (b, r) -> b.equal(r.get("minutes"), 5)), 6L, "n1", "n2", "n3");
        return cases.all;
    }

    private static <T> Function<ClusterSession, Object> c(
            Class<T> entity, BiFunction<HibernateCriteriaBuilder, Root<T>, JpaPredicate> where) {
        return session -> {
            var builder = (HibernateCriteriaBuilder) emf.getCriteriaBuilder();
            var query = builder.createQuery(Long.class);
            var root = query.from(entity);
            query.select(builder.count(root)).where(where.apply(builder, root));
            return session.query(query).getSingleResult();
        };
    }

    private static List<Case> ids() {
        var cases = new Cases();
        var m1 = member(1, 0);
        var m2 = member(2, 0);
        var m3 = member(3, 0);
        cases.add("find", s -> s.find(Member.class, m2) != null, true, "n2");
        cases.add("find by IdClass", s -> s.find(Visit.class, new Visit.Key(m3, visitOf(m3))) != null, true, "n3");
        cases.add(
                "find by embedded id",
                s -> s.find(Reading.class, new Reading.Key(SUMMER, "London")) != null,
                true,
                "n2");
        cases.add("find nothing", s -> s.find(Member.class, keysOn("n3").get(0)) == null, true, "n3");
        cases.add(
                "find a list's row by an id without key",
                s -> s.find(Branch.class, branches.get("Espanha")) != null,
                true,
                "n1",
                "n2");
        cases.add("find a local row", s -> s.find(Notice.class, "notice") != null, true, "n2");
        cases.add(
                "find a reference row",
                s -> s.query("from Tariff", Tariff.class).getResultList().size(),
                1,
                "n1");
        cases.add(
                "findAll of one node",
                s -> s.findAll(Member.class, members.get("n3")).size(),
                2,
                "n3");
        cases.add(
                "findAll of two nodes",
                s -> s.findAll(Member.class, List.of(m1, m3, m1)).size(),
                3,
                "n1",
                "n3");
        cases.add(
                "findAll by IdClass",
                s -> s.findAll(Visit.class, List.of(new Visit.Key(m2, visitOf(m2))))
                        .size(),
                1,
                "n2");
        return cases.all;
    }

    private static List<Case> statements() {
        var cases = new Cases();
        var m1 = member(1, 0);
        var m2 = member(2, 0);
        var m3 = member(3, 0);
        cases.add(
                "update by key",
                s -> s.execute("update Visit set minutes = 6 where memberId = :id", Map.of("id", m2)),
                1L,
                "n2");
        cases.add(
                "update by id",
                s -> s.execute("update Visit set minutes = 6 where id = :id", Map.of("id", visitOf(m3))),
                1L,
                "n3");
        cases.add(
                "update by list",
                s -> s.execute("update Branch set city = 'c' where country in ('EUA', 'Brasil')"),
                2L,
                "n1");
        cases.add(
                "delete by range",
                s -> s.execute("delete from Reading r where r.key.day >= :day", Map.of("day", AUTUMN.plusDays(1))),
                0L,
                "n3");
        cases.add(
                "update by criteria",
                s -> {
                    var builder = emf.getCriteriaBuilder();
                    var update = builder.createCriteriaUpdate(Visit.class);
                    var visit = update.from(Visit.class);
                    update.set(visit.<Integer>get("minutes"), 7).where(builder.equal(visit.get("memberId"), m1));
                    return s.execute(update);
                },
                1L,
                "n1");
        cases.add("update of all", s -> s.execute("update Visit set minutes = 5"), 6L, "n1", "n2", "n3");
        return cases.all;
    }

    @TestFactory
    Stream<DynamicTest> queriesGoWhereTheirKeysAre() {
        return Stream.concat(queries().stream(), criteria().stream())
                .map(one -> DynamicTest.dynamicTest(one.name, () -> check(one, 1)));
    }

    @TestFactory
    Stream<DynamicTest> idsGoWhereTheirKeysAre() {
        return ids().stream().map(one -> DynamicTest.dynamicTest(one.name, () -> check(one, 1)));
    }

    @TestFactory
    Stream<DynamicTest> bulkStatementsGoWhereTheirKeysAre() {
        return statements().stream().map(one -> DynamicTest.dynamicTest(one.name, () -> check(one, 1)));
    }

    private static void check(Case one, int statements) {
        takeAll();
        var answer = shop.<Object>fromCluster(one.work);

        var bytes = new LinkedHashMap<String, Long>();
        var sent = new LinkedHashMap<String, List<String>>();
        wires.forEach((node, wire) -> {
            bytes.put(node, wire.takeBytes());
            sent.put(
                    node,
                    wire.takeStatements().stream()
                            .filter(sql -> COMMIT.stream().noneMatch(sql.strip()::startsWith))
                            .toList());
        });
        assertThat(answer).isEqualTo(one.answer);
        for (var node : ALL) {
            if (one.nodes.contains(node)) {
                assertThat(sent.get(node)).as("statements on node " + node).hasSize(statements);
            } else {
                assertThat(bytes.get(node))
                        .as("bytes sent to node " + node + ": " + sent.get(node))
                        .isZero();
            }
        }
    }

    private static void takeAll() {
        wires.values().forEach(wire -> {
            wire.takeBytes();
            wire.takeStatements();
        });
    }

    @Test
    void aQueryOfOneKeyWhoseValueTellsNoNodeIsRefusedAndNotAskedOfAll() {
        takeAll();

        assertThatThrownBy(() -> shop.query("select count(*) from Guest where id = 1.5", Long.class)
                        .getResultList())
                .isInstanceOf(RefusedQueryException.class)
                .hasMessageContaining("the value of the condition that gives one key is not of the key's type");
        assertThat(touched()).isEmpty();
    }

    @Test
    void readsOfReplicasAreAsNarrow() {
        takeAll();
        assertThat(shop.query("select count(*) from Member where id = :id", Long.class)
                        .setParameter("id", member(2, 1))
                        .getSingleResult())
                .isEqualTo(1);

        assertThat(touched()).containsExactly("n2");
    }

    private static Set<String> touched() {
        return wires.entrySet().stream()
                .filter(wire -> wire.getValue().takeBytes() > 0)
                .map(Map.Entry::getKey)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void explainSaysRouteMergeSqlAndEachServersPlan() {
        var all = explain("select name from Member order by id", Map.of());
        assertThat(all.get(0)).isEqualTo("Route  ALL nodes: n1, n2, n3");
        assertThat(all.get(1)).isEqualTo("Merge  sorted streams of 3 nodes");
        assertThat(all.get(2))
                .startsWith("SQL    select m1_0.name")
                .contains(" from Member m1_0 ")
                .contains("order by");
        assertThat(plans(all)).containsOnlyKeys("n1", "n2", "n3").allSatisfy((node, plan) -> assertThat(plan)
                .anySatisfy(line -> assertThat(line).contains("member_p").contains("cost=")));

        var list = explain("from Branch", Map.of());
        assertThat(list.get(0)).isEqualTo("Route  ALL nodes: n1, n2");
        assertThat(list.get(1)).isEqualTo("Merge  one node after the other");

        var some = explain(
                "select count(*) from Member where id in (:ids)", Map.of("ids", List.of(member(1, 0), member(3, 0))));
        assertThat(some.get(0)).isEqualTo("Route  n1, n3");
        assertThat(some.get(1)).startsWith("Merge  groups with equal keys, 1 aggregates");
        assertThat(plans(some)).containsOnlyKeys("n1", "n3");

        var one = explain("from Visit where id = :id", Map.of("id", visitOf(member(2, 0))));
        assertThat(one.get(0)).isEqualTo("Route  n2");
        assertThat(one.get(1)).isEqualTo("Merge  none, one node has all rows");
        assertThat(plans(one)).containsOnlyKeys("n2");
    }

    private static List<String> explain(String hql, Map<String, Object> parameters) {
        var query = shop.query(hql, Object.class);
        parameters.forEach((name, value) -> {
            if (value instanceof Collection<?> list) {
                query.setParameterList(name, list);
            } else {
                query.setParameter(name, value);
            }
        });
        return query.explain().lines().toList();
    }

    /** Returns the lines of the servers' plans by node. */
    private static Map<String, List<String>> plans(List<String> explained) {
        var plans = new TreeMap<String, List<String>>();
        var text = String.join("\n", explained);
        Arrays.stream(text.split("Plan of node ")).skip(1).forEach(plan -> {
            var lines = plan.lines().toList();
            plans.put(lines.get(0), lines.subList(1, lines.size()));
        });
        return plans;
    }
}
