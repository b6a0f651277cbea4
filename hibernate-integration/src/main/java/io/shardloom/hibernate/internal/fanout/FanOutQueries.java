package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import jakarta.persistence.criteria.CriteriaQuery;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
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
        factory.requireOpen();
        var plan = factory.plan(hql, result, () -> plan(hql, result));
        return new FanOutQuery<>(plan, names(select(hql, result)), open, end);
    }

    private <R> QueryPlan<R> plan(String hql, Class<R> result) {
        return new QueryPlanner(factory).plan(select(hql, result).copy(SqmCopyContext.simpleContext()), result);
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

    private static Set<Object> names(SqmSelectStatement<?> select) {
        var names = new TreeSet<Object>(Comparator.comparing(String::valueOf));
        for (var parameter : select.getSqmParameters()) {
            var name = parameter.getName() == null ? parameter.getPosition() : parameter.getName();
            if (name != null) {
                names.add(name);
            }
        }
        return names;
    }

    /**
     * Makes a query of a Criteria query.
     *
     * @param query made by the factory's criteria builder
     * @param <R> what each row is
     */
    public <R> ClusterQuery<R> query(CriteriaQuery<R> query) {
        var select = (SqmSelectStatement<?>) query;
        var plan = new QueryPlanner(factory).plan(select.copy(SqmCopyContext.simpleContext()), query.getResultType());
        return new FanOutQuery<>(plan, names(select), open, end);
    }
}
