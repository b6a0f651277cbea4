package io.shardloom.hibernate.leak;

import io.shardloom.hibernate.leak.Model.Bought;
import io.shardloom.hibernate.leak.Model.Item;
import io.shardloom.hibernate.leak.Model.Remark;
import io.shardloom.hibernate.leak.Model.Thing;
import io.shardloom.hibernate.leak.Step.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Operations that write through entities. Each answers with what was there before, and with what it wrote. */
final class Writes {
    private Writes() {}

    static void addTo(Map<String, Function<Step, Answer>> all) {
        for (int i = 0; i < 3; i++) { // the more there is, the more there is to see
            all.put("persist a purchase " + i, Writes::persist);
        }
        all.put("change a purchase", Writes::change);
        all.put("change lines in the collection", Writes::changeLines);
        all.put("change tags", Writes::changeTags);
        all.put("merge a detached purchase", Writes::mergeDetached);
        all.put("merge a new purchase", Writes::mergeNew);
        all.put("remove a purchase", Writes::remove);
        all.put("persist a note", Writes::persistNote);
        all.put("change a note", Writes::changeNote);
        all.put("merge a note", Writes::mergeNote);
        all.put("remove a note", Writes::removeNote);
        all.put("persist a paper", step -> persistThing(step, true));
        all.put("persist a shape", step -> persistThing(step, false));
        all.put("change a paper", step -> changeThing(step, true));
        all.put("change a shape", step -> changeThing(step, false));
        all.put("remove a paper", step -> removeThing(step, true));
        all.put("remove a shape", step -> removeThing(step, false));
        all.put("change the account", Writes::changeAccount);
        all.put("stateless insert of a note", Writes::statelessInsert);
        all.put("stateless update of a note", Writes::statelessUpdate);
        all.put("stateless delete of a line", Writes::statelessDelete);
        all.put("stateless upsert of a line", Writes::statelessUpsertLine);
        all.put("stateless upsert of a note", Writes::statelessUpsertNote);
        all.put("stateless insert of a purchase", Writes::statelessPurchase);
        all.put("stateless update of many", Writes::statelessMany);
        all.put("stateless paper and shape", Writes::statelessThings);
    }

    static UUID freePurchase(Step step) {
        var free = new ArrayList<>(Step.PURCHASES);
        free.removeAll(step.model().purchases.keySet());
        return step.oneOf(free);
    }

    /** Makes a graph and tells the model. */
    private static Purchase newPurchase(Step step, UUID id, UUID key) {
        var model = step.model();
        var bought = new Bought(step.word(), step.below(100));
        var purchase = new Purchase(key, id, bought.state, bought.total);
        for (var word : Step.WORDS) {
            if (step.below(3) == 0) {
                purchase.tags.add(word);
                bought.tags.add(word);
            }
        }
        model.purchases.put(id, bought);
        var free = Step.free(model.lines.keySet(), Step.LINES);
        for (int i = step.below(4); i > 0 && !free.isEmpty(); i--) {
            addLine(step, purchase, free.remove(step.below(free.size())));
        }
        return purchase;
    }

    private static void addLine(Step step, Purchase purchase, int number) {
        var line = new Line(step.key(), number, purchase.id, step.word());
        line.purchase = purchase;
        purchase.lines.add(line);
        step.model().lines.put(number, new Item(purchase.id, line.article));
    }

    private static Answer persist(Step step) {
        var id = freePurchase(step);
        if (id == null) {
            return null;
        }
        var purchase = newPurchase(step, id, step.keyOrNull());
        return Answer.of(step.key(), step.write(session -> {
            session.persist(purchase);
            return purchase.accountId;
        }));
    }

    private static Answer change(Step step) {
        var id = step.oneOf(step.model().purchases.keySet());
        if (id == null) {
            return null;
        }
        var before = step.model().full(id);
        var bought = step.model().purchases.get(id);
        bought.state = step.word();
        bought.total = step.below(100);
        return Answer.of(before + step.model().full(id), step.write(session -> {
            var found = session.find(Purchase.class, step.id(id));
            var text = Texts.full(found);
            found.state = bought.state;
            found.total = bought.total;
            session.flush();
            session.clear();
            return text + Texts.full(session.find(Purchase.class, step.id(id)));
        }));
    }

