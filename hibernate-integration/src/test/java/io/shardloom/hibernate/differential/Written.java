package io.shardloom.hibernate.differential;

import io.shardloom.hibernate.differential.Model.Client;
import io.shardloom.hibernate.differential.Model.Land;
import io.shardloom.hibernate.differential.Model.Level;
import io.shardloom.hibernate.differential.Model.Measure;
import io.shardloom.hibernate.differential.Model.Pair;
import io.shardloom.hibernate.differential.Model.Purchase;
import io.shardloom.hibernate.differential.Model.Three;
import jakarta.persistence.Tuple;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Questions written by hand, construct by construct. */
final class Written {
    private Written() {}

    static List<Question> all() {
        var all = new ArrayList<Question>();
        rows(all);
        once(all);
        joins(all);
        order(all);
        distinct(all);
        subQueries(all);
        local(all);
        narrowed(all);
        aggregates(all);
        groups(all);
        Composed.add(all);
        Calculated.add(all);
        return all;
    }

    private static void rows(List<Question> all) {
        all.add(Question.of(Client.class, "from Client"));
        all.add(Question.of(Purchase.class, "from Purchase where total > 500"));
        all.add(Question.of(Land.class, "from Land"));
        all.add(Question.of(Measure.class, "from Measure where degrees > 3"));
        all.add(Question.of(
                "select name, region, age, score, weight, grade, vip, level, rank, created, seen, token, credit,"
                        + " points from Client"));
        all.add(Question.of(String.class, "select upper(name) from Client where name is not null"));
        all.add(Question.of(Tuple.class, "select id as id, name as name from Client where age > 20"));
        all.add(Question.of(Pair.class, "select name, points from Client"));
        all.add(Question.of(
                Pair.class,
                "select new io.shardloom.hibernate.differential.Model$Pair(c.name, c.points) from" + " Client c"));
        all.add(Question.of(Map.class, "select new map(c.name as n, c.points as p) from Client c"));
        all.add(Question.of(List.class, "select new list(c.name, c.points) from Client c"));
        all.add(Question.of("select c, c.name from Client c where c.vip"));
        all.add(Question.of("select p.secret, p.day from Purchase p where p.secret like 's%'"));
        all.add(Question.of(String.class, "select p.secret from Purchase p where p.secret = 's7'"));
        all.add(Question.of(Boolean.class, "select paid from Purchase"));
        all.add(Question.of("select 1, c.id from Client c"));
        all.add(Question.of(
                "select c.id, case when c.age > 40 then 'old' when c.age > 20 then 'mid' else 'young' end from"
                        + " Client c"));
        all.add(Question.of("select c.id, coalesce(c.name, '-'), nullif(c.region, 'north') from Client c"));
        all.add(Question.of(
                "select c.id + 1, c.age * 2, c.score / 2, c.credit / 3, c.age / 3, -c.points from Client c"));
        all.add(Question.of("select p.id, extract(month from p.day), p.day + 3 day from Purchase p"));
        all.add(Question.of("select c.id, c.name || '!' from Client c where c.level = :level")
                .with("level", Level.HIGH));
        all.add(Question.of("select c.id from Client c where c.level in (:levels) and c.rank <> :rank")
                .with("levels", List.of(Level.HIGH, Level.LOW))
                .with("rank", Level.MIDDLE));
        all.add(Question.of("select c.id, c.land.name from Client c"));
        all.add(Question.of("select c.id, c.land from Client c left join c.land"));
        all.add(Question.of(Object.class, "select m.id.day from Measure m where m.wind between 10 and 40"));
        all.add(Question.of("select m.id, m.degrees from Measure m where m.id.station = 'Oslo'"));
        all.add(Question.of(Long.class, "select c.id from Client c where c.id < 0"));
        all.add(Question.of(Purchase.class, "from Purchase p where p.client.vip and p.target.area > 100"));
        all.add(Question.of(Purchase.class, "from Purchase p where :tag member of p.tags")
                .with("tag", "b"));
        all.add(Question.of(Purchase.class, "from Purchase p where p.tags is empty"));
        all.add(Question.of("select p.id, size(p.items) from Purchase p where size(p.items) > 1"));
        all.add(Question.of("select p.id, (select max(t) from p.tags t) from Purchase p"));
        all.add(Question.of(Client.class, "from Client c where c.name like :like escape '!'")
                .with("like", "c1%"));
    }

