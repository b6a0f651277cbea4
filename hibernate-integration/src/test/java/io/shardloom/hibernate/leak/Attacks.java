package io.shardloom.hibernate.leak;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.leak.Step.Answer;
import jakarta.persistence.EntityNotFoundException;
import jakarta.persistence.OptimisticLockException;
import jakarta.persistence.RollbackException;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.StaleStateException;
import org.hibernate.StatelessSession;
import org.hibernate.UnresolvableObjectException;

/** Deliberate tries to see or change the rows of another key. */
final class Attacks {
    private Attacks() {}

    static void addTo(Map<String, Function<Step, Answer>> all) {
        all.put("attack by find", Attacks::find);
        all.put("attack by getReference", Attacks::reference);
        all.put("attack by HQL select", Attacks::select);
        all.put("attack by HQL update", step -> bulk(step, true));
        all.put("attack by HQL delete", step -> bulk(step, false));
        all.put("attack by join", Attacks::join);
        all.put("attack by stateless get and refresh", Attacks::statelessRead);
        all.put("attack by a session write", Attacks::write);
        all.put("attack by a stateless write", Attacks::statelessWrite);
        all.put("attack by an id of another key", Attacks::borrowedId);
    }

    private static Purchase.Key foreign(Step step) {
        return new Purchase.Key(step.other(), step.purchase());
    }

    private static Answer find(Step step) {
        var id = foreign(step);
        var line = new Line.Key(step.other(), 1 + step.below(Step.LINES));
        return Answer.of(
                "nullnullnull",
                step.read(session -> Texts.full(session.find(Purchase.class, id))
                        + Texts.line(session.find(Line.class, line))
                        + Texts.account(session.find(Account.class, step.other()))));
    }

    private static Answer reference(Step step) {
        var id = foreign(step);
        return Answer.of("none", step.read(session -> {
            try {
                return Texts.full(session.getReference(Purchase.class, id));
            } catch (EntityNotFoundException e) {
                return "none";
            }
        }));
    }

    private static Answer select(Step step) {
        var hql = step.choose(List.of(
                "select count(*) from Purchase where accountId = :k",
                "select count(*) from Purchase p where p.account.id = :k",
                "select count(*) from Purchase p where p.accountId = :k or p.id is null",
                "select count(*) from Line l where l.purchase.accountId = :k",
                "select count(*) from Line l join l.purchase p where p.accountId = :k",
                "select count(*) from Purchase p join p.tags t where p.accountId = :k",
                "select count(*) from Note n where n.accountId = :k",
                "select count(*) from Paper n where n.accountId = :k",
                "select count(*) from Shape n where n.accountId = :k",
                "select count(*) from Account n where n.id = :k",
                "select count(*) from Account a where exists (select 1 from Note n where n.accountId = :k)"));
        return Answer.of(0, step.read(session -> session.createSelectionQuery(hql, Long.class)
                .setParameter("k", step.other())
                .getSingleResult()));
    }

    private static Answer join(Step step) {
        return Answer.of(0, step.read(session -> session.createSelectionQuery(
                        "select count(*) from Account a join Account b on b.id <> a.id", Long.class)
                .getSingleResult()));
    }

    private static Answer bulk(Step step, boolean update) {
        var hql = step.choose(
                update
                        ? List.of(
                                "update Purchase set state = 'leak' where accountId = :k",
                                "update Note set text = 'leak' where accountId = :k",
                                "update Invoice set title = 'leak' where accountId = :k",
                                "update Shape set title = 'leak' where accountId = :k",
                                "update Account set motto = 'leak' where id = :k")
                        : List.of(
                                "delete from Line where accountId = :k",
                                "delete from Note where accountId = :k",
                                "delete from Paper where accountId = :k",
                                "delete from Shape where accountId = :k"));
        return Answer.of(0, step.write(session -> session.createMutationQuery(hql)
                .setParameter("k", step.other())
                .executeUpdate()));
    }

    private static Answer statelessRead(Step step) {
        var id = foreign(step);
        var foreign = new Purchase(step.other(), id.id, "", 0);
        return Answer.of("null none", step.stateless(session -> {
            var text = Texts.brief(session.get(Purchase.class, id));
            try {
                session.refresh(foreign);
                return text + " " + Texts.brief(foreign);
            } catch (UnresolvableObjectException e) {
                return text + " none";
            }
        }));
    }