    private static Answer changeLines(Step step) {
        var model = step.model();
        var id = step.oneOf(model.purchases.keySet());
        if (id == null) {
            return null;
        }
        var before = model.full(id);
        Integer removed = step.oneOf(model.lines.keySet().stream()
                .filter(number -> model.lines.get(number).purchase().equals(id))
                .toList());
        if (removed != null) {
            model.lines.remove(removed);
        }
        var free = Step.free(model.lines.keySet(), Step.LINES);
        free.remove(removed);
        var added = step.oneOf(free);
        var article = step.word();
        if (added != null) {
            model.lines.put(added, new Item(id, article));
        }
        return Answer.of(before + model.full(id), step.write(session -> {
            var found = session.find(Purchase.class, step.id(id));
            var text = Texts.full(found);
            found.lines.removeIf(line -> line.number.equals(removed));
            if (added != null) {
                var line = new Line(step.key(), added, id, article);
                line.purchase = found;
                found.lines.add(line);
            }
            session.flush();
            session.clear();
            return text + Texts.full(session.find(Purchase.class, step.id(id)));
        }));
    }

    private static Answer changeTags(Step step) {
        var model = step.model();
        var id = step.oneOf(model.purchases.keySet());
        if (id == null) {
            return null;
        }
        var before = model.full(id);
        var removed = step.word();
        var added = step.word();
        boolean cleared = step.below(5) == 0;
        var tags = model.purchases.get(id).tags;
        if (cleared) {
            tags.clear();
        }
        tags.remove(removed);
        tags.add(added);
        return Answer.of(before + model.full(id), step.write(session -> {
            var found = session.find(Purchase.class, step.id(id));
            var text = Texts.full(found);
            if (cleared) {
                found.tags.clear();
            }
            found.tags.remove(removed);
            found.tags.add(added);
            session.flush();
            session.clear();
            return text + Texts.full(session.find(Purchase.class, step.id(id)));
        }));
    }

    private static Answer mergeDetached(Step step) {
        var model = step.model();
        var id = step.oneOf(model.purchases.keySet());
        if (id == null) {
            return null;
        }
        var before = model.full(id);
        var detached = new ArrayList<Purchase>();
        var text = step.read(session -> {
            var found = session.find(Purchase.class, step.id(id));
            detached.add(found);
            return Texts.full(found);
        });
        var purchase = detached.get(0);
        var bought = model.purchases.get(id);
        bought.state = step.word();
        purchase.state = bought.state;
        var tag = step.word();
        bought.tags.add(tag);
        purchase.tags.add(tag);
        var free = Step.free(model.lines.keySet(), Step.LINES);
        if (!free.isEmpty()) {
            addLine(step, purchase, step.choose(free));
        }
        return Answer.of(before + model.full(id), step.write(session -> text + Texts.full(session.merge(purchase))));
    }

    private static Answer mergeNew(Step step) {
        var id = freePurchase(step);
        if (id == null) {
            return null;
        }
        var purchase = newPurchase(step, id, step.key());
        return Answer.of(step.model().full(id), step.write(session -> Texts.full(session.merge(purchase))));
    }

    private static Answer remove(Step step) {
        var model = step.model();
        var id = step.oneOf(model.purchases.keySet());
        if (id == null) {
            return null;
        }
        var before = model.full(id);
        model.purchases.remove(id);
        model.lines.values().removeIf(line -> line.purchase().equals(id));
        return Answer.of(before, step.write(session -> {
            var found = session.find(Purchase.class, step.id(id));
            var text = Texts.full(found);
            session.remove(found);
            return text;
        }));
    }

    /** Makes a note with an unused id and title, and tells the model; returns null where there is none. */
    static Note newNote(Step step, UUID key) {
        var notes = step.model().notes;
        var id = step.oneOf(Step.free(notes.keySet(), Step.NOTES));
        var titles = new ArrayList<>(Step.WORDS);
        notes.values().forEach(note -> titles.remove(note.title()));
        if (id == null || titles.isEmpty()) {
            return null;
        }
        var note = new Note(id, key, step.choose(titles), step.word());
        notes.put(id, new Remark(note.title, note.text));
        return note;
    }

    private static Answer persistNote(Step step) {
        var note = newNote(step, step.keyOrNull());
        if (note == null) {
            return null;
        }
        return Answer.of(step.key(), step.write(session -> {
            session.persist(note);
            session.flush();
            return note.accountId;
        }));
    }

    /** Gives an existing note another text in the model and returns its id, or null where there is none. */
    static Integer rewrite(Step step) {
        var notes = step.model().notes;
        var id = step.oneOf(notes.keySet());
        if (id != null) {
            notes.put(id, new Remark(notes.get(id).title(), step.word() + " text"));
        }
        return id;
    }

    private static Note note(Step step, int id) {
        var remark = step.model().notes.get(id);
        return new Note(id, step.key(), remark.title(), remark.text());
    }

    private static Answer changeNote(Step step) {
        var id = rewrite(step);
        if (id == null) {
            return null;
        }
        return Answer.of(step.model().note(id), step.write(session -> {
            session.find(Note.class, id).text = step.model().notes.get(id).text();
            session.flush();
            session.clear();
            return Texts.note(session.find(Note.class, id));
        }));
    }