    /** Hibernate's lists have an entity once, also where a join has it in several rows; their limits count the rows. */
    private static void once(List<Question> all) {
        for (var hql : List.of(
                "select c from Client c join c.purchases p where p.total > 100 order by c.region, c.id",
                "select c from Client c left join Land l on l.area > c.age order by c.id",
                "select c from Client c, Purchase p where p.clientId = c.id and p.paid order by c.id desc",
                "select c from Client c join c.purchases p where c.id = 7 order by c.id")) {
            all.add(Question.of(Client.class, hql));
            all.add(Question.of(Client.class, hql).page(3, 40));
            all.add(Question.of(Object.class, hql));
        }
        all.add(Question.of(Client.class, "select c from Client c join c.purchases p"));
        all.add(Question.of(
                Client.class, "select c from Client c full join Purchase p on p.clientId = c.id and c.vip"));
        all.add(Question.of(Client.class, "select p.client from Purchase p"));
        all.add(Question.of(Purchase.class, "select p from Purchase p join p.items i"));
        all.add(Question.of(Object.class, "select p from Purchase p join p.items i"));
        all.add(Question.of("select c from Client c join c.purchases p"));
        all.add(Question.of(Tuple.class, "select c as c from Client c join c.purchases p"));
    }

    private static void joins(List<Question> all) {
        all.add(Question.of("select p, i from Purchase p join p.items i where i.price > 50"));
        all.add(Question.of("select c.name, p.total, i.article from Client c join c.purchases p join p.items i"));
        all.add(Question.of("select c.id, p.id from Client c left join c.purchases p"));
        all.add(Question.of("select c.id, p.id from Client c left join c.purchases p on p.total > 600"));
        all.add(Question.of("select p.id, t from Purchase p join p.tags t"));
        all.add(Question.of("select p.id, t from Purchase p left join p.tags t where p.status = 'new'"));
        all.add(Question.of("select i.number, p.status from Item i left join i.purchase p"));
        all.add(Question.of(
                "select i.number, p.status from Item i join Purchase p on p.clientId = i.clientId and p.total >"
                        + " i.price"));
        all.add(Question.of("select i.number, p.status from Item i join Purchase p on i.purchase = p"));
        all.add(Question.of("select c.id, p.id from Client c left join Purchase p on p.clientId = c.id and p.paid"));
        all.add(Question.of("select c.id, p.id from Client c right join Purchase p on p.clientId = c.id and c.vip"));
        all.add(Question.of(
                "select c.id, p.id from Client c full join Purchase p on p.clientId = c.id and c.vip and p.paid"));
        all.add(Question.of("select c.id, p.id from Client c, Purchase p where p.clientId = c.id and p.total < 100"));
        all.add(Question.of("select c.id, p.id from Client c cross join Purchase p where p.client = c"));
        all.add(Question.of(
                "select a.number, b.number from Item a join Item b on a.clientId = b.clientId and a.article ="
                        + " b.article and a.number < b.number"));
        all.add(Question.of("select c.id, l.name from Client c join Land l on l.area > c.age"));
        all.add(Question.of("select c.id, l.name from Client c left join Land l on l.area > c.age * 5"));
        all.add(Question.of("select c.id, l.code from Client c, Land l where l.area > 200 and c.vip"));
        all.add(Question.of("select p.id, t.name, l.name from Purchase p join p.target t left join p.client.land l"));
        all.add(Question.of("select c.id, p.id from Client c, Purchase p where c.id = 7 and p.clientId = 7"));
        all.add(Question.of("select c.id, p.id from Client c, Purchase p where c.id = :id and p.clientId = :id")
                .with("id", 12L));
        all.add(Question.of(Purchase.class, "from Purchase p left join fetch p.client where p.total > 700"));
        all.add(Question.of(Purchase.class, "from Purchase p left join fetch p.items where p.total > 300"));
        all.add(Question.of(Purchase.class, "from Purchase p join fetch p.tags"));
        all.add(Question.of(
                Purchase.class, "from Purchase p left join fetch p.items order by p.total desc nulls last, p.id"));
        all.add(Question.of(Purchase.class, "from Purchase p left join fetch p.items order by p.number, p.id")
                .page(5, 10));
        all.add(Question.of(Purchase.class, "from Purchase p left join fetch p.items order by p.status, p.day")
                .anyOrder());
        all.add(Question.of(Purchase.class, "from Purchase p join fetch p.tags order by p.status")
                .anyOrder());
    }

