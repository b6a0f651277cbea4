package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import jakarta.persistence.criteria.CriteriaQuery;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/** Makes the queries of one unit of work. */
public final class FanOutQueries {
    private final ShardSessionFactory factory;
    private final NodeSessions sessions;

    /**
     * Creates it.
     *
     * @param factory the unit's factory
     * @param sessions the unit's sessions
     */
    public FanOutQueries(ShardSessionFactory factory, NodeSessions sessions) {
        this.factory = factory;
        this.sessions = sessions;
    }

    /** Makes a query of HQL. */
    public <R> ClusterQuery<R> query(String hql, Class<R> result) {
        var engine = factory.getQueryEngine();
        var interpretation =
                engine.getInterpretationCache().resolveHqlInterpretation(hql, result, engine.getHqlTranslator());
        if (!(interpretation.getSqmStatement() instanceof SqmSelectStatement<?> select)) {
            throw new IllegalArgumentException("'" + hql + "' is no select statement. Give one, or use execute.");
        }
        return query(select.copy(SqmCopyContext.simpleContext()), result);
    }

    /** Makes a query of a Criteria query. */
    public <R> ClusterQuery<R> query(CriteriaQuery<R> query) {
        var select = (SqmSelectStatement<?>) query;
        return query(select.copy(SqmCopyContext.simpleContext()), query.getResultType());
    }

    private <R> ClusterQuery<R> query(SqmSelectStatement<?> select, Class<R> result) {
        return new FanOutQuery<>(new QueryPlanner(factory).plan(select, result), sessions);
    }
}
