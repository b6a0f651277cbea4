package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.differential.Model.Pair;
import jakarta.persistence.Tuple;
import java.util.List;
import java.util.Map;

/** Questions whose values are computed of parameters, of sub-queries, and of aggregates. */
final class Calculated {
    private Calculated() {}

    static void add(List<Question> all) {
        positions(all);
        aggregates(all);
        groups(all);
        partsOfGroups(all);
        roundedNumbers(all);
        numbers(all);
    }

    /** What nodes compute of the values grouped by, beside aggregates. */
    private static void partsOfGroups(List<Question> all) {
        for (var hql : List.of(
                "select year(c.created) + 1, year(c.created) + count(*) from Client c group by year(c.created)",
                "select month(c.created), month(c.created) * count(*), count(*) / month(c.created) from Client c group by"
                        + " month(c.created) order by 1",
                "select case when year(c.created) = 2024 then count(*) else 0 end, month(c.created) from Client c group by"
                        + " year(c.created), month(c.created) order by 2",
                "select cast(c.age + c.grade as String) || max(c.name) from Client c group by c.age + c.grade",
                "select c.age + c.grade || max(c.name) from Client c group by c.age + c.grade",
                "select concat(upper(c.name), '-', max(c.region)) from Client c group by upper(c.name)",
                "select concat(upper(c.name), '-', max(c.region)) from Client c group by c.name",
                "select case when c.region = 'north' then max(c.name) else c.region end from Client c group by c.region",
                "select case c.region when 'north' then max(c.name) else c.region end from Client c group by c.region",
                "select l.name || max(c.name) from Client c join c.land l group by l",
                "select l.name, l.area + count(*) from Client c join c.land l group by l",
                "select l.name, l.area * 2 + count(*), upper(max(c.name)) from Client c join c.land l group by l.code order by"
                        + " upper(max(c.name)), l.name",
                "select p.target, p.target.area + sum(p.quantity) from Purchase p group by p.target",
                "select count(*) from Client c group by c.land having c.land is null or count(*) > 3",
                "select count(*) from Client c group by c.land order by c.land nulls first",
                "select upper(max(c.name)) from Client c group by c.land order by c.land desc",
                "select -c.age + count(*), coalesce(c.age, 7) * count(*), coalesce(c.age, count(*)) from Client c group by c.age",
                "select cast(-c.age as String) || count(*), cast(coalesce(c.age, 3) as String) || max(c.name) from Client c group"
                        + " by -c.age, coalesce(c.age, 3)",
                "select case when c.age > 30 then 'old' else 'young' end || count(*) from Client c group by case when c.age > 30"
                        + " then 'old' else 'young' end",
                "select case c.age when 30 then 1 else 2 end * count(*), cast(case c.age when 30 then 1 else 2 end as String) ||"
                        + " max(c.name) from Client c group by case c.age when 30 then 1 else 2 end",
                "select sum(extract(year from c.created)), avg(month(c.created)), min(day(c.created)), count(distinct"
                        + " hour(c.created)), sum(distinct month(c.created)), stddev_pop(day(c.created)) from Client c",
                "select second(c.created), count(*) from Client c group by second(c.created)",
                "select cast(c.created as LocalDate), cast(cast(c.created as LocalDate) as String) || count(*) from Client c group"
                        + " by cast(c.created as LocalDate)",
                "select trunc(c.created, month), year(trunc(c.created, month)) + count(*) from Client c group by trunc(c.created,"
                        + " month)",
                "select round(c.credit, 0) * count(*), cast(round(c.credit, 0) as String) || count(*) from Client c group by"
                        + " round(c.credit, 0)",
                "select c.score * count(*), c.weight + count(*), c.weight || max(c.name) from Client c group by c.score, c.weight",
                "select (select max(l.area) from Land l where l.code = p.target.code) + count(*) from Purchase p group by"
                        + " p.target.code",
                "select distinct year(c.created) + 1, upper(max(c.region)) from Client c group by c.created",
                "select new list(year(c.created) + count(*), upper(max(c.name)), month(c.created)) from Client c group by"
                        + " year(c.created), month(c.created)",
                "select array_agg(c.level) within group (order by c.level, c.id), array_agg(distinct c.rank) within group (order by"
                        + " c.rank) from Client c",
                "select c.rank || max(c.name), c.level, coalesce(c.level, max(c.level)) from Client c group by c.rank, c.level",
                "select c.level from Client c where c.vip union select c.level from Client c where not c.vip",
                "select array_agg(p.secret) within group (order by p.secret, p.id) from Purchase p",
                "select listagg(p.secret, ',') within group (order by p.secret) from Purchase p",
                "select p.secret from Purchase p where p.paid union select p.secret from Purchase p where not p.paid")) {
            all.add(Question.of(Object.class, hql));
        }
    }