    private static void order(List<Question> all) {
        for (var key : List.of(
                "c.name",
                "c.region",
                "c.age",
                "c.score",
                "c.weight",
                "c.grade",
                "c.vip",
                "c.level",
                "c.rank",
                "c.created",
                "c.seen",
                "c.token",
                "c.credit",
                "c.points",
                "c.land.name",
                "lower(c.region)",
                "c.age + c.grade",
                "coalesce(c.name, c.region)",
                "case when c.vip then c.age else -c.age end",
                "length(c.name)",
                "c.credit / 7",
                "abs(c.score)",
                "c.score * c.weight")) {
            all.add(Question.of("select c.id, c.name from Client c order by " + key + ", c.id"));
            all.add(Question.of("select c.id from Client c order by " + key + " desc nulls last, c.id desc")
                    .page(3, 9));
            all.add(Question.of(Client.class, "from Client c order by " + key + " nulls first, c.id")
                    .page(20, 15));
        }
        all.add(Question.of("select p.id, p.secret from Purchase p order by p.secret, p.id"));
        all.add(Question.of("select p.id from Purchase p order by p.id").page(100, 50));
        all.add(Question.of("select i.clientId, i.number from Item i order by i.number desc, i.clientId")
                .page(220, 60));
        all.add(Question.of("select p.id from Purchase p order by p.day desc, p.total asc nulls first, p.id")
                .page(0, 7));
        all.add(Question.of(
                Purchase.class,
                "from Purchase p order by p.clientId, p.number offset 10 rows fetch first 4 rows only"));
        all.add(Question.of(Purchase.class, "from Purchase p order by p.number, p.clientId limit :n offset :m")
                .with("n", 6)
                .with("m", 30));
        all.add(Question.of(Purchase.class, "from Purchase p order by p.client.name, p.client.id, p.number limit 12"));
        all.add(Question.of("select p.status as s, p.total as t, p.id as i from Purchase p order by s, t desc, i"));
        all.add(Question.of("select p.status, p.id from Purchase p order by 1 desc, 2"));
        all.add(Question.of(
                "select new io.shardloom.hibernate.differential.Model$Pair(c.name, c.id) from Client c order by"
                        + " c.region, c.id"));
        all.add(Question.of(Pair.class, "select c.name, c.id from Client c order by c.points desc, c.id")
                .page(2, 20));
        all.add(Question.of(Tuple.class, "select c.name as n, c.id as i from Client c order by i desc"));
        all.add(Question.of(
                "select m.id.day, m.id.station, m.degrees from Measure m order by m.degrees, m.id.day, m.id.station"));
        all.add(Question.of(Measure.class, "from Measure m order by m.id.day desc, m.id.station desc")
                .page(17, 5));
        all.add(Question.of("select c.id from Client c order by c.id").page(0, 0));
        all.add(Question.of("select c.id from Client c order by c.id").page(1000, 5));
        all.add(Question.of(
                        "select p.id, i.number from Purchase p join p.items i order by i.price, i.clientId, i.number")
                .page(10, 20));
        all.add(
                Question.of(
                        "select i.clientId, i.number, i.purchase.total from Item i order by i.purchase.total, i.clientId, i.number"));
        all.add(Question.of(Land.class, "from Land order by name desc"));
    }

