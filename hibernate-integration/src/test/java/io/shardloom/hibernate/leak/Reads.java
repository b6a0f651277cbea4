package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.leak.Step.Answer;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.LockModeType;
import jakarta.persistence.criteria.JoinType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.hibernate.Hibernate;
import org.hibernate.KeyType;
import org.hibernate.LockMode;
import org.hibernate.Session;
import org.hibernate.graph.GraphSemantic;

/** Operations that read. No query names a key: the sessions' key is all that tells the rows apart. */
final class Reads {
    private Reads() {}

    static void addTo(Map<String, Function<Step, Answer>> all) {
        all.put("find", Reads::find);
        all.put("find with an entity graph", Reads::findGraph);
        all.put("find with a lock", Reads::findLocked);
        all.put("find a note", Reads::findNote);
        all.put("find by natural id", Reads::findNatural);
        all.put("findMultiple by natural id", Reads::findNaturals);
        all.put("find papers and shapes", Reads::findThings);
        all.put("findMultiple", Reads::findMultiple);
        all.put("getReference", Reads::reference);
        all.put("refresh", Reads::refresh);
        all.put("lock", Reads::lock);
        all.put("associations", Reads::associations);
        all.put("lazy collections of many", Reads::lazyCollections);
        all.put("HQL filter", Reads::filter);
        all.put("HQL with a lock", Reads::lockingQuery);
        all.put("HQL join", Reads::join);
        all.put("HQL join fetch", Reads::joinFetch);
        all.put("HQL group by", Reads::group);
        all.put("HQL element collection", Reads::elements);
        all.put("HQL subqueries", Reads::subqueries);
        all.put("HQL collection predicates", Reads::collectionPredicates);
        all.put("HQL pages", Reads::pages);
        all.put("HQL joins without association", Reads::entityJoin);
        all.put("HQL union", Reads::union);
        all.put("HQL derived table", Reads::derived);
        all.put("HQL hierarchy", Reads::hierarchy);
        all.put("Criteria", Reads::criteria);
        all.put("scroll and stream", Reads::scroll);
        all.put("stateless get", Reads::statelessGet);
        all.put("stateless getMultiple", Reads::statelessMultiple);
        all.put("stateless query", Reads::statelessQuery);
        all.put("stateless refresh and fetch", Reads::statelessRefresh);
    }

    private static Answer find(Step step) {
        var id = step.purchase();
        return Answer.of(
                step.model().full(id), step.read(session -> Texts.full(session.find(Purchase.class, step.id(id)))));
    }

    private static Answer findGraph(Step step) {
        var id = step.purchase();
        var actual = step.read(session -> {
            var graph = session.createEntityGraph(Purchase.class);
            graph.addAttributeNodes("lines", "tags", "account");
            var found = session.createSelectionQuery("from Purchase where id = :id", Purchase.class)
                    .setParameter("id", id)
                    .setEntityGraph(graph, GraphSemantic.FETCH)
                    .getSingleResultOrNull();
            return Texts.full(found) + Texts.full(session.find(graph, step.id(id)));
        });
        return Answer.of(step.model().full(id) + step.model().full(id), actual);
    }

    private static Answer findLocked(Step step) {
        var id = step.purchase();
        var mode = step.choose(List.of(LockModeType.PESSIMISTIC_WRITE, LockModeType.PESSIMISTIC_READ));
        return Answer.of(
                step.model().full(id),
                step.write(session -> Texts.full(session.find(Purchase.class, step.id(id), mode))));
    }

    private static Answer findNote(Step step) {
        int id = 1 + step.below(Step.NOTES);
        return Answer.of(step.model().note(id), step.read(session -> Texts.note(session.find(Note.class, id))));
    }

    private static Answer findNatural(Step step) {
        var title = step.word();
        return Answer.of(
                titled(step, title),
                step.read(session -> Texts.note(session.find(Note.class, title, KeyType.NATURAL))));
    }

    private static String titled(Step step, String title) {
        return step.model().notes.entrySet().stream()
                .filter(note -> note.getValue().title().equals(title))
                .map(note -> step.model().note(note.getKey()))
                .findAny()
                .orElse("null");
    }

