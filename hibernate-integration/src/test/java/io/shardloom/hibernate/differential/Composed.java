package io.shardloom.hibernate.differential;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/** Questions of several queries: set operations, derived tables, common table expressions, functions in from. */
final class Composed {
    private Composed() {}

    static void add(List<Question> all) {
        operationsOnNodes(all);
        operationsInMemory(all);
        derived(all);
        laterals(all);
        oneKey(all);
        named(all);
        functions(all);
    }

    private static void operationsOnNodes(List<Question> all) {
        for (var hql : List.of(
                "select c.region from Client c union all select p.status from Purchase p",
                "select c.region from Client c union select p.status from Purchase p",
                "(select c.region as r from Client c union select p.status from Purchase p) order by r",
                "(select c.region as r from Client c union select p.status from Purchase p) order by 1 desc nulls last limit 4",
                "(select c.region as r, c.id as i from Client c union all select p.status, p.clientId from Purchase p) order by 2, 1"
                        + " limit 20 offset 5",
                "(select c.region as r, c.id as i from Client c union all select p.status, p.clientId from Purchase p) order by"
                        + " r nulls first, i desc",
                "select c.id from Client c intersect select p.clientId from Purchase p where p.paid",
                "(select c.id from Client c except select p.clientId from Purchase p where p.paid) order by 1 desc",
                "select c.id from Client c except all select p.clientId from Purchase p where p.paid",
                "select p.clientId from Purchase p except all select i.clientId from Item i",
                "select p.clientId from Purchase p intersect all select i.clientId from Item i",
                "(select c.id as a, c.region as b from Client c except select c.id, c.region from Client c where c.vip) order by"
                        + " b desc, a limit 10 offset 3",
                "(select c.id from Client c union select p.clientId from Purchase p) except select i.clientId from Item i",
                "select c from Client c where c.vip union select c from Client c where c.age > 20",
                "select c from Client c where c.vip except select c from Client c where c.age > 20",
                "(select p.total as t from Purchase p union select c.credit from Client c) order by t",
                "(select c.score as s from Client c union select -c.score from Client c) order by s",
                "select p.id from Purchase p where p.clientId = 7 union all select p.id from Purchase p where p.clientId = 8",
                "select distinct c.region from Client c union select distinct p.status from Purchase p",
                "select 'x', c.id from Client c union all select 'y', p.clientId from Purchase p",
                "select case when c.vip then 'a' else 'b' end from Client c union select p.status from Purchase p",
                "select l.code from Land l union all select l.name from Land l",
                "(select l.area as a from Land l except select l.area from Land l where l.code = 'br') order by a nulls first",
                "select l.area from Land l intersect all select 100 from Land l",
                "(select p.number from Purchase p where p.clientId = 7 order by p.total nulls last, p.id limit 2) union all (select"
                        + " i.number from Item i where i.clientId = 7 order by i.number desc limit 3)",
                "select count(*) from Purchase p where p.clientId = 7 union all select count(*) from Item i where i.clientId = 7",
                "select c.id from Client c where c.id in (select p.clientId from Purchase p where p.paid union select i.clientId"
                        + " from Item i where i.pieces > 7)",
                "select c.id from Client c where c.age in (select p.number from Purchase p where p.clientId = c.id union all select"
                        + " i.pieces from Item i where i.clientId = c.id)")) {
            all.add(Question.of(Object.class, hql));
        }
        all.add(Question.of(
                        "(select c.id as i, c.name as n from Client c where c.age > :least union all select p.clientId, p.note from"
                                + " Purchase p where p.number > :least) order by i, n")
                .with("least", 3)
                .page(7, 20));
        all.add(
                Question.of(
                        Model.Pair.class,
                        "select c.name as a, c.points as b from Client c union all select p.status, p.clientId from Purchase p"));
        all.add(Question.of(
                jakarta.persistence.Tuple.class,
                "select c.name as a, c.points as b from Client c union select p.status, p.clientId from Purchase p"));
    }

