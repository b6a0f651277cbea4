package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import java.util.Comparator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is computed from the merged groups, as the server computes it.
 *
 * @param kind the type of a number, null for other values
 * @param type the basic type of a value that comes from the nodes as it is, null for what is computed
 * @param value computes it
 * @param raw the same as the database has it, where Hibernate makes another one of it; null for any other
 */
record Term(
        @Nullable NumberKind kind,
        @Nullable Typed type,
        Value value,
        @Nullable Term raw) {
    Term(@Nullable NumberKind kind, @Nullable Typed type, Value value) {
        this(kind, type, value, null);
    }

    /** Computes a value of one group. */
    interface Value {
        /**
         * Computes it.
         *
         * @param group the merged values of the group
         * @param parameters the parameters of the query
         */
        @Nullable
        Object of(@Nullable Object[] group, Map<Object, @Nullable Object> parameters);
    }

    /** Makes that of values which Hibernate reads as others. */
    static Term read(Stored stored, Term raw) {
        var value = raw.value();
        if (stored.kind() != null && !stored.converted()) {
            return number(stored.kind(), value);
        }
        return new Term(null, null, (group, parameters) -> stored.read(value.of(group, parameters)), raw);
    }

    static Term number(NumberKind kind, Value value) {
        return new Term(kind, null, value);
    }

    /** Tells whether Java can sort by the values, and not only tell them apart. */
    boolean isSortable() {
        return kind != null || (type != null && type.sortable());
    }

    /** Returns the order of the values, null if it is not known which are equal. */
    @Nullable
    Comparator<Object> order() {
        return kind != null ? NumberKind::compare : type == null ? null : type.comparator();
    }
}