    private static Answer findNaturals(Step step) {
        return Answer.of(
                Step.WORDS.stream().map(word -> titled(step, word)).toList(),
                step.read(session -> session.findMultiple(Note.class, Step.WORDS, KeyType.NATURAL).stream()
                        .map(Texts::note)
                        .toList()));
    }

    private static Answer findThings(Step step) {
        int number = 1 + step.below(Step.THINGS);
        var model = step.model();
        var paperId = new Paper.Key();
        paperId.accountId = step.key();
        paperId.number = number;
        var shapeId = new Shape.Key();
        shapeId.accountId = step.key();
        shapeId.number = number;
        return Answer.of(
                model.thing(model.papers, number) + model.thing(model.shapes, number),
                step.read(session -> Texts.paper(session.find(Paper.class, paperId))
                        + Texts.shape(session.find(Shape.class, shapeId))));
    }

    private static Answer findMultiple(Step step) {
        var expected = new ArrayList<String>();
        var ids = new ArrayList<Purchase.Key>();
        for (var id : Step.PURCHASES) {
            if (step.maybe()) {
                ids.add(step.id(id));
                expected.add(step.model().full(id));
            }
            if (step.below(4) == 0) {
                ids.add(new Purchase.Key(step.other(), id));
                expected.add("null");
            }
        }
        var notes = List.of(1, 2, 3, 4, 5);
        notes.forEach(id -> expected.add(step.model().note(id)));
        return Answer.of(expected, step.read(session -> {
            var actual = new ArrayList<String>();
            session.findMultiple(Purchase.class, ids).forEach(found -> actual.add(Texts.full(found)));
            session.findMultiple(Note.class, notes).forEach(found -> actual.add(Texts.note(found)));
            return actual;
        }));
    }

    private static Answer reference(Step step) {
        var id = step.purchase();
        var actual = step.read(session -> {
            try {
                return Texts.full(session.getReference(Purchase.class, step.id(id)));
            } catch (EntityNotFoundException e) {
                return "null";
            }
        });
        return Answer.of(step.model().full(id), actual);
    }

    private static Answer refresh(Step step) {
        var id = step.oneOf(step.model().purchases.keySet());
        if (id == null) {
            return null;
        }
        return Answer.of(step.model().full(id), step.read(session -> {
            var found = session.find(Purchase.class, step.id(id));
            session.refresh(found);
            return Texts.full(found);
        }));
    }

    private static Answer lock(Step step) {
        var id = step.oneOf(step.model().purchases.keySet());
        if (id == null) {
            return null;
        }
        var mode = step.choose(List.of(
                LockMode.PESSIMISTIC_WRITE,
                LockMode.PESSIMISTIC_READ,
                LockMode.OPTIMISTIC,
                LockMode.OPTIMISTIC_FORCE_INCREMENT,
                LockMode.PESSIMISTIC_FORCE_INCREMENT));
        return Answer.of(step.model().full(id), step.write(session -> {
            var found = session.find(Purchase.class, step.id(id));
            session.lock(found, mode);
            return Texts.full(found);
        }));
    }

    private static Answer associations(Step step) {
        var number = step.oneOf(step.model().lines.keySet());
        if (number == null) {
            return null;
        }
        var line = step.model().lines.get(number);
        return Answer.of(
                step.model().full(line.purchase())
                        + step.model().account()
                        + step.model().purchases.keySet(),
                step.read(session -> {
                    var found = session.find(Line.class, new Line.Key(step.key(), number));
                    var purchase = Hibernate.unproxy(found.purchase, Purchase.class);
                    var account = Hibernate.unproxy(purchase.account, Account.class);
                    var purchases = Texts.all(account.purchases, p -> p.id, p -> p.id.toString());
                    return Texts.full(purchase) + Texts.account(account) + purchases;
                }));
    }