    private static void distinct(List<Question> all) {
        all.add(Question.of(String.class, "select distinct region from Client"));
        all.add(Question.of(String.class, "select distinct c.region from Client c order by c.region"));
        all.add(Question.of("select distinct c.vip, c.level from Client c order by c.level desc, c.vip"));
        all.add(Question.of("select distinct c.age, c.region from Client c order by c.age, c.region")
                .page(5, 10));
        all.add(Question.of("select distinct p.total from Purchase p order by p.total")
                .page(5, 10));
        all.add(Question.of("select distinct c.credit from Client c order by c.credit"));
        all.add(Question.of(Land.class, "select distinct c.land from Client c"));
        all.add(Question.of(Client.class, "select distinct c from Client c join c.purchases p where p.total > 100"));
        all.add(Question.of("select distinct c.id, c.name from Client c join c.purchases p order by c.id"));
        all.add(Question.of(
                Pair.class,
                "select distinct new io.shardloom.hibernate.differential.Model$Pair(c.region, c.points)"
                        + " from Client c"));
        all.add(Question.of(Level.class, "select distinct c.level from Client c"));
        all.add(Question.of(
                "select distinct upper(c.region), c.grade from Client c order by upper(c.region), c.grade"));
        all.add(Question.of(String.class, "select distinct t from Purchase p join p.tags t order by t"));
        all.add(Question.of("select distinct p.secret from Purchase p order by p.secret")
                .page(3, 11));
        all.add(Question.of(Double.class, "select distinct c.score from Client c order by c.score"));
    }

    private static void subQueries(List<Question> all) {
        all.add(Question.of(
                "select c.id from Client c where exists (select 1 from Purchase p where p.clientId = c.id and"
                        + " p.total > 800)"));
        all.add(Question.of(
                "select c.id from Client c where not exists (select 1 from Purchase p where p.clientId = c.id)"));
        all.add(Question.of("select c.id from Client c where exists (select 1 from c.purchases p where p.paid)"));
        all.add(Question.of(
                "select c.id from Client c where c.id in (select p.clientId from Purchase p where p.status ="
                        + " 'back')"));
        all.add(Question.of(
                "select c.id from Client c where c.id not in (select p.clientId from Purchase p where p.status ="
                        + " 'back')"));
        all.add(Question.of(
                "select c.id from Client c where c in (select p.client from Purchase p where p.quantity > 15)"));
        all.add(Question.of("select c.id, (select count(*) from Purchase p where p.clientId = c.id) from Client c"));
        all.add(Question.of("select c.id, (select sum(p.total) from c.purchases p) from Client c order by c.id"));
        all.add(Question.of("select c.id from Client c order by (select count(p) from c.purchases p), c.id"));
        all.add(Question.of(
                "select p.id from Purchase p where p.total >= all (select q.total from Purchase q where q.clientId"
                        + " = p.clientId and q.total is not null)"));
        all.add(Question.of("select p.id from Purchase p where p.total = (select max(q.total) from Purchase q where"
                + " q.client = p.client)"));
        all.add(Question.of(
                "select p.id, (select i.article from Item i where i.purchase = p order by i.number limit 1) from"
                        + " Purchase p"));
        all.add(Question.of(
                "select c.id from Client c where c.land.code in (select l.code from Land l where l.area > 100)"));
        all.add(Question.of("select c.id from Client c where (select avg(l.area) from Land l) > c.age"));
        all.add(Question.of(
                "select p.id from Purchase p where (p.clientId, p.number) in (select q.clientId, max(q.number) from"
                        + " Purchase q group by q.clientId)"));
        all.add(Question.of(
                "select c.id from Client c where c.id in (select i.clientId from Item i where exists (select 1 from"
                        + " Purchase p where p.clientId = i.clientId and p.paid))"));
        all.add(Question.of("select c.id, exists (select 1 from c.purchases p) from Client c"));
    }

