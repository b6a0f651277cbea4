package io.shardloom.hibernate.differential;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Random set operations, derived tables and common table expressions; some of them are to be refused. */
final class GeneratedComposed {
    /** The reasons for which one of them may be refused. */
    static final List<String> REASONS = List.of(
            "a part of it has a limit of its own",
            "a part of it aggregates rows of several keys",
            "a part of it wants distinct rows without the shard key",
            "do not all select the shard key in one place",
            "are spread differently",
            "has the same shard key as",
            "an outer join keeps rows beside 'd'",
            "numbers or limits rows of reference tables");

    private static final List<String> PAIRS = List.of(
            "select c.id as k, c.region as v from Client c",
            "select c.id as k, c.name as v from Client c where c.vip",
            "select p.clientId as k, p.status as v from Purchase p where p.paid",
            "select p.clientId as k, p.note as v from Purchase p where p.clientId = 7",
            "select p.clientId as k, max(p.note) as v from Purchase p group by p.clientId",
            "select distinct i.clientId as k, i.article as v from Item i",
            "select c.points as k, c.region as v from Client c where c.age > 30",
            "select count(*) as k, p.status as v from Purchase p group by p.status",
            "select count(*) as k, max(p.status) as v from Purchase p where p.clientId = 7",
            "select p.clientId as k, t as v from Purchase p join p.tags t",
            "select c.id as k, l.name as v from Client c left join c.land l");
    private static final List<String> SINGLES = List.of(
            "select c.age as v from Client c",
            "select p.quantity as v from Purchase p where p.paid",
            "select distinct p.number as v from Purchase p",
            "select l.area as v from Land l",
            "select m.wind as v from Measure m",
            "select i.pieces as v from Item i where i.clientId in (3, 4, 5)",
            "select max(c.age) as v from Client c group by c.region",
            "select p.quantity as v from Purchase p where p.clientId = 7");
    private static final List<String> OPERATORS =
            List.of(" union ", " union all ", " intersect ", " intersect all ", " except ", " except all ");

    private final Random random;

    private GeneratedComposed(long seed) {
        this.random = new Random(seed);
    }

    static List<Question> all(long seed, int count) {
        var generator = new GeneratedComposed(seed);
        var all = new ArrayList<Question>();
        for (int i = 0; i < count; i++) {
            all.add(i % 2 == 0 ? generator.operation() : generator.derived());
        }
        return all;
    }

    private Question operation() {
        boolean pairs = random.nextBoolean();
        var hql = operation(pairs, 1 + random.nextInt(2));
        if (random.nextInt(3) > 0) {
            var question = Question.of(
                    Object.class,
                    "(" + hql + ") order by " + (pairs ? "k" + direction() + ", " : "") + "v" + direction());
            return random.nextBoolean() ? question.page(random.nextInt(9), 1 + random.nextInt(30)) : question;
        }
        return Question.of(Object.class, hql).anyOrder();
    }

    private String operation(boolean pairs, int operators) {
        var hql = part(pairs);
        for (int i = 0; i < operators; i++) {
            var left = i == 0 ? hql : "(" + hql + ")";
            hql = left + one(OPERATORS) + part(pairs);
        }
        return hql;
    }

    /** A limit takes rows by all their values, so that those left out and those taken are the same on both sides. */
    private String part(boolean pairs) {
        var part = one(pairs ? PAIRS : SINGLES);
        return random.nextInt(4) > 0
                ? part
                : "(" + part + " order by " + (pairs ? "1, " : "") + (pairs ? "2" : "1") + direction() + " limit "
                        + (1 + random.nextInt(12)) + ")";
    }

    private Question derived() {
        var query = random.nextInt(3) > 0 ? one(PAIRS) : operation(true, 1);
        boolean named = random.nextBoolean();
        var from = named ? "x d" : "(" + query + ") d";
        var with = named ? "with x as (" + query + ") " : "";
        return switch (random.nextInt(6)) {
            case 0 -> Question.of(Object.class, with + "select d.v, count(*), max(d.k) from " + from + " group by d.v");
            case 1 ->
                Question.of(with + "select d.k, d.v from " + from + " order by d.v" + direction() + ", d.k"
                                + direction())
                        .page(random.nextInt(9), 20);
            case 2 ->
                Question.of(with + "select c.name, d.v from Client c join " + from + " on d.k = c.id where c.age > 9");
            case 3 ->
                Question.of(with + "select c.id, d.v from Client c left join " + from + " on d.k = c.id and c.vip");
            case 4 ->
                Question.of(Object.class, with + "select distinct d.v from " + from + " order by d.v" + direction());
            default ->
                Question.of(
                        Object.class,
                        with + "select c.id from Client c where exists (select 1 from " + from + " where d.k = c.id)");
        };
    }

    private String direction() {
        return one(List.of("", " desc", " nulls first", " desc nulls last"));
    }

    private String one(List<String> of) {
        return of.get(random.nextInt(of.size()));
    }
}
