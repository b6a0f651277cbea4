package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import java.util.List;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.hibernate.query.sqm.internal.AbstractSqmSelectionQuery;
import org.hibernate.query.sqm.internal.KeyedResult;
import org.hibernate.query.sqm.internal.SqmSelectionQueryImpl;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/**
 * Pages of a query that begin behind a key. Hibernate makes the condition and the order of each, and its neighbours.
 *
 * @param factory the unit's factory
 * @param select returns the query as it was given
 */
record KeyedPages(ShardSessionFactory factory, Supplier<SqmSelectStatement<?>> select) {

    /**
     * Plans one page.
     *
     * @param page which one
     * @param session any session of the factory
     */
    @SuppressWarnings({"unchecked", "rawtypes"})
    <R> QueryPlan<KeyedResult<R>> plan(KeyedPage<R> page, SharedSessionContractImplementor session) {
        var whole = new SqmSelectionQueryImpl<>((SqmSelectStatement<Object>) select.get(), true, Object.class, session);
        var part = new SqmSelectionQueryImpl<KeyedResult<R>>((AbstractSqmSelectionQuery<?>) whole, page);
        return (QueryPlan) new QueryPlanner(factory, SqmCopyContext.simpleContext())
                .plan(part.getSqmStatement(), KeyedResult.class);
    }

    /**
     * Makes the page of its rows.
     *
     * @param page which one
     * @param rows with one more than the page has, if there is
     * @throws RefusedQueryException if a value by which the pages are told apart is null, for rows behind it would be lost
     */
    static <R> KeyedResultList<R> list(KeyedPage<R> page, List<KeyedResult<R>> rows) {
        for (var row : rows) {
            int place = row.getKey().indexOf(null);
            if (place >= 0) {
                throw new RefusedQueryException("A row of the page has no value of its key '"
                        + page.getKeyDefinition().get(place).attributeName()
                        + "', and a comparison with null leaves rows out. Page by attributes that are not null.");
            }
        }
        int size = page.getPage().getSize();
        return new KeyedResultList<>(
                KeyedResult.collectResults(rows, size, page.getKeyInterpretation()),
                KeyedResult.collectKeys(rows, size),
                page,
                AbstractSqmSelectionQuery.nextPage(page, rows),
                AbstractSqmSelectionQuery.previousPage(page, rows));
    }
}
