package io.shardloom.hibernate.leak;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Function;
import org.hibernate.Hibernate;
import org.hibernate.Session;

/** Writes entities as the model writes its rows, key included, so that a row of another key cannot pass for one's own. */
final class Texts {
    private Texts() {}

    static String full(Purchase proxy) {
        var purchase = Hibernate.unproxy(proxy, Purchase.class);
        if (purchase == null) {
            return "null";
        }
        return brief(purchase) + " " + new TreeSet<>(purchase.tags) + " "
                + all(purchase.lines, line -> line.number, Texts::line);
    }

    static String brief(Purchase proxy) {
        var purchase = Hibernate.unproxy(proxy, Purchase.class);
        return purchase == null
                ? "null"
                : purchase.accountId + " " + purchase.id + " " + purchase.state + " " + purchase.total;
    }

    static String line(Line line) {
        return line == null ? "null" : line.accountId + " " + line.number + " " + line.purchaseId + " " + line.article;
    }

    static String note(Note note) {
        return note == null ? "null" : note.accountId + " " + note.id + " " + note.title + " " + note.text;
    }

    static String account(Account proxy) {
        var account = Hibernate.unproxy(proxy, Account.class);
        return account == null ? "null" : account.id + " " + account.name + " " + account.motto;
    }

    static String paper(Paper proxy) {
        var paper = (Paper) Hibernate.unproxy(proxy);
        if (paper == null) {
            return "null";
        }
        int number = paper instanceof Paper.Invoice invoice ? invoice.amount : ((Paper.Letter) paper).weight;
        return paper.accountId + " " + paper.number + " " + paper.getClass().getSimpleName() + " " + paper.title + " "
                + number;
    }

    static String shape(Shape proxy) {
        var shape = (Shape) Hibernate.unproxy(proxy);
        if (shape == null) {
            return "null";
        }
        int number = shape instanceof Shape.Circle circle ? circle.amount : ((Shape.Square) shape).weight;
        return shape.accountId + " " + shape.number + " " + shape.getClass().getSimpleName() + " " + shape.title + " "
                + number;
    }

    static <T, C extends Comparable<? super C>> List<String> all(
            Collection<T> rows, Function<T, C> order, Function<T, String> text) {
        return rows.stream()
                .map(Texts::loaded)
                .sorted(Comparator.comparing(order))
                .map(text)
                .toList();
    }

    /** Returns what is behind a proxy, whose own fields are empty. */
    @SuppressWarnings("unchecked")
    static <T> T loaded(T row) {
        return (T) Hibernate.unproxy(row);
    }

    /** Reads all that a session sees. */
    static List<String> everything(Session session) {
        var all = new ArrayList<String>();
        session.createSelectionQuery("from Account", Account.class)
                .getResultList()
                .forEach(account -> all.add(account(account)));
        all.addAll(all(
                session.createSelectionQuery("from Purchase", Purchase.class).getResultList(),
                purchase -> purchase.id.toString(),
                Texts::full));
        all.addAll(all(
                session.createSelectionQuery("from Line", Line.class).getResultList(),
                line -> line.number,
                Texts::line));
        all.addAll(all(
                session.createSelectionQuery("from Note", Note.class).getResultList(), note -> note.id, Texts::note));
        all.addAll(all(
                session.createSelectionQuery("from Paper", Paper.class).getResultList(),
                paper -> paper.number,
                Texts::paper));
        all.addAll(all(
                session.createSelectionQuery("from Shape", Shape.class).getResultList(),
                shape -> shape.number,
                Texts::shape));
        return all;
    }
}