    /** Batches and subselects fetch the collections of several owners at once. */
    private static Answer lazyCollections(Step step) {
        var state = step.word();
        return Answer.of(
                step.model().purchases.entrySet().stream()
                        .filter(p -> !p.getValue().state.equals(state))
                        .map(p -> step.model().full(p.getKey()))
                        .toList(),
                step.read(session -> Texts.all(
                        session.createSelectionQuery("from Purchase p where p.state <> :state", Purchase.class)
                                .setParameter("state", state)
                                .getResultList(),
                        p -> p.id,
                        Texts::full)));
    }

    private static Answer filter(Step step) {
        var state = step.word();
        int total = step.below(100);
        return Answer.of(
                step.model().purchases.entrySet().stream()
                        .filter(p -> p.getValue().state.equals(state) || p.getValue().total > total)
                        .map(p -> step.model().brief(p.getKey()))
                        .toList(),
                step.read(session -> session
                        .createSelectionQuery(
                                "from Purchase p where p.state = :state or p.total > :total order by p.id",
                                Purchase.class)
                        .setParameter("state", state)
                        .setParameter("total", total)
                        .getResultList()
                        .stream()
                        .map(Texts::brief)
                        .toList()));
    }

    private static Answer lockingQuery(Step step) {
        return Answer.of(
                step.model().notes.keySet().stream().map(step.model()::note).toList(), step.write(session -> session
                        .createSelectionQuery("from Note order by id", Note.class)
                        .setLockMode(LockModeType.PESSIMISTIC_WRITE)
                        .getResultList()
                        .stream()
                        .map(Texts::note)
                        .toList()));
    }

    private static Answer join(Step step) {
        var article = step.word();
        var model = step.model();
        var expected = new ArrayList<String>();
        model.lines.forEach((number, line) -> {
            if (line.article().equals(article)) {
                expected.add(number + " " + model.purchases.get(line.purchase()).state + " " + model.name);
            }
        });
        return Answer.of(
                expected,
                step.read(session -> rows(
                        session,
                        "select l.number, p.state, a.name from Line l join l.purchase p join p.account a"
                                + " where l.article = :article order by l.number",
                        "article",
                        article)));
    }

    private static List<String> rows(Session session, String hql, Object... parameters) {
        var query = session.createSelectionQuery(hql, Object[].class);
        for (int i = 0; i < parameters.length; i += 2) {
            query.setParameter((String) parameters[i], parameters[i + 1]);
        }
        var rows = new ArrayList<String>();
        for (var row : query.getResultList()) {
            var text = new ArrayList<String>();
            for (var value : row) {
                text.add(String.valueOf(value));
            }
            rows.add(String.join(" ", text));
        }
        return rows;
    }

    private static Answer joinFetch(Step step) {
        return Answer.of(
                step.model().purchases.keySet().stream().map(step.model()::full).toList(),
                step.read(session -> Texts.all(
                        session.createSelectionQuery(
                                        "from Purchase p left join fetch p.lines left join fetch p.tags"
                                                + " join fetch p.account",
                                        Purchase.class)
                                .getResultList(),
                        p -> p.id,
                        Texts::full)));
    }

    private static Answer group(Step step) {
        var sums = new TreeMap<String, int[]>();
        step.model().purchases.values().forEach(p -> {
            var sum = sums.computeIfAbsent(p.state, s -> new int[3]);
            sum[0]++;
            sum[1] += p.total;
            sum[2] = Math.max(sum[2], p.total);
        });
        var expected = new ArrayList<String>();
        sums.forEach((state, sum) -> expected.add(state + " " + sum[0] + " " + sum[1] + " " + sum[2]));
        return Answer.of(
                expected + " " + step.model().lines.size(),
                step.read(session -> rows(
                                session,
                                "select p.state, count(*), sum(p.total), max(p.total) from Purchase p group by p.state"
                                        + " having count(*) > 0 order by p.state")
                        + " "
                        + session.createSelectionQuery("select count(*) from Line", Long.class)
                                .getSingleResult()));
    }