    private static void operationsInMemory(List<Question> all) {
        for (var hql : List.of(
                "(select c.age from Client c intersect select p.quantity from Purchase p) order by 1",
                "(select c.age from Client c intersect all select p.quantity from Purchase p) order by 1",
                "(select c.age from Client c except select p.quantity from Purchase p) order by 1 nulls first",
                "(select c.age from Client c except all select p.quantity from Purchase p) order by 1 desc nulls last limit 9",
                "select c.name from Client c intersect select p.note from Purchase p",
                "(select c.score as s from Client c intersect select -c.score from Client c) order by s",
                "(select c.region as b, c.vip as v from Client c intersect select c.region, c.vip from Client c where c.age > 30)"
                        + " order by b desc, v",
                "select p.target from Purchase p join p.target except select c.land from Client c join c.land where c.vip",
                "(select c.id, c.age from Client c order by c.age desc nulls last, c.id limit 5) union all (select p.clientId,"
                        + " p.quantity from Purchase p order by p.quantity, p.id limit 4)",
                "((select c.id as i, c.age as a from Client c order by c.age desc nulls last, c.id limit 5) union (select c.id,"
                        + " c.age from Client c order by 2 desc nulls last, 1 limit 7 offset 2)) order by a, i",
                "select c.region as r, c.id from Client c union all (select p.status, p.clientId from Purchase p order by 2, 1 nulls"
                        + " last, p.id limit 20 offset 5)",
                "select l.name from Land l union all select c.name from Client c",
                "(select l.name as n from Land l union select c.name from Client c) order by n",
                "select l.code from Land l except select c.land.code from Client c where c.vip",
                "select l.code from Land l except all select c.land.code from Client c where c.vip",
                "(select c.land as l from Client c) union (select l from Land l)",
                "(select p.status as s, sum(p.total) as t from Purchase p group by p.status union all select c.region, sum(c.credit)"
                        + " from Client c group by c.region) order by t desc, s",
                "select m.wind from Measure m union all select c.age from Client c",
                "(select m.wind from Measure m except select c.age from Client c) order by 1",
                "select count(*) from Client c union all select count(*) from Purchase p union all select count(*) from Item i",
                "select count(*) from Client c union select max(c.id) from Client c",
                "select count(*) from Purchase p where p.clientId = 7 union all select count(*) from Purchase p where p.clientId"
                        + " = 8",
                "select c.region from Client c where c.vip union all (select p.status from Purchase p except select i.article from"
                        + " Item i)",
                "(select p.number as n from Purchase p where p.clientId = 7 order by n limit 3) intersect (select p.number from"
                        + " Purchase p where p.clientId = 8 order by p.number limit 4)")) {
            all.add(Question.of(Object.class, hql));
        }
        all.add(Question.of(
                        Object.class,
                        "(select p.number as n from Purchase p where p.total > :least order by p.total, p.id limit :rows) union"
                                + " all (select c.age from Client c where c.credit > :least order by c.age, c.id limit :rows)")
                .with("least", new BigDecimal("30"))
                .with("rows", 3));
        all.add(Question.of(
                        Object.class,
                        "(select l.area as a from Land l union select c.age from Client c) order by a desc")
                .page(3, 6));
    }