    private static Answer mergeNote(Step step) {
        var id = rewrite(step);
        if (id == null) {
            return null;
        }
        return Answer.of(step.model().note(id), step.write(session -> Texts.note(session.merge(note(step, id)))));
    }

    private static Answer removeNote(Step step) {
        var id = step.oneOf(step.model().notes.keySet());
        if (id == null) {
            return null;
        }
        var before = step.model().note(id);
        boolean byReference = step.maybe();
        step.model().notes.remove(id);
        return Answer.of(before, step.write(session -> {
            var text = Texts.note(session.find(Note.class, id));
            if (byReference) {
                session.clear();
                session.remove(session.getReference(Note.class, id));
            } else {
                session.remove(session.find(Note.class, id));
            }
            return text;
        }));
    }

    private static Map<Integer, Thing> things(Step step, boolean papers) {
        return papers ? step.model().papers : step.model().shapes;
    }

    /** Makes the entity of a thing of the model. */
    private static Object entity(UUID key, int number, Thing thing) {
        switch (thing.kind()) {
            case "Invoice", "Letter" -> {
                Paper paper;
                if (thing.kind().equals("Invoice")) {
                    var invoice = new Paper.Invoice();
                    invoice.amount = thing.number();
                    paper = invoice;
                } else {
                    var letter = new Paper.Letter();
                    letter.weight = thing.number();
                    paper = letter;
                }
                paper.accountId = key;
                paper.number = number;
                paper.title = thing.title();
                return paper;
            }
            default -> {
                Shape shape;
                if (thing.kind().equals("Circle")) {
                    var circle = new Shape.Circle();
                    circle.amount = thing.number();
                    shape = circle;
                } else {
                    var square = new Shape.Square();
                    square.weight = thing.number();
                    shape = square;
                }
                shape.accountId = key;
                shape.number = number;
                shape.title = thing.title();
                return shape;
            }
        }
    }

    private static Answer persistThing(Step step, boolean papers) {
        var things = things(step, papers);
        var number = step.oneOf(Step.free(things.keySet(), Step.THINGS));
        if (number == null) {
            return null;
        }
        var kind = papers ? (step.maybe() ? "Invoice" : "Letter") : (step.maybe() ? "Circle" : "Square");
        var thing = new Thing(kind, step.word(), step.below(100));
        things.put(number, thing);
        var entity = entity(step.keyOrNull(), number, thing);
        return Answer.of("", step.write(session -> {
            session.persist(entity);
            return "";
        }));
    }

    private static Class<?> thingClass(boolean papers) {
        return papers ? Paper.class : Shape.class;
    }

    private static Object thingId(Step step, boolean papers, int number) {
        if (papers) {
            var id = new Paper.Key();
            id.accountId = step.key();
            id.number = number;
            return id;
        }
        var id = new Shape.Key();
        id.accountId = step.key();
        id.number = number;
        return id;
    }

    private static Answer changeThing(Step step, boolean papers) {
        var things = things(step, papers);
        var number = step.oneOf(things.keySet());
        if (number == null) {
            return null;
        }
        var thing = new Thing(things.get(number).kind(), step.word(), step.below(100));
        things.put(number, thing);
        boolean merged = step.maybe();
        return Answer.of(step.model().thing(things, number), step.write(session -> {
            var id = thingId(step, papers, number);
            if (merged) {
                session.merge(entity(step.key(), number, thing));
            } else {
                Object found = session.find(thingClass(papers), id);
                if (found instanceof Paper paper) {
                    paper.title = thing.title();
                } else if (found instanceof Shape shape) {
                    shape.title = thing.title();
                }
                if (found instanceof Paper.Invoice invoice) {
                    invoice.amount = thing.number();
                } else if (found instanceof Paper.Letter letter) {
                    letter.weight = thing.number();
                } else if (found instanceof Shape.Circle circle) {
                    circle.amount = thing.number();
                } else if (found instanceof Shape.Square square) {
                    square.weight = thing.number();
                }
            }
            session.flush();
            session.clear();
            return papers ? Texts.paper(session.find(Paper.class, id)) : Texts.shape(session.find(Shape.class, id));
        }));
    }

    private static Answer removeThing(Step step, boolean papers) {
        var things = things(step, papers);
        var number = step.oneOf(things.keySet());
        if (number == null) {
            return null;
        }
        var before = step.model().thing(things, number);
        things.remove(number);
        return Answer.of(before, step.write(session -> {
            Object found = session.find(thingClass(papers), thingId(step, papers, number));
            session.remove(found);
            return found instanceof Paper paper ? Texts.paper(paper) : Texts.shape((Shape) found);
        }));
    }