    private static Answer elements(Step step) {
        var counts = new TreeMap<String, Integer>();
        step.model().purchases.values().forEach(p -> p.tags.forEach(tag -> counts.merge(tag, 1, Integer::sum)));
        var expected = new ArrayList<String>();
        counts.forEach((tag, count) -> expected.add(tag + " " + count));
        return Answer.of(
                expected,
                step.read(session ->
                        rows(session, "select t, count(*) from Purchase p join p.tags t group by t order by t")));
    }

    private static Answer subqueries(Step step) {
        var model = step.model();
        var word = step.word();
        int highest =
                model.purchases.values().stream().mapToInt(p -> p.total).max().orElse(0);
        var best = model.purchases.entrySet().stream()
                .filter(p -> p.getValue().total == highest)
                .map(p -> model.brief(p.getKey()))
                .toList();
        var states = new TreeSet<String>();
        model.purchases.values().forEach(p -> states.add(p.state));
        var notes = model.notes.entrySet().stream()
                .filter(n -> states.contains(n.getValue().title()))
                .map(n -> model.note(n.getKey()))
                .toList();
        boolean lines = model.lines.values().stream().anyMatch(l -> l.article().equals(word));
        long papers = model.papers.values().stream()
                .filter(p -> p.title().equals(word))
                .count();
        var expected = best + " " + notes + " " + lines + " [" + model.name + " " + model.purchases.size() + " "
                + papers + "]";
        return Answer.of(expected, step.read(session -> {
            var first = session
                    .createSelectionQuery(
                            "from Purchase p where p.total = (select max(q.total) from Purchase q) order by p.id",
                            Purchase.class)
                    .getResultList()
                    .stream()
                    .map(Texts::brief)
                    .toList();
            var second = session
                    .createSelectionQuery(
                            "from Note n where n.title in (select p.state from Purchase p) order by n.id", Note.class)
                    .getResultList()
                    .stream()
                    .map(Texts::note)
                    .toList();
            long third = session.createSelectionQuery(
                            "select count(*) from Account a where exists (select 1 from Line l where l.article = :w)",
                            Long.class)
                    .setParameter("w", word)
                    .getSingleResult();
            var fourth = rows(
                    session,
                    "select a.name, (select count(*) from Purchase p), (select count(*) from Paper d where d.title ="
                            + " :w) from Account a",
                    "w",
                    word);
            return first + " " + second + " " + (third == 1) + " " + fourth;
        }));
    }

    private static Answer collectionPredicates(Step step) {
        var model = step.model();
        var tag = step.word();
        var tagged = new ArrayList<String>();
        var sizes = new ArrayList<String>();
        var untagged = new ArrayList<String>();
        model.purchases.forEach((id, p) -> {
            if (p.tags.contains(tag)) {
                tagged.add(model.brief(id));
            }
            if (p.tags.isEmpty()) {
                untagged.add(model.brief(id));
            }
            sizes.add(id + " " + model.linesOf(id).size() + " " + p.tags.size());
        });
        return Answer.of(
                tagged + " " + untagged + " " + sizes,
                step.read(session -> briefs(session, "from Purchase p where :tag member of p.tags order by p.id", tag)
                        + " "
                        + briefs(session, "from Purchase p where p.tags is empty order by p.id", null)
                        + " "
                        + rows(session, "select p.id, size(p.lines), size(p.tags) from Purchase p order by p.id")));
    }

    private static List<String> briefs(Session session, String hql, String tag) {
        var query = session.createSelectionQuery(hql, Purchase.class);
        if (tag != null) {
            query.setParameter("tag", tag);
        }
        return query.getResultList().stream().map(Texts::brief).toList();
    }

    private static Answer pages(Step step) {
        int first = step.below(4);
        int size = 1 + step.below(4);
        return Answer.of(
                step.model().lines.keySet().stream()
                        .skip(first)
                        .limit(size)
                        .map(step.model()::line)
                        .toList(),
                step.read(session -> session
                        .createSelectionQuery("from Line order by number", Line.class)
                        .setFirstResult(first)
                        .setMaxResults(size)
                        .getResultList()
                        .stream()
                        .map(Texts::line)
                        .toList()));
    }