    /** A row that says it is another key's. */
    private static Purchase foreignPurchase(Step step) {
        return new Purchase(step.other(), step.purchase(), "leak", 1);
    }

    private static Note foreignNote(Step step) {
        return new Note(1 + step.below(Step.NOTES), step.other(), step.word(), "leak");
    }

    private static Answer refused(Step step, Runnable work) {
        if (!step.store().refuses()) {
            return Answer.of("refused", "refused"); // its own schema would take the row
        }
        try {
            work.run();
        } catch (WrongShardKeyException e) {
            return Answer.of("refused", "refused");
        } catch (RollbackException e) { // what JPA says where the commit flushes
            return Answer.of("refused", e.getCause() instanceof WrongShardKeyException ? "refused" : e);
        }
        return Answer.of("refused", "taken");
    }

    private static Answer write(Step step) {
        var purchase = foreignPurchase(step);
        var detached = foreignPurchase(step);
        detached.version = 0;
        var note = foreignNote(step);
        var own = step.oneOf(step.model().notes.keySet());
        var mine = step.oneOf(step.model().purchases.keySet());
        var line = new Line(step.other(), 1 + step.below(Step.LINES), step.purchase(), "leak");
        UUID other = step.other();
        int choice = step.below(11);
        int way = step.below(4);
        if ((choice == 6 && own == null) || (choice == 7 && mine == null)) {
            return null;
        }
        Consumer<Session> work =
                switch (choice) {
                    case 0 -> session -> session.persist(purchase);
                    case 1 -> session -> session.merge(purchase);
                    case 2 -> session -> session.merge(detached);
                    case 3 -> session -> session.remove(detached);
                    case 4 -> session -> session.persist(note);
                    case 5 -> session -> session.merge(note);
                    case 6 ->
                        session -> {
                            var found = session.find(Note.class, own);
                            found.accountId = other;
                            found.text = "leak";
                            session.flush();
                        };
                    case 7 ->
                        session -> session.find(Purchase.class, step.id(mine))
                                .lines
                                .add(line);
                    case 8 -> session -> session.remove(note);
                    case 9 ->
                        session -> session.createMutationQuery("update Note set accountId = :k")
                                .setParameter("k", other)
                                .executeUpdate();
                    default ->
                        session -> session.createMutationQuery(
                                        "insert into Note (id, accountId, title, text) values (1, :k, 'leak', 'leak')")
                                .setParameter("k", other)
                                .executeUpdate();
                };
        return refused(step, () -> step.store().write(step.key(), way, session -> {
            work.accept(session);
            return 0;
        }));
    }

    private static Answer statelessWrite(Step step) {
        var purchase = foreignPurchase(step);
        var detached = foreignPurchase(step);
        detached.version = 0;
        var note = foreignNote(step);
        Consumer<StatelessSession> work =
                switch (step.below(10)) {
                    case 0 -> session -> session.insert(purchase);
                    case 1 -> session -> session.update(detached);
                    case 2 -> session -> session.delete(detached);
                    case 3 -> session -> session.upsert(detached);
                    case 4 -> session -> session.insert(note);
                    case 5 -> session -> session.update(note);
                    case 6 -> session -> session.delete(note);
                    case 7 -> session -> session.upsert(note);
                    case 8 -> session -> session.insertMultiple(List.of(note));
                    default -> session -> session.updateMultiple(List.of(note));
                };
        return refused(
                step,
                () -> step.stateless(session -> {
                    work.accept(session);
                    return 0;
                }));
    }

    /** A note that says it is one's own, under an id that only other keys have. */
    private static Answer borrowedId(Step step) {
        var id = step.oneOf(Step.free(step.model().notes.keySet(), Step.NOTES));
        if (id == null) {
            return null;
        }
        var note = new Note(id, step.key(), "leak", "leak");
        int choice = step.below(3);
        try {
            switch (choice) {
                case 0 ->
                    step.stateless(session -> {
                        session.update(note);
                        return 0;
                    });
                case 1 ->
                    step.stateless(session -> {
                        session.refresh(note);
                        return 0;
                    });
                default ->
                    step.stateless(session -> {
                        session.updateMultiple(List.of(note));
                        return 0;
                    });
            }
        } catch (StaleStateException | OptimisticLockException | UnresolvableObjectException e) {
            return Answer.of("no such row", "no such row");
        }
        return Answer.of("no such row", "taken " + choice);
    }
}
