package io.shardloom.hibernate.differential;

import java.util.LinkedHashMap;
import java.util.Map;

/** Queries whose merged answer could be wrong, each with the part that its refusal names. */
final class Refused {
    private Refused() {}

    static Map<String, String> all() {
        var all = new LinkedHashMap<String, String>();
        joins(all);
        subQueries(all);
        nulls(all);
        aggregates(all);
        others(all);
        Composed.refused(all);
        return all;
    }

    private static void joins(Map<String, String> all) {
        all.put(
                "select c.id, p.id from Client c, Purchase p",
                "nothing says that Model$Purchase p has the same shard key");
        all.put(
                "select c.id, p.id from Client c join Purchase p on p.number = c.age",
                "nothing says that Model$Purchase p");
        all.put(
                "select a.id, b.id from Client a join Client b on a.region = b.region",
                "nothing says that Model$Client b");
        all.put("select a.id, b.id from Client a join Client b on a.id = b.id + 1", "nothing says that Model$Client b");
        all.put(
                "select a.id, b.id from Client a join Client b on a.id = b.id or a.age = b.age",
                "nothing says that Model$Client b");
        all.put("select c.id, m.id from Client c, Measure m where m.wind = c.age", "nothing says that Model$Measure m");
        all.put(
                "select a.id, b.id, c.id from Purchase a join Purchase b on a.clientId = b.clientId left join Purchase c on"
                        + " a.clientId = b.clientId",
                "nothing says that Model$Purchase c");
        all.put("select l.name, c.id from Land l left join Client c on c.land = l", "keeps rows of a reference table");
        all.put("select l.name, c.id from Client c right join Land l on c.land = l", "keeps rows of a reference table");
        all.put("select l.name, c.id from Client c full join Land l on c.land = l", "keeps rows of a reference table");
        all.put("select l.name, c.id from Client c right join c.land l", "keeps rows of a reference table");
        all.put("select l.name, c.id from Client c full join c.land l", "keeps rows of a reference table");
        all.put(
                "select c.id, p.id from Client c, Purchase p where c.id = 7 and p.clientId = 8",
                "nothing says that Model$Purchase p");
    }

    private static void subQueries(Map<String, String> all) {
        all.put(
                "select p.id from Purchase p where p.total > (select avg(q.total) from Purchase q)",
                "nothing says that Model$Purchase q");
        all.put(
                "select p.id from Purchase p where p.total = (select max(q.total) from Purchase q where q.status = p.status)",
                "nothing says that Model$Purchase q");
        all.put(
                "select c.id from Client c where c.age in (select p.number from Purchase p)",
                "nothing says that Model$Purchase p");
        all.put(
                "select c.id from Client c where exists (select 1 from Purchase p where p.clientId > c.id)",
                "nothing says that Model$Purchase p");
        all.put(
                "select c.id from Client c where c.id in (select p.clientId from Purchase p order by p.total limit 5)",
                "nothing says that Model$Purchase p");
        all.put(
                "select c.id from Client c where exists (select 1 from Purchase p where p.clientId = c.id or p.paid)",
                "nothing says that Model$Purchase p");
        all.put(
                "select l.code from Land l where exists (select 1 from Client c where c.land = l)",
                "for rows that are not sharded");
        all.put(
                "select l.code, (select count(*) from Client c where c.land = l) from Land l",
                "for rows that are not sharded");
    }

    /** A null among the values of an {@code in} decides for rows of all nodes. */
    private static void nulls(Map<String, String> all) {
        all.put(
                "select p.id from Purchase p where p.before not in (select q from Purchase q where q.status = 'new')",
                "nothing says that Model$Purchase q");
        all.put(
                "select p.id from Purchase p where not (p.before in (select q from Purchase q where q.status = 'new'))",
                "nothing says that Model$Purchase q");
        all.put(
                "select c.id from Client c where c.id not in (select p.before.clientId from Purchase p)",
                "nothing says that Model$Purchase p");
        all.put(
                "select p.id, case when p.before in (select q from Purchase q) then 1 when p.before is null then 2 else 3 end"
                        + " from Purchase p",
                "nothing says that Model$Purchase q");
    }

    private static void aggregates(Map<String, String> all) {
        all.put("select stddev_pop(c.score) from Client c", "its last digits depend on the order of the rows");
        all.put("select sum(distinct c.score) from Client c", "its digits depend on the order of the rows");
        all.put(
                "select percentile_cont(0.5) within group (order by c.age) from Client c",
                "does not know how its parts");
        all.put("select c.region, count(*) from Client c group by rollup(c.region)", "it groups by");
        all.put(
                "select c.land || max(c.name) from Client c group by c.land",
                "which type the server gives it; group by one of its attributes");
        all.put(
                "select (c.created - {2024-01-01 00:00:00}) by hour + count(*) from Client c group by (c.created - {2024-01-01"
                        + " 00:00:00}) by hour",
                "does not know for certain which type the server gives it");
        all.put(
                "select position('a' in c.region) + count(*) from Client c group by position('a' in c.region)",
                "does not know for certain which type the server gives it");
        all.put(
                "select (select max(l.name) from Land l where l.code = p.target.code) || max(p.note) from Purchase p group by"
                        + " p.target.code",
                "a sub-query beside aggregates over keys looks at");
        all.put(
                "select array_agg(distinct p.secret) within group (order by p.secret) from Purchase p",
                "does not merge lists of its type");
        all.put(
                "select count(*) from Client c group by c.land having c.land is not null and upper(max(c.name)) > 'C'",
                "it computes something of 'c.land'");
        all.put(
                "select array_length(array_agg(c.age) within group (order by c.age)) from Client c",
                "does not know for certain which type the server gives it");
        all.put("select distinct round(sum(c.credit), c.age) from Client c group by c.age", "it wants distinct rows");
        all.put("select count(distinct p.before) from Purchase p", "which values of its type");
        all.put("select sum(position('a' in c.region)) from Client c", "which numeric type");
    }

    private static void others(Map<String, String> all) {
        all.put("select p from Purchase p join fetch p.items i order by i.price", "of a joined collection");
        all.put("select p, p.number from Purchase p join fetch p.items", "selects more than the owner");
        all.put("select p.id, rank() over (order by p.total) from Purchase p", "is not partitioned by the shard key");
        all.put("select p.id, sum(p.total) over () from Purchase p", "is not partitioned by the shard key");
        all.put(
                "select p.id, row_number() over (partition by p.status) from Purchase p",
                "is not partitioned by the shard key");
        all.put(
                "select p.status, sum(count(*)) over (partition by p.status) from Purchase p group by p.status",
                "is not partitioned by the shard key");
        all.put(
                "select p.clientId, count(*), rank() over (order by count(*) desc) from Purchase p group by p.clientId",
                "is not partitioned by the shard key");
        all.put(
                "select p.clientId from Purchase p group by p.clientId order by row_number() over (order by count(*))",
                "is not partitioned by the shard key");
        all.put("select c.id from Client c where c.created > local datetime", "each node has a clock of its own");
        all.put("select current_date, c.id from Client c", "each node has a clock of its own");
        all.put("select function('txid_current') from Client c", "may be another one on each node");
        all.put("select sql('pg_backend_pid()') from Client c", "may be another one on each node");
        all.put("select c.id from Client c order by c.id fetch first 3 rows with ties", "its limit is ROWS_WITH_TIES");
        all.put(
                "select c.id from Client c order by c.id fetch first 10 percent rows only",
                "its limit is PERCENT_ONLY");
        all.put("select p.id from Purchase p order by p.target", "in which order the server puts");
    }
}