    private static void local(List<Question> all) {
        all.add(Question.of("select p.clientId, count(*), sum(p.total), avg(p.quantity), min(p.day), max(p.secret) from"
                + " Purchase p group by p.clientId"));
        all.add(Question.of("select c, count(p) from Client c left join c.purchases p group by c"));
        all.add(Question.of(
                "select c.id, c.name, sum(p.total) from Client c join c.purchases p group by c.id, c.name having"
                        + " sum(p.total) > 1000 order by sum(p.total) desc, c.id"));
        all.add(Question.of(
                        "select p.clientId, p.status, count(*) from Purchase p group by p.clientId, p.status order by"
                                + " count(*) desc, p.clientId, p.status")
                .page(4, 12));
        all.add(Question.of(
                "select p.id, row_number() over (partition by p.clientId order by p.number) from Purchase p"));
        all.add(
                Question.of(
                        "select p.id, sum(p.total) over (partition by p.clientId order by p.number) from Purchase p order by p.id"));
        all.add(Question.of(
                Long.class, "select distinct count(*) from Purchase p group by p.clientId order by count(*)"));
        all.add(Question.of("select m.id.day, avg(m.degrees), stddev_pop(m.degrees) from Measure m group by m.id.day"));
        all.add(Question.of(
                "select p.clientId, listagg(p.note, ',') within group (order by p.number) from Purchase p group by"
                        + " p.clientId"));
        all.add(Question.of("select rank() over (order by p.total), p.id from Purchase p where p.clientId = 9"));
        all.add(Question.of(
                "select p.id from Purchase p where p.before in (select q from Purchase q where q.status = 'new')"));
        all.add(Question.of(
                "select p.id from Purchase p where p not in (select q from Purchase q where q.status = 'new')"));
        all.add(Question.of(
                "select c.id from Client c where c.id in (select p.before.clientId from Purchase p where p.paid)"));
        all.add(Question.of(
                "select c.id from Client c where c.id not in (select p.clientId from Purchase p where p.paid)"));
        all.add(Question.of("select c.id, p.id from Client c right join c.purchases p"));
        all.add(Question.of("select p.id, t from Purchase p full join p.tags t where p.paid or t = 'a'"));
        all.add(Question.of(
                "select p.clientId, p.status, count(*), rank() over (partition by p.clientId order by count(*))"
                        + " from Purchase p group by p.clientId, p.status order by p.clientId, p.status"));
        all.add(Question.of("select p.status, rank() over (order by count(*)) from Purchase p where p.clientId = 9"
                + " group by p.status"));
        all.add(Question.of("select count(*), avg(p.total) from Purchase p where p.clientId = :id")
                .with("id", 8L));
    }

    private static void narrowed(List<Question> all) {
        all.add(Question.of(Purchase.class, "from Purchase p where p.clientId in (:ids)")
                .with("ids", List.of(3L, 4L, 5L, 6L)));
        all.add(Question.of(Purchase.class, "from Purchase p where p.clientId = 3 or p.clientId = 17"));
        all.add(Question.of(Purchase.class, "from Purchase p where p.client.id = 13"));
        all.add(Question.of(Client.class, "from Client c where c.id in (-3, 2, 999)"));
        all.add(Question.of(Client.class, "from Client c where id(c) = 21"));
        all.add(Question.of(Measure.class, "from Measure m where m.id.day between :from and :to")
                .with("from", LocalDate.of(2016, 2, 1))
                .with("to", LocalDate.of(2016, 5, 1)));
        all.add(Question.of(Measure.class, "from Measure m where m.id.day < :to")
                .with("to", LocalDate.of(2016, 1, 1)));
        all.add(Question.of(Measure.class, "from Measure m where m.id.day >= :from")
                .with("from", LocalDate.of(2017, 1, 1)));
        all.add(Question.of(Measure.class, "from Measure m where m.id.day = :day and m.degrees > 0")
                .with("day", LocalDate.of(2016, 3, 10)));
        all.add(Question.of(Long.class, "select count(*) from Measure m where m.id.day <= :to")
                .with("to", LocalDate.of(2015, 12, 31)));
    }

