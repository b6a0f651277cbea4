package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.internal.cluster.PlainFailures;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import jakarta.persistence.criteria.CriteriaQuery;
import java.util.Comparator;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.HibernateException;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.SqmStatement;
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
        factory.requireOpen();
        try {
            Planned<R> planned = factory.plan(hql, result, () -> planned(hql, result));
            return new FanOutQuery<>(planned.plan(), planned.names(), scope, planned.pages());
        } catch (HibernateException e) {
            throw PlainFailures.ofText(e);
        }
    }

    /** What is the same for all queries of one text. */
    private record Planned<R>(QueryPlan<R> plan, Set<Object> names, KeyedPages pages) {}

    private <R> Planned<R> planned(String hql, Class<R> result) {
        return new Planned<>(
                plan(hql, result), names(select(hql, result)), new KeyedPages(factory, () -> select(hql, result)));
    }

    private <R> QueryPlan<R> plan(String hql, Class<R> result) {
        // a tree of its own, because Hibernate's copies leave the queries of joined derived tables as they were
        var statement = factory.getQueryEngine().getHqlTranslator().translate(hql, result);
        return new QueryPlanner(factory, SqmCopyContext.simpleContext()).plan(requireSelect(statement, hql), result);
    }

    private SqmSelectStatement<?> select(String hql, Class<?> result) {
        var engine = factory.getQueryEngine();
        var interpretation =
                engine.getInterpretationCache().resolveHqlInterpretation(hql, result, engine.getHqlTranslator());
        return requireSelect(interpretation.getSqmStatement(), hql);
    }

    private static SqmSelectStatement<?> requireSelect(SqmStatement<?> statement, String hql) {
        if (!(statement instanceof SqmSelectStatement<?> select)) {
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
        var copies = SqmCopyContext.simpleContext();
        var select = (SqmSelectStatement<?>) query;
        var plan = new QueryPlanner(factory, copies).plan(select.copy(copies), query.getResultType());
        return new FanOutQuery<>(plan, names(select), scope, new KeyedPages(factory, () -> select));
    }
}