    private static Answer changeAccount(Step step) {
        var model = step.model();
        var before = model.account();
        model.name = step.word();
        model.motto = step.word();
        return Answer.of(before, step.write(session -> {
            var found = session.find(Account.class, step.key());
            var text = Texts.account(found);
            found.name = model.name;
            found.motto = model.motto;
            return text;
        }));
    }

    private static Answer statelessInsert(Step step) {
        var note = newNote(step, step.keyOrNull());
        if (note == null) {
            return null;
        }
        boolean many = step.maybe();
        return Answer.of(step.model().note(note.id), step.stateless(session -> {
            if (many) {
                session.insertMultiple(List.of(note));
            } else {
                session.insert(note);
            }
            return Texts.note(session.get(Note.class, note.id));
        }));
    }

    private static Answer statelessUpdate(Step step) {
        var id = rewrite(step);
        if (id == null) {
            return null;
        }
        return Answer.of(step.model().note(id), step.stateless(session -> {
            session.update(note(step, id));
            return Texts.note(session.get(Note.class, id));
        }));
    }

    private static Answer statelessDelete(Step step) {
        var number = step.oneOf(step.model().lines.keySet());
        if (number == null) {
            return null;
        }
        var item = step.model().lines.remove(number);
        var line = new Line(step.key(), number, item.purchase(), item.article());
        boolean many = step.maybe();
        return Answer.of("null", step.stateless(session -> {
            if (many) {
                session.deleteMultiple(List.of(line));
            } else {
                session.delete(line);
            }
            return Texts.line(session.get(Line.class, new Line.Key(step.key(), number)));
        }));
    }

    private static Answer statelessUpsertLine(Step step) {
        var purchase = step.oneOf(step.model().purchases.keySet());
        if (purchase == null) {
            return null;
        }
        int number = 1 + step.below(Step.LINES);
        var line = new Line(step.key(), number, purchase, step.word());
        step.model().lines.put(number, new Item(purchase, line.article));
        return Answer.of(step.model().line(number), step.stateless(session -> {
            session.upsert(line);
            return Texts.line(session.get(Line.class, new Line.Key(step.key(), number)));
        }));
    }

    private static Answer statelessUpsertNote(Step step) {
        var key = step.keyOrNull();
        var id = step.maybe() ? rewrite(step) : null;
        var made = id == null ? newNote(step, key) : note(step, id);
        if (made == null) {
            return null;
        }
        boolean many = step.maybe();
        return Answer.of(step.model().note(made.id), step.stateless(session -> {
            if (many) {
                session.upsertMultiple(List.of(made));
            } else {
                session.upsert(made);
            }
            return Texts.note(session.get(Note.class, made.id));
        }));
    }

    private static Answer statelessPurchase(Step step) {
        var id = freePurchase(step);
        if (id == null) {
            return null;
        }
        var bought = new Bought(step.word(), step.below(100));
        bought.tags.add(step.word());
        step.model().purchases.put(id, bought);
        var purchase = new Purchase(step.keyOrNull(), id, bought.state, bought.total);
        purchase.tags.addAll(bought.tags);
        return Answer.of(step.model().full(id), step.stateless(session -> {
            session.insert(purchase);
            var found = session.get(Purchase.class, step.id(id));
            session.fetch(found.lines);
            session.fetch(found.tags);
            return Texts.full(found);
        }));
    }

    private static Answer statelessMany(Step step) {
        var notes = step.model().notes;
        var text = step.word() + " many";
        var changed = new ArrayList<Note>();
        notes.replaceAll((id, note) -> new Remark(note.title(), text));
        notes.keySet().forEach(id -> changed.add(note(step, id)));
        return Answer.of(notes.size(), step.stateless(session -> {
            session.updateMultiple(changed);
            return session.createSelectionQuery("select count(*) from Note where text = :text", Long.class)
                    .setParameter("text", text)
                    .getSingleResult();
        }));
    }

    private static Answer statelessThings(Step step) {
        boolean papers = step.maybe();
        var things = things(step, papers);
        int number = 1 + step.below(Step.THINGS);
        var old = things.get(number);
        var kind = old != null ? old.kind() : papers ? "Letter" : "Square";
        var thing = new Thing(kind, step.word(), step.below(100));
        boolean delete = old != null && step.maybe();
        if (delete) {
            things.remove(number);
        } else {
            things.put(number, thing);
        }
        return Answer.of(step.model().thing(things, number), step.stateless(session -> {
            var entity = entity(step.key(), number, thing);
            if (delete) {
                session.delete(entity);
            } else if (old == null) {
                session.insert(entity);
            } else {
                session.update(entity);
            }
            var id = thingId(step, papers, number);
            return papers ? Texts.paper(session.get(Paper.class, id)) : Texts.shape(session.get(Shape.class, id));
        }));
    }
}
