package io.shardloom.hibernate.internal.fanout;

import java.util.List;
import org.hibernate.query.sqm.SetOperator;
import org.jspecify.annotations.Nullable;

/**
 * How the rows of several queries become those of a set operation. Immutable.
 *
 * @param operator which one; null for a part in brackets
 * @param values what tells rows apart, empty where none is told from another
 * @param width how many values a row has
 * @param parts the queries, first to last
 */
record SetMerge(@Nullable SetOperator operator, List<DistinctValue> values, int width, List<QueryPlan<?>> parts) {

    /** Copies the lists. */
    SetMerge {
        values = List.copyOf(values);
        parts = List.copyOf(parts);
    }

    /** Returns what is equal for rows that the server takes for equal. */
    Object normal(@Nullable Object[] row) {
        return DistinctValue.normal(values, row);
    }
}
