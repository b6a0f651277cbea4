package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.leak.Model.Item;
import io.shardloom.hibernate.leak.Model.Remark;
import io.shardloom.hibernate.leak.Model.Thing;
import io.shardloom.hibernate.leak.Step.Answer;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import org.hibernate.query.CommonQueryContract;

/** Updates and deletes of many rows by HQL and Criteria; the answer is the number of rows. */
final class Bulk {
    private Bulk() {}

    static void addTo(Map<String, Function<Step, Answer>> all) {
        all.put("HQL update of purchases", Bulk::updatePurchases);
        all.put("HQL update of all lines", Bulk::updateLines);
        all.put("HQL update with a subquery", Bulk::updateBySubquery);
        all.put("HQL update of the account", Bulk::updateAccount);
        all.put("HQL update of papers", Bulk::updatePapers);
        all.put("HQL update of shapes", Bulk::updateShapes);
        all.put("HQL delete of purchases", Bulk::deletePurchases);
        all.put("HQL delete of lines", Bulk::deleteLines);
        all.put("HQL delete of notes", Bulk::deleteNotes);
        all.put("HQL delete of papers", Bulk::deletePapers);
        all.put("HQL delete of shapes", Bulk::deleteShapes);
        all.put("HQL insert of a note", Bulk::insertNote);
        all.put("HQL upsert of a note", Bulk::upsertNote);
        all.put("HQL insert of a line by select", Bulk::insertLine);
        all.put("Criteria update", Bulk::criteriaUpdate);
        all.put("Criteria delete", Bulk::criteriaDelete);
    }

    private static int run(Step step, String hql, Object... parameters) {
        boolean stateless = step.below(3) == 0;
        return stateless
                ? step.stateless(session -> execute(session.createMutationQuery(hql), parameters))
                : step.write(session -> execute(session.createMutationQuery(hql), parameters));
    }

    private static int execute(org.hibernate.query.MutationQuery query, Object... parameters) {
        bind(query, parameters);
        return query.executeUpdate();
    }

    private static void bind(CommonQueryContract query, Object... parameters) {
        for (int i = 0; i < parameters.length; i += 2) {
            query.setParameter((String) parameters[i], parameters[i + 1]);
        }
    }

    private static Answer updatePurchases(Step step) {
        var state = step.word();
        int count = 0;
        for (var bought : step.model().purchases.values()) {
            if (bought.state.equals(state)) {
                bought.total++;
                count++;
            }
        }
        var versioned = step.maybe() ? "versioned " : "";
        return Answer.of(
                count,
                run(step, "update " + versioned + "Purchase set total = total + 1 where state = :s", "s", state));
    }

    /** In a key session the key may be left out. */
    private static Answer insertNote(Step step) {
        var note = Writes.newNote(step, step.keyOrNull());
        return note == null ? null : Answer.of(1, insert(step, note, ""));
    }

    private static Answer upsertNote(Step step) {
        var key = step.keyOrNull();
        var id = Writes.rewrite(step);
        if (id == null) {
            return null;
        }
        var remark = step.model().notes.get(id);
        var note = new Note(id, key, remark.title(), remark.text());
        return Answer.of(1, insert(step, note, " on conflict (id) do update set text = excluded.text"));
    }

    private static int insert(Step step, Note note, String conflict) {
        return note.accountId == null
                ? run(
                        step,
                        "insert into Note (id, title, text) values (:i, :t, :x)" + conflict,
                        "i",
                        note.id,
                        "t",
                        note.title,
                        "x",
                        note.text)
                : run(
                        step,
                        "insert into Note (accountId, id, title, text) values (:k, :i, :t, :x)" + conflict,
                        "k",
                        note.accountId,
                        "i",
                        note.id,
                        "t",
                        note.title,
                        "x",
                        note.text);
    }

    private static Answer insertLine(Step step) {
        var lines = step.model().lines;
        var from = step.oneOf(lines.keySet());
        var to = step.oneOf(Step.free(lines.keySet(), Step.LINES));
        if (from == null || to == null) {
            return null;
        }
        lines.put(to, lines.get(from));
        var hql = step.keyOrNull() == null
                ? "insert into Line (number, purchaseId, article) select :n, l.purchaseId, l.article from Line l where l.number = :m"
                : "insert into Line (accountId, number, purchaseId, article) select l.accountId, :n, l.purchaseId, l.article from Line l where l.number = :m";
        return Answer.of(1, run(step, hql, "n", to, "m", from));
    }

    private static Answer updateLines(Step step) {
        var article = step.word();
        step.model().lines.replaceAll((number, line) -> new Item(line.purchase(), article));
        return Answer.of(step.model().lines.size(), run(step, "update Line set article = :a", "a", article));
    }

