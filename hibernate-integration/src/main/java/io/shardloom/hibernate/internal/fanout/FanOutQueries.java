package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import jakarta.persistence.criteria.CriteriaQuery;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/** Makes queries over all nodes. */
public final class FanOutQueries {
    private final ShardSessionFactory factory;
    private final RunScope scope;

    /**
     * Creates it.
     *
     * @param factory the unit's factory
     * @param scope the sessions in which each query is run
     */
    public FanOutQueries(ShardSessionFactory factory, RunScope scope) {
        this.factory = factory;
        this.scope = scope;
    }

    /**
     * Makes a query of HQL.
     *
     * @param hql a select statement
     * @param result what each row is
     * @param <R> what each row is
     */
    public <R> ClusterQuery<R> query(String hql, Class<R> result) {
        var pages = new KeyedPages(factory, () -> select(hql, result));
        return new FanOutQuery<>(factory.plan(hql, result, () -> plan(select(hql, result), result)), scope, pages);
    }

    private <R> QueryPlan<R> plan(SqmSelectStatement<?> select, Class<R> result) {
        return new QueryPlanner(factory).plan(select.copy(SqmCopyContext.simpleContext()), result);
    }

    private SqmSelectStatement<?> select(String hql, Class<?> result) {
        var engine = factory.getQueryEngine();
        var interpretation =
                engine.getInterpretationCache().resolveHqlInterpretation(hql, result, engine.getHqlTranslator());
        if (!(interpretation.getSqmStatement() instanceof SqmSelectStatement<?> select)) {
            throw new IllegalArgumentException("'" + hql + "' is no select statement. Give one, or use execute.");
        }
        return select;
    }

    /**
     * Makes a query of a Criteria query.
     *
     * @param query made by the factory's criteria builder
     * @param <R> what each row is
     */
    public <R> ClusterQuery<R> query(CriteriaQuery<R> query) {
        var select = (SqmSelectStatement<?>) query;
        return new FanOutQuery<>(plan(select, query.getResultType()), scope, new KeyedPages(factory, () -> select));
    }
}
