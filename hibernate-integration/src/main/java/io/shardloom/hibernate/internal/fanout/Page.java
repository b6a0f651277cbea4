package io.shardloom.hibernate.internal.fanout;

import java.util.Map;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.jspecify.annotations.Nullable;

/**
 * The part of the rows that is wanted.
 *
 * @param offset how many rows to leave out
 * @param limit how many to return at most
 */
record Page(long offset, long limit) {
    /** Returns the part that a query asks for by itself. */
    static Page of(QueryPlan<?> plan, Map<Object, @Nullable Object> parameters) {
        return new Page(count(plan.offset(), 0, parameters), count(plan.limit(), Long.MAX_VALUE, parameters));
    }

    private static long count(
            @Nullable SqmExpression<?> expression, long none, Map<Object, @Nullable Object> parameters) {
        var value = expression == null ? null : Constants.value(expression, parameters);
        return value instanceof Number number ? number.longValue() : none;
    }

    /** Returns how many rows one of several nodes can contribute at most. */
    long ofNode() {
        return limit == Long.MAX_VALUE ? limit : offset + limit;
    }
}