    /** PostgreSQL divides parts of times, which are numerics to it and whole numbers to Hibernate. */
    private static void roundedNumbers(List<Question> all) {
        for (var hql : List.of(
                "select day(p.day) / 7, count(*) from Purchase p group by day(p.day) / 7",
                "select day(p.day) / 7 * count(*) from Purchase p group by day(p.day) / 7",
                "select day(p.day) / 7, count(*) from Purchase p group by 1 order by 1, 2",
                "select p.id, day(p.day) / 7 from Purchase p order by day(p.day) / 7, p.id",
                "select distinct day(p.day) / 7 from Purchase p order by 1",
                "select p.status, sum(day(p.day) / 7), sum(distinct day(p.day) / 7), min(day(p.day) / 7) * 2, avg(day(p.day) / 7),"
                        + " count(distinct day(p.day) / 7), stddev_pop(day(p.day) / 7) from Purchase p group by p.status",
                "select day(p.day) / 7 from Purchase p where p.paid union select day(p.day) / 7 from Purchase p where not p.paid",
                "(select day(p.day) / 7 from Purchase p where p.paid union all select day(p.day) / 7 from Purchase p where not"
                        + " p.paid) order by 1",
                "select c.age from Client c union select position('a' in c.region) from Client c",
                "select array_agg(day(c.created) / 7) within group (order by day(c.created) / 7, c.id) from Client c",
                "select d.x, sum(d.x) from (select day(p.day) / 7 as x from Purchase p) d group by d.x order by d.x",
                "select sum(d.x), min(d.x) * 3, count(distinct d.x) from (select day(p.day) / 7 as x from Purchase p) d",
                "select c.age / 3.0, count(*) from Client c group by c.age / 3.0",
                "select extract(week of month from c.created), count(*) from Client c group by 1 order by 1",
                "select c.id from Client c order by sign(c.score), sqrt(c.age + 10), c.id",
                "select c.points / 3, c.points * 0.5, c.age % 7 from Client c group by 1, 2, 3 order by 1, 2, 3",
                "select (c.created - {2024-01-01 00:00:00}) by day, count(*) from Client c group by 1 order by 1",
                "select day(c.created) / 7 from Client c group by day(c.created) / 7 having day(c.created) / 7 in (1, 2, 3) or"
                        + " count(*) > 4 order by 1",
                "select c.credit / 3.0, count(*) from Client c group by c.credit / 3.0",
                "select c.points * 1.5, c.score * c.credit, 2.5 * p.total, p.total * p.quantity, count(*) from Client c join"
                        + " c.purchases p group by 1, 2, 3, 4 order by 1, 2, 3, 4",
                "select second(c.seen) + count(*), second(c.seen), second(c.seen) * 2 from Client c group by second(c.seen)",
                "select extract(epoch from c.seen), extract(epoch from c.seen) + count(*) from Client c group by extract(epoch"
                        + " from c.seen) order by 1",
                "select sum(second(c.seen)), avg(second(c.seen)), max(second(c.seen)) * 2, sum(extract(epoch from c.seen)) from"
                        + " Client c",
                "select sqrt(c.credit), count(*) from Client c where c.credit > 0 group by sqrt(c.credit) order by 1",
                "select distinct (select count(*) from Purchase p where p.client = c) from Client c order by 1",
                "select position('a' in c.region), count(*) from Client c group by position('a' in c.region) order by 1")) {
            all.add(Question.of(Object.class, hql));
        }
    }

