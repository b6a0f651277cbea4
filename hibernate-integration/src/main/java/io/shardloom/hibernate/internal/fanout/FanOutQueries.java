package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import jakarta.persistence.criteria.CriteriaQuery;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/** Makes queries over all nodes. */
public final class FanOutQueries {
    private final ShardSessionFactory factory;
    private final Supplier<NodeSessions> open;
    private final Consumer<NodeSessions> end;

    /**
     * Creates it.
     *
     * @param factory the unit's factory
     * @param open gives the sessions of each run of a query
     * @param end is given them when the run is over
     */
    public FanOutQueries(ShardSessionFactory factory, Supplier<NodeSessions> open, Consumer<NodeSessions> end) {
        this.factory = factory;
        this.open = open;
        this.end = end;
    }

    /**
     * Makes a query of HQL.
     *
     * @param hql a select statement
     * @param result what each row is
     * @param <R> what each row is
     */
    public <R> ClusterQuery<R> query(String hql, Class<R> result) {
        return new FanOutQuery<>(factory.plan(hql, result, () -> plan(hql, result)), open, end);
    }

    private <R> QueryPlan<R> plan(String hql, Class<R> result) {
        // a tree of its own, because Hibernate's copies leave the queries of joined derived tables as they were
        if (!(factory.getQueryEngine().getHqlTranslator().translate(hql, result)
                instanceof SqmSelectStatement<?> select)) {
            throw new IllegalArgumentException("'" + hql + "' is no select statement. Give one, or use execute.");
        }
        return new QueryPlanner(factory, SqmCopyContext.simpleContext()).plan(select, result);
    }

    /**
     * Makes a query of a Criteria query.
     *
     * @param query made by the factory's criteria builder
     * @param <R> what each row is
     */
    public <R> ClusterQuery<R> query(CriteriaQuery<R> query) {
        var copies = SqmCopyContext.simpleContext();
        var select = ((SqmSelectStatement<?>) query).copy(copies);
        var plan = new QueryPlanner(factory, copies).plan(select, query.getResultType());
        return new FanOutQuery<>(plan, open, end);
    }
}