    private static Answer entityJoin(Step step) {
        var model = step.model();
        long crossed = 0;
        for (var note : model.notes.values()) {
            crossed += model.shapes.values().stream()
                    .filter(shape -> shape.title().equals(note.title()))
                    .count();
        }
        var left = new ArrayList<String>();
        model.purchases.forEach((id, p) -> {
            var notes = model.notes.entrySet().stream()
                    .filter(n -> n.getValue().title().equals(p.state))
                    .map(n -> id + " " + n.getKey())
                    .toList();
            left.addAll(notes.isEmpty() ? List.of(id + " null") : notes);
        });
        return Answer.of(
                crossed + " " + left,
                step.read(session -> session.createSelectionQuery(
                                        "select count(*) from Note n, Shape s where n.title = s.title", Long.class)
                                .getSingleResult()
                        + " "
                        + rows(
                                session,
                                "select p.id, n.id from Purchase p left join Note n on n.title = p.state"
                                        + " order by p.id, n.id")));
    }

    private static Answer union(Step step) {
        var words = new TreeSet<String>();
        step.model().purchases.values().forEach(p -> words.add(p.state));
        step.model().notes.values().forEach(n -> words.add(n.title()));
        step.model().shapes.values().forEach(n -> words.add(n.title()));
        return Answer.of(
                words,
                step.read(session -> new TreeSet<>(session.createSelectionQuery(
                                "select p.state from Purchase p union select n.title from Note n"
                                        + " union select s.title from Shape s",
                                String.class)
                        .getResultList())));
    }

    private static Answer derived(Step step) {
        var counts = new TreeMap<String, Integer>();
        step.model().lines.values().forEach(l -> counts.merge(l.article(), 1, Integer::sum));
        var expected = new ArrayList<String>();
        counts.forEach((article, count) -> expected.add(article + " " + count));
        return Answer.of(
                expected + " " + expected,
                step.read(session -> rows(
                                session,
                                "select x.article, x.c from (select l.article as article, count(*) as c from Line l"
                                        + " group by l.article) x order by x.article")
                        + " "
                        + rows(
                                session,
                                "with x as (select l.article as article, count(*) as c from Line l group by l.article)"
                                        + " select x.article, x.c from x x order by x.article")));
    }

    private static Answer hierarchy(Step step) {
        var model = step.model();
        var title = step.word();
        var papers = model.papers.keySet().stream()
                .filter(n -> model.papers.get(n).title().equals(title))
                .map(n -> model.thing(model.papers, n))
                .toList();
        var letters = model.papers.keySet().stream()
                .filter(n -> model.papers.get(n).kind().equals("Letter"))
                .map(n -> model.thing(model.papers, n))
                .toList();
        int circles = model.shapes.values().stream()
                .filter(s -> s.kind().equals("Circle"))
                .mapToInt(Model.Thing::number)
                .sum();
        var shapes = model.shapes.keySet().stream()
                .filter(n -> model.shapes.get(n).title().equals(title))
                .map(n -> model.thing(model.shapes, n))
                .toList();
        return Answer.of(
                papers + " " + letters + " " + circles + " " + shapes,
                step.read(session -> session
                                .createSelectionQuery(
                                        "from Paper p where p.title = :title order by p.number", Paper.class)
                                .setParameter("title", title)
                                .getResultList()
                                .stream()
                                .map(Texts::paper)
                                .toList()
                        + " "
                        + session
                                .createSelectionQuery("from Letter order by number", Paper.Letter.class)
                                .getResultList()
                                .stream()
                                .map(Texts::paper)
                                .toList()
                        + " "
                        + session.createSelectionQuery("select coalesce(sum(c.amount), 0) from Circle c", Long.class)
                                .getSingleResult()
                        + " "
                        + session
                                .createSelectionQuery(
                                        "from Shape s where s.title = :title order by s.number", Shape.class)
                                .setParameter("title", title)
                                .getResultList()
                                .stream()
                                .map(Texts::shape)
                                .toList()));
    }

