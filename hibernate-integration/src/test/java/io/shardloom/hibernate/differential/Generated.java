package io.shardloom.hibernate.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random combinations of what a query can be made of. */
final class Generated {
    private static final List<String> KEYS = List.of(
            "c.region",
            "c.vip",
            "c.level",
            "c.rank",
            "c.age",
            "c.grade",
            "c.name",
            "lower(c.region)",
            "c.credit",
            "c.score",
            "c.points",
            "coalesce(c.name, c.region)",
            "month(c.created)",
            "day(c.created) / 7",
            "c.age + c.grade",
            "c.age / 3.0",
            "cast(c.created as LocalDate)",
            "case when c.age > 30 then 'old' else 'young' end",
            "upper(c.name)");
    private static final List<String> CONDITIONS = List.of(
            "c.vip",
            "c.age > 20",
            "c.region <> 'north'",
            "c.name is not null",
            "c.level in ('HIGH', 'LOW')",
            "c.score between -3 and 5",
            "c.credit > 100",
            "c.id in (3, 8, 21, 22)",
            "c.id = 12",
            "exists (select 1 from c.purchases p where p.total > 700)",
            "c.land.area >= 100",
            "size(c.purchases) > 4",
            "not (c.age < 10 or c.vip)",
            "c.points is null");
    private static final List<String> AGGREGATES = List.of(
            "count(*)",
            "count(c.age)",
            "sum(c.age)",
            "sum(c.credit)",
            "avg(c.credit)",
            "avg(c.age)",
            "min(c.name)",
            "max(c.region)",
            "sum(c.points)",
            "min(c.seen)",
            "max(c.token)",
            "count(distinct c.region)",
            "count(distinct c.age)",
            "sum(c.age) / count(*)",
            "sum(c.credit) / count(*)",
            "coalesce(sum(c.age), 0)",
            "max(c.age) - min(c.age)",
            "stddev_pop(c.age)",
            "var_samp(c.credit)",
            "sum(distinct c.age)",
            "avg(c.points) * 2",
            "every(c.vip)",
            "count(*) filter (where c.vip)",
            "sum(c.grade) * 100 / count(*)",
            "case when sum(c.age) > 100 then 1 else 0 end",
            "sum(c.score)",
            "avg(c.score)",
            "-sum(c.credit)",
            "abs(min(c.credit))",
            "nullif(count(*), 3)",
            "upper(max(c.name))",
            "max(c.region) || count(*)",
            "count(*) > 5",
            "max(c.created) + 3 day",
            "case when count(*) > 4 then 'many' else 'few' end",
            "substring(min(c.name), 1, 2)",
            "min(c.name) like 'c1%'");
    private static final List<String> NUMBERS = AGGREGATES.subList(0, 6);

    /** What a server can compute of any number. */
    private static final List<String> OF_NUMBERS = List.of(
            "(%s) * 3",
            "coalesce(%s, 0)",
            "abs(%s)",
            "ceiling(%s)",
            "floor((%s) / 7)",
            "greatest(%s, 7)",
            "(%s) between 1 and 50",
            "cast(%s as String)",
            "nullif(%s, 3) is null",
            "(%s) > (select min(l.area) from Land l)",
            "sign(%s) + 1");

    /** What nodes and a server compute of a value grouped by. */
    private static final List<String> OF_GROUPS = List.of(
            "cast(%s as String) || '/' || count(*)",
            "concat(max(c.region), coalesce(cast(%s as String), '-'))",
            "case when %s is null then count(*) else 0 end",
            "case when count(*) > 2 then cast(%s as String) else max(c.name) end",
            "coalesce(cast(%s as String), max(c.region))",
            "nullif(count(*), 2) is null and %s is not null");

    private final Random random;

    private Generated(long seed) {
        this.random = new Random(seed);
    }

    static List<Question> all(long seed, int count) {
        var generator = new Generated(seed);
        var all = new ArrayList<Question>();
        for (int i = 0; i < count; i++) {
            all.add(i % 3 == 0 ? generator.rows() : generator.groups());
        }
        return all;
    }

    private Question rows() {
        var selected = some(KEYS, 1 + random.nextInt(3));
        boolean distinct = random.nextInt(3) == 0;
        var hql = new StringBuilder("select ").append(distinct ? "distinct " : "");
        hql.append(distinct ? "" : "c.id, ")
                .append(String.join(", ", selected))
                .append(" from Client c")
                .append(where());
        if (random.nextInt(4) > 0) {
            var order = distinct ? selected : new ArrayList<>(some(KEYS, 1 + random.nextInt(2)));
            hql.append(" order by ");
            for (var key : order) {
                hql.append(key).append(direction()).append(", ");
            }
            hql.append(distinct ? "" : "c.id");
            return page(hql.toString().replaceAll(", $", ""));
        }
        return Question.of(hql.toString());
    }

    private Question groups() {
        var keys = some(KEYS, random.nextInt(3));
        var aggregates = some(AGGREGATES, 1 + random.nextInt(3));
        if (random.nextBoolean()) {
            aggregates.add(some(OF_NUMBERS, 1).get(0).formatted(some(NUMBERS, 1).get(0)));
        }
        if (!keys.isEmpty() && random.nextBoolean()) {
            aggregates.add(some(OF_GROUPS, 1).get(0).formatted(some(keys, 1).get(0)));
        }
        var selected = new ArrayList<>(keys);
        selected.addAll(aggregates);
        var hql = new StringBuilder("select ")
                .append(String.join(", ", selected))
                .append(" from Client c")
                .append(where());
        if (keys.isEmpty()) {
            return Question.of(Object.class, hql.toString());
        }
        hql.append(" group by ").append(String.join(", ", keys));
        if (random.nextInt(3) == 0) {
            hql.append(" having ")
                    .append(random.nextBoolean() ? "count(*) > 1" : "sum(c.age) > 40 or max(c.credit) is null");
        }
        if (random.nextBoolean()) {
            hql.append(" order by ");
            if (random.nextBoolean()) {
                hql.append("count(*)").append(direction()).append(", ");
            }
            for (var key : keys) {
                hql.append(key).append(direction()).append(", ");
            }
            return page(hql.toString().replaceAll(", $", ""));
        }
        return Question.of(hql.toString());
    }

    private String where() {
        if (random.nextInt(3) == 0) {
            return "";
        }
        return " where "
                + String.join(random.nextBoolean() ? " and " : " or ", some(CONDITIONS, 1 + random.nextInt(2)));
    }

    private String direction() {
        return List.of("", " desc", " nulls first", " desc nulls last", " asc nulls last")
                .get(random.nextInt(5));
    }

    private Question page(String hql) {
        var question = Question.of(hql);
        return random.nextBoolean() ? question.page(random.nextInt(15), 1 + random.nextInt(20)) : question;
    }

    private List<String> some(List<String> of, int count) {
        var chosen = new ArrayList<String>();
        while (chosen.size() < count) {
            var next = of.get(random.nextInt(of.size()));
            if (!chosen.contains(next)) {
                chosen.add(next);
            }
        }
        return chosen;
    }
}
