package io.shardloom.merge;

import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One item of an {@code order by}. Immutable where its order is.
 *
 * @param column the place of its value in a row
 * @param order the order of the values that are not null
 * @param descending whether the highest come first
 * @param nullsFirst whether nulls come before all others
 */
public record SortKey(int column, Comparator<Object> order, boolean descending, boolean nullsFirst)
        implements Comparator<@Nullable Object[]> {

    @Override
    public int compare(@Nullable Object[] a, @Nullable Object[] b) {
        Object left = a[column];
        Object right = b[column];
        if (left == null || right == null) {
            if (left == right) {
                return 0;
            }
            return (left == null) == nullsFirst ? -1 : 1;
        }
        int ascending = order.compare(left, right);
        return descending ? -ascending : ascending;
    }

    /**
     * Makes the order of rows by several keys, the first deciding.
     *
     * @param keys at least one
     * @return an order in which rows with equal keys are equal
     */
    public static Comparator<@Nullable Object[]> all(List<SortKey> keys) {
        SortKey[] inOrder = keys.toArray(SortKey[]::new);
        return (a, b) -> {
            for (SortKey key : inOrder) {
                int order = key.compare(a, b);
                if (order != 0) {
                    return order;
                }
            }
            return 0;
        };
    }
}