    private static Answer criteria(Step step) {
        var article = step.word();
        var model = step.model();
        var ids = new TreeSet<UUID>();
        model.lines.values().forEach(line -> {
            if (line.article().equals(article)) {
                ids.add(line.purchase());
            }
        });
        return Answer.of(ids.stream().map(model::full).toList() + " " + model.purchases.size(), step.read(session -> {
            var builder = session.getCriteriaBuilder();
            var query = builder.createQuery(Purchase.class);
            var purchase = query.from(Purchase.class);
            var line = purchase.join("lines", JoinType.INNER);
            query.select(purchase)
                    .distinct(true)
                    .where(builder.equal(line.get("article"), article))
                    .orderBy(builder.asc(purchase.get("id")));
            var count = builder.createQuery(Long.class);
            count.select(builder.count(count.from(Purchase.class)));
            return session.createSelectionQuery(query).getResultList().stream()
                            .map(Texts::full)
                            .toList()
                    + " "
                    + session.createSelectionQuery(count).getSingleResult();
        }));
    }

    private static Answer scroll(Step step) {
        var notes = step.model().notes.keySet().stream().map(step.model()::note).toList();
        var lines = step.model().lines.keySet().stream().map(step.model()::line).toList();
        return Answer.of(notes + " " + lines, step.read(session -> {
            var found = new ArrayList<String>();
            try (var rows = session.createSelectionQuery("from Note order by id", Note.class)
                    .setFetchSize(2)
                    .scroll()) {
                while (rows.next()) {
                    found.add(Texts.note(rows.get()));
                }
            }
            try (var stream = session.createSelectionQuery("from Line order by number", Line.class)
                    .setFetchSize(3)
                    .getResultStream()) {
                return found + " " + stream.map(Texts::line).toList();
            }
        }));
    }

    private static Answer statelessGet(Step step) {
        var id = step.purchase();
        int note = 1 + step.below(Step.NOTES);
        return Answer.of(
                step.model().brief(id) + step.model().note(note) + step.model().account(),
                step.stateless(session -> Texts.brief(session.get(Purchase.class, step.id(id)))
                        + Texts.note(session.get(Note.class, note))
                        + Texts.account(session.get(Account.class, step.key()))));
    }

    private static Answer statelessMultiple(Step step) {
        var expected = new ArrayList<String>();
        var ids = new ArrayList<Purchase.Key>();
        for (var id : Step.PURCHASES) {
            ids.add(step.id(id));
            expected.add(step.model().brief(id));
            ids.add(new Purchase.Key(step.other(), id));
            expected.add("null");
        }
        var notes = List.of(5, 4, 3, 2, 1);
        notes.forEach(id -> expected.add(step.model().note(id)));
        return Answer.of(expected, step.stateless(session -> {
            var actual = new ArrayList<String>();
            session.getMultiple(Purchase.class, ids).forEach(found -> actual.add(Texts.brief(found)));
            session.getMultiple(Note.class, notes).forEach(found -> actual.add(Texts.note(found)));
            return actual;
        }));
    }

    private static Answer statelessQuery(Step step) {
        var article = step.word();
        return Answer.of(
                step.model().lines.entrySet().stream()
                        .filter(l -> l.getValue().article().equals(article))
                        .map(l -> step.model().line(l.getKey()))
                        .toList(),
                step.stateless(session -> session
                        .createSelectionQuery("from Line where article = :a", Line.class)
                        .setParameter("a", article)
                        .getResultList()
                        .stream()
                        .sorted(Comparator.comparing(line -> line.number))
                        .map(Texts::line)
                        .toList()));
    }

    private static Answer statelessRefresh(Step step) {
        var id = step.oneOf(step.model().purchases.keySet());
        var note = step.oneOf(step.model().notes.keySet());
        if (id == null || note == null) {
            return null;
        }
        return Answer.of(step.model().full(id) + step.model().note(note), step.stateless(session -> {
            var found = session.get(Purchase.class, step.id(id));
            session.fetch(found.lines);
            session.fetch(found.tags);
            session.refresh(found);
            session.fetch(found.lines);
            session.fetch(found.tags);
            var remark = new Note(note, step.key(), "", "");
            session.refresh(remark);
            return Texts.full(found) + Texts.note(remark);
        }));
    }
}