    /** What is sorted or grouped by its position is not written again: the server would take it for another value. */
    private static void positions(List<Question> all) {
        for (var end : List.of(
                "from Client c group by 1",
                "from Client c group by a",
                "from Client c group by a order by a desc",
                "from Client c group by 1 having count(*) > 1 order by 1",
                "from Client c where c.id = 7 group by a order by a",
                "from Client c group by a order by count(*), 1")) {
            all.add(Question.of("select c.age + :p as a, count(*) " + end).with("p", 3));
            all.add(Question.of("select coalesce(c.name, :p) as a, count(*) " + end)
                    .with("p", "nobody"));
            all.add(Question.of("select (select count(*) from Purchase p where p.client = c) as a, count(*) " + end));
        }
        // the name of a column in which merged groups are given to a server
        all.add(Question.of("select concat(max(c.name), :given0), count(*) from Client c")
                .with("given0", "!"));
        all.add(Question.of("select c.id, c.age + :p as a, count(*) from Client c group by 1, 2 order by 2, 1")
                .with("p", 3));
        all.add(Question.of(Object.class, "select distinct c.age + :p as a from Client c order by a")
                .with("p", 3));
        all.add(Question.of("select distinct c.id, c.age + :p as a from Client c order by 2 desc, 1")
                .with("p", 3)
                .page(4, 9));
        all.add(Question.of("select l.area + :p as a, count(*) from Land l group by a order by a")
                .with("p", 3));
        all.add(Question.of(
                        "select c.region as r, case when c.age > :p then 'old' else 'young' end as a, count(*) from Client c"
                                + " group by r, a order by r, a")
                .with("p", 30));
        all.add(Question.of(
                        "(select coalesce(c.name, :p) as n, count(*) from Client c group by n) union all (select p.status"
                                + " as s, count(*) from Purchase p group by s)")
                .with("p", "nobody"));
        all.add(Question.of(
                        "select d.n, d.m from (select coalesce(c.name, :p) as n, c.id as k, count(*) as m from Client c"
                                + " group by n, k) d")
                .with("p", "nobody"));
    }

    /** What a server computes of merged aggregates. */
    private static void aggregates(List<Question> all) {
        for (var value : List.of(
                "count(*) > 5",
                "count(*) + :p",
                "count(*) * 2.5",
                "-count(*) % :p",
                "sum(c.age) / 2.0",
                "floor(avg(c.age))",
                "ceiling(avg(c.credit))",
                "round(avg(c.credit), 2)",
                "truncate(avg(c.credit), 1)",
                "greatest(count(*), :p)",
                "least(count(*), max(c.age), 20)",
                "power(count(*), 2)",
                "sqrt(count(*))",
                "sign(sum(c.age))",
                "mod(count(*), 7)",
                "upper(max(c.name))",
                "max(c.name) || '!'",
                "concat(min(c.name), '-', max(c.name))",
                "substring(max(c.region), 1, 2)",
                "length(max(c.name)) + :p",
                "cast(sum(c.age) as String)",
                "cast(avg(c.credit) as String)",
                "cast(max(c.token) as String)",
                "listagg(c.name, ',') within group (order by c.name, c.id) like '%c1%'",
                "max(c.created) + 3 day",
                "extract(year from max(c.created))",
                "max(c.created) - min(c.created)",
                "format(max(c.created) as 'yyyy-MM')",
                "max(c.seen) > min(c.seen)",
                "coalesce(max(c.level), 'LOW')",
                "case when count(*) > 10 then 'many' else 'few' end",
                "case when max(c.name) like 'c9%' then max(c.name) else min(c.region) end",
                "nullif(upper(max(c.name)), 'C9')",
                "max(c.name) = 'c9'",
                "max(c.name) is null",
                "not (count(*) > 3)",
                "every(c.age > 10) and count(*) > 3",
                "count(*) + (select max(l.area) from Land l)",
                "count(*) > (select min(l.area) from Land l where l.area > :p)",
                "max(c.credit) * 1.10 - sum(c.points) / 3",
                "count(distinct c.region) || '/' || count(distinct c.age)",
                "count(c.age) filter (where c.vip) * 100.0 / nullif(count(*), 0)")) {
            all.add(asked(Object.class, "select " + value + " from Client c", value));
            all.add(asked(Object.class, "select " + value + " from Client c where c.id < -100", value));
            all.add(asked(
                    Object[].class,
                    "select c.region, " + value + " from Client c group by c.region order by 2, 1",
                    value));
            all.add(asked(
                            Object[].class,
                            "select " + value
                                    + " as v, c.region from Client c group by c.region having count(*) > 2 order by v"
                                    + " desc nulls last, c.region",
                            value)
                    .page(1, 3));
        }
    }

    private static Question asked(Class<?> type, String hql, String value) {
        var question = Question.of(type, hql);
        return value.contains(":p") ? question.with("p", 3) : question;
    }

