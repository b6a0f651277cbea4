package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.SortKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.query.spi.HqlInterpretation;
import org.hibernate.query.spi.QueryInterpretationCache;
import org.hibernate.query.spi.SelectQueryPlan;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.jspecify.annotations.Nullable;

/**
 * How a query over all nodes is answered. Immutable.
 *
 * @param name what the statement for the nodes is cached by, unlike any HQL
 * @param node what each node is asked
 * @param width how many values a row of a node has
 * @param spread where the rows are
 * @param grouping how groups of several nodes are merged, null where the nodes' rows are those of the query
 * @param order by which the nodes' rows are merged, empty for any order
 * @param distinct the values by which a row is told from another, null where none is twice
 * @param offset how many rows to leave out, null for none
 * @param limit how many rows to return, null for all
 * @param shape what each row is made into
 * @param sets the queries whose rows are put together, each asked by itself; null where the nodes are asked this one
 * @param evenness how evenly its sorted rows are spread
 * @param translated Hibernate's translations of it for the nodes
 * @param collections whether rows of entities come with their collections, several rows for one
 * @param <R> what each row is
 */
record QueryPlan<R>(
        String name,
        HqlInterpretation<Object> node,
        int width,
        Spread spread,
        @Nullable Grouping grouping,
        List<SortKey> order,
        @Nullable List<DistinctValue> distinct,
        @Nullable SqmExpression<?> offset,
        @Nullable SqmExpression<?> limit,
        RowShape<R> shape,
        @Nullable SetMerge sets,
        Evenness evenness,
        Map<QueryInterpretationCache.Key, SelectQueryPlan<?>> translated,
        boolean collections) {

    /** Copies the lists. */
    QueryPlan {
        order = List.copyOf(order);
        distinct = distinct == null ? null : List.copyOf(distinct);
    }

    /** Makes a plan that has not been run. */
    QueryPlan(
            String name,
            HqlInterpretation<Object> node,
            int width,
            Spread spread,
            @Nullable Grouping grouping,
            List<SortKey> order,
            @Nullable List<DistinctValue> distinct,
            @Nullable SqmExpression<?> offset,
            @Nullable SqmExpression<?> limit,
            RowShape<R> shape,
            @Nullable SetMerge sets) {
        this(
                name,
                node,
                width,
                spread,
                grouping,
                order,
                distinct,
                offset,
                limit,
                shape,
                sets,
                new Evenness(),
                new ConcurrentHashMap<>(2),
                node.getSqmStatement() instanceof SqmSelectStatement<?> select && select.containsCollectionFetches());
    }

    /** Tells whether rows of several nodes that are equal are one. */
    boolean isDistinct() {
        return distinct != null || (grouping != null && grouping.distinct());
    }
}
