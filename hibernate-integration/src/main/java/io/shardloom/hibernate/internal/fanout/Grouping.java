package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.Aggregate;
import io.shardloom.merge.SortKey;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the groups of several nodes become those of the query. Immutable.
 *
 * @param keys the values of a node's row that are equal for rows of one group
 * @param merged what is merged of the rows of one group
 * @param having which groups stay
 * @param selected what the query selects of each group
 * @param sorted what the groups are sorted by
 * @param order how they are sorted by that, empty for any order
 * @param distinct whether equal rows are one
 * @param evaluation what a server computes of the groups, condition and order included; null if it is computed in Java
 */
record Grouping(
        List<DistinctValue> keys,
        List<Aggregate> merged,
        Term.Value having,
        List<Output> selected,
        List<Output> sorted,
        List<SortKey> order,
        boolean distinct,
        @Nullable Evaluation evaluation) {

    /** Copies the lists. */
    Grouping {
        keys = List.copyOf(keys);
        merged = List.copyOf(merged);
        selected = List.copyOf(selected);
        sorted = List.copyOf(sorted);
        order = List.copyOf(order);
    }

    /** One value of a result row. */
    interface Output {
        /** Computes it in the class Hibernate would return. */
        @Nullable
        Object of(@Nullable Object[] group, Map<Object, @Nullable Object> parameters);
    }
}