    private static void derived(List<Question> all) {
        var counts = "(select p.clientId as k, count(*) as n, sum(p.total) as t from Purchase p group by p.clientId)";
        for (var hql : List.of(
                "select d.k, d.n from " + counts + " d order by d.n desc, d.k",
                "select c.id, d.n from Client c join " + counts + " d on d.k = c.id where d.n > 3",
                "select c.id, d.n, d.t from Client c left join " + counts + " d on d.k = c.id and d.n > 4",
                "select d.k, e.k from (select distinct p.clientId as k from Purchase p where p.paid) d full join (select c.id as"
                        + " k from Client c where c.vip) e on e.k = d.k",
                "select sum(d.n), avg(d.n), max(d.t), sum(d.t), count(*) from " + counts + " d",
                "select d.n, count(*), max(d.t) from " + counts + " d group by d.n order by d.n",
                "select avg(d.n) from " + counts + " d join Client c on c.id = d.k group by c.vip",
                "select d.s, count(*) from (select p.status as s, p.total as t from Purchase p where p.paid) d group by d.s",
                "select distinct d.s from (select p.status as s from Purchase p) d order by d.s",
                "select d.s from (select distinct p.status as s, p.clientId as k from Purchase p) d order by d.s, d.k",
                "select d.n from (select upper(c.name) as n, c.id as i from Client c) d order by d.n, d.i",
                "select max(d.l), min(d.r), sum(d.q), sum(d.r2) from (select c.level as l, c.rank as r, c.grade as q, c.credit as"
                        + " r2 from Client c) d",
                "select d.l, count(*) from (select c.level as l from Client c) d group by d.l order by d.l",
                "select d.s from (select p.secret as s, p.id as i from Purchase p) d order by d.s, d.i limit 9",
                "select distinct d.c from (select c.credit as c from Client c) d order by d.c",
                "select d.k, d.r from (select p.clientId as k, row_number() over (partition by p.clientId order by p.total, p.id)"
                        + " as r from Purchase p) d where d.r < 3",
                "select d.k, row_number() over (partition by d.k order by d.i) from (select p.clientId as k, p.id as i from"
                        + " Purchase p) d",
                "select d.k from (select c.id as k from Client c union select p.clientId as k from Purchase p) d join Client e"
                        + " on e.id = d.k where e.vip",
                "select d.k, count(*) from (select c.id as k from Client c union all select p.clientId as k from Purchase p) d"
                        + " group by d.k",
                "select d.x, count(*) from (select 'x' as x, c.id as i from Client c union all select 'y' as x, p.clientId as i"
                        + " from Purchase p) d group by d.x",
                "select d.k from (select c.id as k from Client c except select p.clientId as k from Purchase p) d order by d.k",
                "select e.k, e.m from (select d.k as k, max(d.n) as m from (select p.clientId as k, p.number as n from Purchase p"
                        + " where p.paid) d group by d.k) e order by e.m desc, e.k",
                "select e.i from (select d.i as i, d.k as k from (select p.id as i, p.clientId as k from Purchase p) d) e join"
                        + " Client c on c.id = e.k where c.vip",
                "select c.id, d.m from Client c, (select max(l.area) as m from Land l) d",
                "select c.id, d.n from Client c join (select l.code as c, l.area * 2 as n from Land l) d on d.c = c.land.code",
                "select l.code, d.n from Land l join (select p.clientId as k, p.target.code as t, count(*) as n from Purchase p"
                        + " group by p.clientId, p.target.code) d on d.t = l.code",
                "select d.x from (select row_number() over (order by l.code) as x from Land l) d",
                "select max(d.m) from (select m.degrees as m, m.id.day as d from Measure m) d",
                "select c.id from Client c where c.id in (select d.k from (select p.clientId as k from Purchase p where p.paid)"
                        + " d)",
                "select c.id from Client c where exists (select 1 from " + counts
                        + " d where d.k = c.id and d.t > 1000)",
                "select c.id from Client c where (select max(d.t) from (select p.clientId as k, p.total as t from Purchase p) d"
                        + " where d.k = c.id) > 500")) {
            all.add(Question.of(Object.class, hql));
        }
        all.add(Question.of(
                        "select d.k, d.n from (select p.clientId as k, count(*) as n from Purchase p where p.total > :least group"
                                + " by p.clientId) d where d.k in (:keys)")
                .with("least", new BigDecimal("100"))
                .with("keys", List.of(3L, 4L, 17L)));
    }