    private static void groups(List<Question> all) {
        all.add(Question.of(
                "select c.region, count(*) from Client c group by c.region having upper(c.region) like 'N%'"));
        all.add(Question.of(
                String.class,
                "select c.region from Client c group by c.region having max(c.name) like 'c%' order by 1"));
        all.add(Question.of("select c.region, count(*) from Client c group by c.region having count(*) > :k and"
                        + " length(c.region) > :l order by length(c.region), c.region")
                .with("k", 1L)
                .with("l", 2));
        all.add(Question.of(
                "select c.region, count(*) from Client c group by c.region having count(*) > (select min(l.area) from Land l)"
                        + " order by 1"));
        all.add(Question.of("select c.land, upper(max(c.name)), count(*) * 2.5 from Client c group by c.land"));
        all.add(Question.of("select c.land.code, c.land.code || max(c.name) from Client c group by c.land.code"));
        all.add(
                Question.of(
                        "select lower(c.region), lower(c.region) || count(*) from Client c group by lower(c.region) order by 2"));
        all.add(Question.of("select c.age + c.grade, upper(max(c.name)) is null from Client c group by c.age +"
                        + " c.grade")
                .anyOrder());
        all.add(Question.of(
                Pair.class,
                "select new io.shardloom.hibernate.differential.Model$Pair(c.region || '!', count(*) + 1) from Client c group"
                        + " by c.region"));
        all.add(Question.of(Pair.class, "select upper(c.region), count(*) from Client c group by c.region"));
        all.add(Question.of(
                Tuple.class, "select upper(c.region) as r, count(*) as n from Client c group by c.region order by r"));
        all.add(Question.of(
                Map.class, "select new map(c.region as r, floor(avg(c.age)) as n) from Client c group by c.region"));
        all.add(Question.of(
                String.class, "select distinct upper(max(c.name)) from Client c group by c.region order by 1"));
        all.add(Question.of(Object.class, "select distinct count(*) > 10 from Client c group by c.region"));
        all.add(Question.of(
                "(select upper(c.region), count(*) * 2 from Client c group by c.region union all select p.status, count(*)"
                        + " from Purchase p group by p.status) order by 2, 1"));
        all.add(Question.of(
                "select c.id, upper(max(p.status)), count(*) > 3 from Client c join c.purchases p group by c.id"));
        all.add(Question.of(
                "select c.level, c.rank, c.seen, upper(max(c.name)) from Client c group by c.level, c.rank, c.seen order by"
                        + " c.level, c.rank, c.seen"));
        all.add(Question.of(
                "select c.vip, c.grade, c.weight, c.score, c.credit, c.token, c.created, c.age || max(c.name) from Client c"
                        + " group by c.vip, c.grade, c.weight, c.score, c.credit, c.token, c.created, c.age"));
    }

    /** Sums and averages of numbers whose type the server computes. */
    private static void numbers(List<Question> all) {
        all.add(Question.of("select sum(size(p.items)), max(size(p.items)), avg(size(p.items)) from Purchase p"));
        all.add(Question.of(
                "select c.region, sum(size(c.purchases)) from Client c group by c.region order by 2 desc, 1"));
        all.add(Question.of("select count(distinct c), count(distinct c.id), count(distinct c.land) from Client c"));
        all.add(
                Question.of(
                        "select c.vip, count(distinct c.land), count(distinct c.land) * 2 from Client c group by c.vip order by 1"));
        all.add(Question.of(
                "select count(distinct p), count(distinct p.id), count(distinct p.target) from Purchase p"));
        all.add(
                Question.of(
                        Double.class,
                        "select avg(d.a) from (select p.clientId as k, avg(p.total) as a from Purchase p group by p.clientId) d"));
        all.add(Question.of(
                "select avg(d.a), sum(d.a), sum(d.n), max(d.a), count(*) from (select p.clientId as k, avg(p.quantity) as a,"
                        + " sum(p.quantity) as n from Purchase p group by p.clientId) d"));
        all.add(Question.of(
                "select avg(x.a), max(x.m) from (select c.id as k, avg(c.credit) as a, floor(max(c.credit)) as m from Client"
                        + " c group by c.id) x"));
        all.add(Question.of(
                "select sum(floor(c.credit)), sum(round(c.credit, 1)), sum(ceiling(c.score)), sum(greatest(c.age, c.grade)),"
                        + " sum(mod(c.age, 7)), avg(round(c.credit, 1)) from Client c"));
        all.add(Question.of("select sum(power(c.age, 2)), sum(power(c.grade, 2.5)) > 3 from Client c"));
        all.add(Question.of(
                Double.class,
                "select sum(length(c.name) / 2.5e0) from Client c where power(c.age, 2) > 3 group by c.vip having"
                        + " sum(power(c.age, 2)) > 3"));
    }
}
