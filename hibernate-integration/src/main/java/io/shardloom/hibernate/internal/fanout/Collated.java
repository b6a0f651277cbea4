package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import io.shardloom.merge.SortKey;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * The order of texts in a collation that Java does not know. {@link Ranks} compares by it.
 *
 * @param type their type
 * @param collation its name in SQL
 */
record Collated(Typed type, String collation) implements Comparator<Object> {
    /** Returns what the server compares of a value. */
    String text(Object value) {
        return Objects.requireNonNull(type.stored(value)).toString();
    }

    /** Tells whether texts of both are sorted together. */
    boolean isLike(Collated other) {
        return collation.equals(other.collation) && ValueOrders.areAlike(type.mapping(), other.type.mapping());
    }

    /** Tells whether a server is needed for any of the keys. */
    static boolean isIn(List<SortKey> keys) {
        for (var key : keys) {
            if (key.order() instanceof Collated) {
                return true;
            }
        }
        return false;
    }

    @Override
    @SuppressWarnings("UnusedVariable")
    public int compare(Object a, Object b) {
        throw new IllegalStateException("no server to ask for the order of collation " + collation);
    }
}