    private static void laterals(List<Question> all) {
        for (var hql : List.of(
                "select c.id, d.n, d.m from Client c join lateral (select count(*) as n, max(p.total) as m from Purchase p where"
                        + " p.clientId = c.id) d",
                "select c.id, d.i, d.t from Client c left join lateral (select p.id as i, p.total as t from Purchase p where"
                        + " p.clientId = c.id order by p.total desc nulls last, p.id limit 2) d",
                "select c.vip, sum(d.n) from Client c join lateral (select count(*) as n from Purchase p where p.clientId ="
                        + " c.id) d group by c.vip",
                "select c.id, d.x from Client c join lateral (select c.age + 1 as x) d order by d.x, c.id",
                "select c.id, d.x from Client c join lateral (select l.code as x from Land l where l.area > c.age order by l.area"
                        + " limit 1) d",
                "select c.id, d.n from Client c join lateral (select p.clientId as k, p.number as n from Purchase p where"
                        + " p.number > c.age) d on d.k = c.id",
                "select c.id, d.n from Client c left join lateral (select p.clientId as k, p.number as n from Purchase p where"
                        + " p.number > c.age) d on d.k = c.id",
                "select l.code, d.i from Land l join lateral (select c.id as i from Client c where c.land = l) d")) {
            all.add(Question.of(Object.class, hql));
        }
    }

    private static void oneKey(List<Question> all) {
        for (var hql : List.of(
                "select d.n from (select count(*) as n from Purchase p where p.clientId = 7) d",
                "select count(*) from (select p.id as i from Purchase p where p.clientId = 7 order by p.total limit 5) d",
                "select d.i from (select p.id as i from Purchase p where p.clientId = 7 order by 1 limit 3) d",
                "select c.id, d.n from Client c, (select count(*) as n from Purchase p where p.clientId = 7) d where c.id = 7",
                "select d.n, c.id from (select count(*) as n from Purchase p where p.clientId = 7) d left join Client c on c.id ="
                        + " 7",
                "select l.code, d.n from Land l join (select count(*) as n from Purchase p where p.clientId = 7) d",
                "select d.n, e.n from (select count(*) as n from Purchase p where p.clientId = 7) d, (select count(*) as n from"
                        + " Item i where i.clientId = 7) e",
                "select d.n, count(*) from (select count(*) as n from Purchase p where p.clientId = 7) d group by d.n",
                "select p.id from Purchase p where p.clientId = 7.0")) {
            all.add(Question.of(Object.class, hql));
        }
        all.add(Question.of(
                        Object.class,
                        "select d.n from (select count(*) as n from Purchase p where p.clientId = :key) d, (select max(i.number)"
                                + " as m from Item i where i.clientId = :key) e")
                .with("key", 12L));
    }

    private static void named(List<Question> all) {
        var sums = "with x as (select p.clientId as k, sum(p.total) as t from Purchase p group by p.clientId) ";
        for (var hql : List.of(
                sums + "select a.k, a.t from x a order by a.t desc nulls last, a.k",
                sums + "select c.name, a.t from Client c join x a on a.k = c.id",
                sums + "select a.k, b.t from x a join x b on a.k = b.k",
                sums + "select max(a.t), count(*) from x a where a.t > 100",
                sums + "(select a.k as k from x a where a.t > 900) union (select c.id from Client c where c.vip)",
                sums
                        + "(select a.t from x a order by a.t desc nulls last limit 2) union all (select c.credit from Client c where"
                        + " c.vip)",
                sums + "select c.id from Client c where exists (select 1 from x a where a.k = c.id and a.t > 900)",
                "with x as materialized (select c.id as i, c.age as a from Client c where c.vip) select max(y.a), count(*) from x y",
                "with x as not materialized (select c.age as a from Client c where c.vip) select count(*) from x y where y.a >"
                        + " 10",
                "with x as (select c.id as i from Client c where c.vip), y as (select a.i as i from x a where a.i > 5) select b.i"
                        + " from y b",
                "with x as (select l.code as c, l.area as a from Land l where l.area > 0) select c.id, l.a from Client c join x l"
                        + " on l.c = c.land.code",
                "with x as (select l.area as a from Land l order by l.area limit 2) select l.a from x l",
                "with x as (select c.id as i, 1 as l from Client c union all select y.i as i, y.l + 1 as l from x y where y.l <"
                        + " 3) select z.i, z.l from x z order by z.i, z.l",
                "with x as (select c.id as i, 1 as l from Client c union all select y.i as i, y.l + 1 as l from x y where y.l <"
                        + " 3) select z.l, count(*), sum(z.l) from x z group by z.l order by z.l",
                "with x as (select p.number as n, p.clientId as k from Purchase p where p.number = 0 union all select q.number"
                        + " as n, q.clientId as k from x y join Purchase q on q.clientId = y.k and q.number = y.n + 1) select"
                        + " z.k, max(z.n) from x z group by z.k",
                "with x as (select p.number as n from Purchase p where p.number = 0 and p.clientId = 3 union select q.number as n"
                        + " from x y join Purchase q on q.number = y.n + 1 and q.clientId = 3) select count(*) from x z",
                "with x as (select l.code as c, l.area as a from Land l where l.area = 0 union all select m.code as c, m.area as"
                        + " a from x y join Land m on m.area = y.a + 100) select c.id, z.a from x z join Client c on c.land.code ="
                        + " z.c")) {
            all.add(Question.of(Object.class, hql));
        }
    }

