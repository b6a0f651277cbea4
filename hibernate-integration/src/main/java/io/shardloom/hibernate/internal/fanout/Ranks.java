package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.SortKey;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.jspecify.annotations.Nullable;

/**
 * Compares texts by the ranks that one server gives them in a collation. When it meets a text without a rank, the server is
 * given that text and all that come next, in one statement. For one thread at a time.
 */
final class Ranks implements Comparator<Object> {
    private final Collated order;
    private final int column;
    private final SharedSessionContractImplementor session;
    private final Supplier<Stream<@Nullable Object[]>> next;
    private Map<String, Integer> ranks = Map.of();

    private Ranks(
            Collated order,
            int column,
            SharedSessionContractImplementor session,
            Supplier<Stream<@Nullable Object[]>> next) {
        this.order = order;
        this.column = column;
        this.session = session;
        this.next = next;
    }

    /**
     * Lets a server compare what Java cannot.
     *
     * @param keys the keys of an order by
     * @param session its server is asked
     * @param next returns the rows that are compared next
     */
    static List<SortKey> bind(
            List<SortKey> keys, SharedSessionContractImplementor session, Supplier<Stream<@Nullable Object[]>> next) {
        var bound = new ArrayList<SortKey>();
        for (var key : keys) {
            bound.add(
                    key.order() instanceof Collated order
                            ? new SortKey(
                                    key.column(),
                                    new Ranks(order, key.column(), session, next),
                                    key.descending(),
                                    key.nullsFirst())
                            : key);
        }
        return bound;
    }

    @Override
    public int compare(Object a, Object b) {
        var left = order.text(a);
        var right = order.text(b);
        if (left.equals(right)) {
            return 0;
        }
        var leftRank = ranks.get(left);
        var rightRank = ranks.get(right);
        if (leftRank == null || rightRank == null) {
            rank(left, right);
            return compare(a, b);
        }
        return leftRank.compareTo(rightRank);
    }

    private void rank(String left, String right) {
        Set<String> texts = new LinkedHashSet<>(List.of(left, right));
        next.get().forEach(row -> {
            var value = row[column];
            if (value != null) {
                texts.add(order.text(value));
            }
        });
        ranks = session.doReturningWork(connection -> ask(connection, texts.toArray(String[]::new)));
    }

    /** Texts that a nondeterministic collation takes for equal have the same rank. */
    private Map<String, Integer> ask(Connection connection, String[] texts) throws SQLException {
        var sql = "select dense_rank() over (order by text collate " + order.collation()
                + ") from unnest(?) with ordinality as given (text, place) order by place";
        var array = connection.createArrayOf("text", texts);
        try (var statement = connection.prepareStatement(sql)) {
            statement.setArray(1, array);
            try (var rows = statement.executeQuery()) {
                var ranked = new HashMap<String, Integer>();
                for (var text : texts) {
                    rows.next();
                    ranked.put(text, rows.getInt(1));
                }
                return ranked;
            }
        } finally {
            array.free();
        }
    }
}