    private static void aggregates(List<Question> all) {
        for (var what : List.of(
                "count(*)",
                "count(p)",
                "count(p.total)",
                "count(distinct p.status)",
                "count(distinct p.clientId)",
                "count(distinct p.total)",
                "count(distinct p.number)",
                "sum(distinct p.number)",
                "array_agg(p.number) within group (order by p.number desc)",
                "array_agg(p.quantity) within group (order by p.number, p.clientId)",
                "sum(p.total)",
                "sum(p.quantity)",
                "sum(distinct p.quantity)",
                "sum(distinct p.total)",
                "avg(p.total)",
                "avg(p.quantity)",
                "avg(distinct p.quantity)",
                "min(p.total)",
                "max(p.day)",
                "min(p.status)",
                "max(p.note)",
                "max(p.secret)",
                "max(p.id)",
                "every(p.quantity < 20)",
                "any(p.quantity > 18)",
                "sum(p.total * p.quantity)",
                "sum(p.total) / count(*)",
                "sum(p.quantity) / count(*)",
                "avg(p.total) + 1",
                "round(avg(p.total), 2)",
                "coalesce(sum(p.total), 0)",
                "sum(p.total) - min(p.total) * 3",
                "max(p.quantity) - min(p.quantity)",
                "sum(p.total) / sum(p.quantity)",
                "sum(p.quantity) * 1.5",
                "cast(sum(p.total) as Integer)",
                "case when count(*) > 10 then 'many' else 'few' end",
                "stddev_pop(p.total)",
                "stddev_samp(p.quantity)",
                "var_pop(p.quantity)",
                "var_samp(p.total)",
                "stddev(p.total)",
                "variance(p.quantity)",
                "count(*) filter (where p.paid)",
                "sum(p.total) filter (where p.status = 'new')",
                "sum(case when p.paid then p.quantity else 0 end)",
                "count(case when p.paid then 1 end)",
                "listagg(p.note, ';') within group (order by p.note, p.id)",
                "array_agg(p.quantity) within group (order by p.quantity nulls first)",
                "listagg(distinct p.status, '-') within group (order by p.status)")) {
            all.add(Question.of(Object.class, "select " + what + " from Purchase p"));
            all.add(Question.of(Object.class, "select " + what + " from Purchase p where p.total > 100000"));
            all.add(Question.of("select p.status, " + what + " from Purchase p group by p.status"));
        }
        all.add(Question.of(
                "select min(p.total), max(p.total), min(p.day), max(p.day), min(p.id), max(p.id) from Purchase p"));
        all.add(Question.of(
                "select sum(c.points), avg(c.points), sum(c.credit), avg(c.credit), sum(c.score), avg(c.score),"
                        + " sum(c.grade), avg(c.grade), sum(c.weight), avg(c.weight) from Client c"));
        all.add(Question.of(
                "select var_pop(c.points), stddev_samp(c.credit), var_samp(c.grade), stddev_pop(c.age) from Client c"));
        all.add(Question.of(
                "select min(c.name), max(c.region), min(c.level), max(c.rank), min(c.seen), max(c.created), min(c.token)"
                        + " from Client c"));
        all.add(Question.of(
                "select count(distinct c.name), count(distinct c.credit), count(distinct c.score), count(distinct c.land.code)"
                        + " from Client c"));
        all.add(Question.of(Three.class, "select p.status, count(*), sum(p.total) from Purchase p group by p.status"));
        all.add(Question.of(
                Three.class,
                "select new io.shardloom.hibernate.differential.Model$Three(p.status, count(*), sum(p.total))"
                        + " from Purchase p group by p.status"));
        all.add(Question.of(
                Map.class,
                "select new map(p.status as s, count(*) as n, max(p.note) as m) from Purchase p group by p.status"));
        all.add(Question.of(List.class, "select new list(p.status, count(*)) from Purchase p group by p.status"));
        all.add(Question.of(Tuple.class, "select p.status as s, avg(p.total) as a from Purchase p group by p.status"));
        all.add(Question.of(Map.class, "select p.status as s, avg(p.total) as a from Purchase p group by p.status"));
        all.add(Question.of(Long.class, "select count(distinct p.status) from Purchase p where p.paid"));
        all.add(Question.of(
                        Long.class,
                        "select count(*) from Client c join c.purchases p join p.items i where i.price > :price")
                .with("price", new BigDecimal("20.5")));
        all.add(Question.of(
                "select sum(i.price * i.pieces), sum(i.pieces), max(i.article) from Item i where i.purchase.paid"));
    }