    private static void functions(List<Question> all) {
        for (var hql : List.of(
                "select s from generate_series(1, 5) s",
                "select c.id, s from Client c, generate_series(1, 3) s",
                "select c.id, s from Client c, generate_series(1, 3) s order by s desc, c.id limit 8",
                "select c.vip, count(*) from Client c, generate_series(1, 3) s group by c.vip",
                "select s, count(*) from Client c join lateral generate_series(2, c.age) s where s < 6 group by s order by s",
                "select sum(s) from Client c join lateral generate_series(2, c.age) s where s < 6",
                "select distinct s from Client c join lateral generate_series(2, c.age) s where s < 6 order by s",
                "select c.id, index(s) from Client c join lateral generate_series(2, c.age) s where s < 3",
                "select p.id, t from Purchase p join lateral unnest(array(p.number, p.quantity)) t order by t, p.id")) {
            all.add(Question.of(Object.class, hql));
        }
    }

    static void refused(Map<String, String> all) {
        all.put("select p.note from Purchase p union select q.secret from Purchase q", "tells rows apart by 'p.note'");
        all.put(
                "(select p.note as n from Purchase p union all select q.secret from Purchase q) order by n",
                "sorted by something that Shardloom cannot sort by");
        all.put(
                "select p.note from Purchase p where p.paid except select q.secret from Purchase q",
                "have different types in 'p.note'");
        all.put(
                "(select c from Client c where c.vip union all select c from Client c where c.age > 20) order by name",
                "sorted by something that Shardloom cannot sort by");
        all.put(
                "select p from Purchase p join fetch p.items union all select p from Purchase p join fetch p.items",
                "fetches a collection in a set operation");
        all.put(
                "select d.s from (select distinct p.status as s from Purchase p) d",
                "distinct rows without the shard key");
        all.put(
                "select count(*) from (select p.id as i from Purchase p order by p.total limit 5) d",
                "a part of it has a limit of its own");
        all.put(
                "select d.k from (select p.clientId as k from Purchase p order by p.total limit 5) d where d.k = 5",
                "a part of it has a limit of its own");
        all.put("select d.n from (select count(*) as n from Purchase p) d", "aggregates rows of several keys");
        all.put(
                "select d.s, d.n from (select p.status as s, count(*) as n from Purchase p group by p.status) d",
                "aggregates rows of several keys");
        all.put(
                "select d.k from (select p.clientId as k, row_number() over (order by p.total) as r from Purchase p) d where d.r <"
                        + " 4",
                "a window function in a part of it is not partitioned");
        all.put(
                "select d.a from (select c.age as a from Client c except select p.quantity as a from Purchase p) d",
                "do not all select the shard key in one place");
        all.put(
                "select count(*) from (select c.age as k from Client c union all select l.area as k from Land l) d",
                "the parts of a set operation in it are spread differently");
        all.put(
                "select count(*) from (select c.age as k from Client c union all select m.wind as k from Measure m) d",
                "their rows are on nodes of different groups");
        all.put(
                "select c.id, d.t from Client c join (select p.total as t, p.number as n from Purchase p) d on d.n = c.age",
                "nothing says that d has the same shard key as Model$Client c");
        all.put(
                "select c.id, d.n from Client c, (select count(*) as n from Purchase p where p.clientId = 7) d",
                "nothing says that d has the same shard key as Model$Client c");
        all.put(
                "select d.n, e.n from (select count(*) as n from Purchase p where p.clientId = 7) d, (select count(*) as n from Item"
                        + " i where i.clientId = 8) e",
                "nothing says that e has the same shard key as d");
        all.put(
                "select l.code, d.n from Land l left join (select count(*) as n from Purchase p where p.clientId = 7) d on d.n > 1",
                "an outer join keeps rows beside 'd'");
        all.put(
                "select c.id, d.i from Client c join lateral (select p.id as i from Purchase p where p.quantity = c.age) d",
                "nothing says that d has the same shard key as Model$Client c");
        all.put(
                "select l.code, d.i from Land l join lateral (select count(*) as i from Client c where c.land = l) d",
                "aggregates rows of several keys");
        all.put(
                "select l.code, d.i from Land l left join lateral (select c.id as i from Client c where c.land = l) d",
                "keeps rows of a reference table");
        all.put(
                "select c.id, d.x from Client c, (select row_number() over (order by l.area) as x from Land l) d",
                "numbers or limits rows of reference tables");
        all.put(
                "select row_number() over (partition by e.k order by d.k) from (select distinct p.clientId as k from Purchase p) d"
                        + " left join (select c.id as k from Client c where c.vip) e on e.k = d.k",
                "is not partitioned by the shard key");
        all.put(
                "with x as (select p.status as s, count(*) as n from Purchase p group by p.status) select a.n from x a",
                "aggregates rows of several keys");
        all.put(
                "with x as (select p.clientId as k, p.total as t from Purchase p) select c.id from Client c where exists (select 1"
                        + " from x y where y.t > 900)",
                "nothing says that y has the same shard key");
        all.put(
                "with x as (select p.number as n, p.clientId as k from Purchase p where p.number = 0 union all select q.number as"
                        + " n, q.clientId as k from x y join Purchase q on q.number = y.n + 1) select count(*) from x z",
                "nothing says that y has the same shard key");
        all.put(
                "with x as (select p.number as n, p.clientId as k from Purchase p where p.number = 0 union all select q.number as"
                        + " n, q.clientId as k from x y left join Purchase q on q.clientId = y.k and q.number = y.n + 1 where y.n"
                        + " is not null) select z.k, z.n from x z",
                "a step of a recursive query does not select the shard key");
        all.put(
                "with x as (select c.age as a from Client c where c.id = 3 union select y.a + 1 as a from x y join Client d on"
                        + " d.age = y.a) select z.a from x z",
                "nothing says that y has the same shard key");
        all.put(
                "select s, c.id from generate_series(1, 9) s left join Client c on c.age = s",
                "keeps rows of a reference table");
        all.put(
                "select t, count(*) from Purchase p join lateral unnest(array(p.status, p.note)) t group by t",
                "it groups by 't'");
        all.put("select count(*) from Purchase p where p.clientId = 7.5", "is not of the key's type");
        all.put(
                "select d.n from (select count(*) as n from Purchase p where p.clientId = 7.0) d",
                "is not of the key's type");
        all.put(
                "select a.id, (select count(*) from Purchase p where p.clientId = 7) from Client a left join Client c on c.id ="
                        + " a.id and c.id = 7",
                "nothing says that Model$Purchase p has the same shard key");
        all.put(
                "select a.id, q.number from Client a left join Client c on c.id = a.id and c.id = 7 left join Purchase q on"
                        + " q.clientId = 7",
                "nothing says that Model$Purchase q has the same shard key");
    }
}