    private static Answer updateBySubquery(Step step) {
        var states = new TreeSet<String>();
        step.model().purchases.values().forEach(p -> states.add(p.state));
        int count = 0;
        for (var note : step.model().notes.entrySet()) {
            if (states.contains(note.getValue().title())) {
                note.setValue(new Remark(note.getValue().title(), "bought"));
                count++;
            }
        }
        return Answer.of(
                count,
                run(
                        step,
                        "update Note n set n.text = 'bought' where exists (select 1 from Purchase p where p.state ="
                                + " n.title)"));
    }

    private static Answer updateAccount(Step step) {
        step.model().name = step.word();
        step.model().motto = step.word();
        return Answer.of(
                1,
                run(step, "update Account set name = :n, motto = :m", "n", step.model().name, "m", step.model().motto));
    }

    private static Answer updatePapers(Step step) {
        var title = step.word();
        int count = 0;
        for (var paper : step.model().papers.entrySet()) {
            var old = paper.getValue();
            if (old.title().equals(title) && old.kind().equals("Invoice")) {
                paper.setValue(new Thing(old.kind(), "grey", old.number() + 1));
                count++;
            }
        }
        return Answer.of(
                count,
                run(step, "update Invoice set amount = amount + 1, title = 'grey' where title = :t", "t", title));
    }

    private static Answer updateShapes(Step step) {
        var title = step.word();
        var to = step.word();
        int count = 0;
        for (var shape : step.model().shapes.entrySet()) {
            var old = shape.getValue();
            if (old.title().equals(title)) {
                shape.setValue(new Thing(old.kind(), to, old.number()));
                count++;
            }
        }
        return Answer.of(count, run(step, "update Shape set title = :to where title = :t", "to", to, "t", title));
    }

    /** Their tags go with them. */
    private static Answer deletePurchases(Step step) {
        var model = step.model();
        var state = step.word();
        int before = model.purchases.size();
        model.purchases
                .entrySet()
                .removeIf(p -> p.getValue().state.equals(state)
                        && model.linesOf(p.getKey()).isEmpty());
        return Answer.of(
                before - model.purchases.size(),
                run(
                        step,
                        "delete from Purchase p where p.state = :s and not exists (select 1 from Line l where"
                                + " l.purchaseId = p.id)",
                        "s",
                        state));
    }

    private static Answer deleteLines(Step step) {
        var article = step.word();
        int before = step.model().lines.size();
        step.model().lines.values().removeIf(line -> line.article().equals(article));
        return Answer.of(
                before - step.model().lines.size(), run(step, "delete from Line where article = :a", "a", article));
    }

    private static Answer deleteNotes(Step step) {
        int before = step.model().notes.size();
        if (step.below(3) == 0) {
            step.model().notes.clear();
            return Answer.of(before, run(step, "delete from Note"));
        }
        var title = step.word();
        step.model().notes.values().removeIf(note -> note.title().equals(title));
        return Answer.of(
                before - step.model().notes.size(), run(step, "delete from Note where title = :t", "t", title));
    }

    private static Answer deletePapers(Step step) {
        var title = step.word();
        boolean letters = step.maybe();
        int before = step.model().papers.size();
        step.model()
                .papers
                .values()
                .removeIf(paper ->
                        paper.title().equals(title) && (!letters || paper.kind().equals("Letter")));
        return Answer.of(
                before - step.model().papers.size(),
                run(step, "delete from " + (letters ? "Letter" : "Paper") + " where title = :t", "t", title));
    }

    private static Answer deleteShapes(Step step) {
        var title = step.word();
        boolean squares = step.maybe();
        int before = step.model().shapes.size();
        step.model()
                .shapes
                .values()
                .removeIf(shape ->
                        shape.title().equals(title) && (!squares || shape.kind().equals("Square")));
        return Answer.of(
                before - step.model().shapes.size(),
                run(step, "delete from " + (squares ? "Square" : "Shape") + " where title = :t", "t", title));
    }

    private static Answer criteriaUpdate(Step step) {
        int total = step.below(100);
        var state = step.word();
        int count = 0;
        for (var bought : step.model().purchases.values()) {
            if (bought.total > total) {
                bought.state = state;
                count++;
            }
        }
        return Answer.of(count, step.write(session -> {
            var builder = session.getCriteriaBuilder();
            var update = builder.createCriteriaUpdate(Purchase.class);
            var purchase = update.from(Purchase.class);
            update.set(purchase.<String>get("state"), state);
            update.where(builder.greaterThan(purchase.<Integer>get("total"), total));
            return session.createMutationQuery(update).executeUpdate();
        }));
    }

    private static Answer criteriaDelete(Step step) {
        int id = 1 + step.below(Step.NOTES);
        boolean there = step.model().notes.remove(id) != null;
        return Answer.of(there ? 1 : 0, step.write(session -> {
            var builder = session.getCriteriaBuilder();
            var delete = builder.createCriteriaDelete(Note.class);
            delete.where(builder.equal(delete.from(Note.class).get("id"), id));
            return session.createMutationQuery(delete).executeUpdate();
        }));
    }
}