    private static void groups(List<Question> all) {
        all.add(Question.of(Object.class, "select abs(max(c.score * 0.0 * -1)) from Client c where c.score > 0"));
        all.add(Question.of("select case when p.total < 300 then p.total else 9.0 end, count(*) from Purchase p"
                + " group by case when p.total < 300 then p.total else 9.0 end"));
        all.add(Question.of("select p.status, count(*) from Purchase p group by p.status order by p.status"));
        all.add(Question.of(
                "select p.status, count(*) from Purchase p group by p.status order by count(*) desc, p.status desc"));
        all.add(Question.of("select p.status as s, sum(p.total) as t from Purchase p group by s order by t desc"));
        all.add(Question.of("select p.day, count(*) from Purchase p group by p.day order by p.day")
                .page(3, 8));
        all.add(Question.of(
                "select p.status, p.paid, sum(p.total), count(*) from Purchase p group by p.status, p.paid having"
                        + " count(*) > 10 order by p.status, p.paid"));
        all.add(Question.of(
                        "select p.status from Purchase p group by p.status having sum(p.total) > :least order by p.status")
                .with("least", new BigDecimal("20000")));
        all.add(Question.of("select p.target.name, count(*) from Purchase p group by p.target.name order by 2, 1"));
        all.add(
                Question.of(
                        "select l.name, count(p), sum(p.total) from Purchase p join p.target l group by l.name order by l.name"));
        all.add(Question.of("select p.target, count(*) from Purchase p join p.target group by p.target"));
        all.add(Question.of(
                "select extract(month from c.created), count(*) from Client c group by extract(month from c.created)"));
        all.add(Question.of(
                "select upper(c.region), count(*), max(c.age) from Client c group by upper(c.region) order by 1"));
        all.add(
                Question.of(
                        "select lower(c.region), c.vip, avg(c.age) from Client c group by c.region, c.vip order by c.region, c.vip"));
        all.add(Question.of(
                "select c.level, c.rank, count(*) from Client c group by c.level, c.rank order by c.level, c.rank"));
        all.add(Question.of("select c.credit, count(*) from Client c group by c.credit order by c.credit"));
        all.add(Question.of("select c.score, count(*) from Client c group by c.score order by c.score nulls first"));
        all.add(Question.of(
                        "select p.status, sum(p.total) from Purchase p group by p.status having avg(p.quantity) > 5 and"
                                + " min(p.day) < :day order by sum(p.total) / count(*)")
                .with("day", LocalDate.of(2025, 1, 20)));
        all.add(Question.of(
                "select p.status, count(*) from Purchase p group by p.status having p.status in ('new', 'paid') or"
                        + " p.status is null"));
        all.add(Question.of(
                "select case when p.total > 500 then 'high' else 'low' end, count(*) from Purchase p group by case"
                        + " when p.total > 500 then 'high' else 'low' end"));
        all.add(
                Question.of(
                        "select p.status, count(*) * 100 / sum(p.quantity) from Purchase p group by p.status order by p.status"));
        all.add(Question.of(
                "select c.region, c.vip, count(*), sum(c.points), avg(c.credit), count(distinct c.age) from Client c"
                        + " group by c.region, c.vip order by c.region, c.vip"));
        all.add(Question.of(
                        "select i.article, sum(i.price * i.pieces), avg(i.price) from Item i group by i.article order by"
                                + " sum(i.price * i.pieces) desc nulls last, i.article")
                .page(1, 4));
        all.add(Question.of("select count(*) from Purchase p group by p.status order by count(*), p.status"));
        all.add(Question.of("select distinct count(*) from Purchase p group by p.status, p.paid order by count(*)"));
        all.add(Question.of("select t, count(*) from Purchase p join p.tags t group by t order by t"));
        all.add(Question.of(
                "select p.paid, array_agg(p.day) within group (order by p.day desc) from Purchase p group by p.paid"));
    }
}
