package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.internal.cluster.NodeSessions;
import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.jspecify.annotations.Nullable;

/** A planned query with its parameters. */
final class FanOutQuery<R> implements ClusterQuery<R> {
    private final QueryPlan<R> plan;
    private final NodeSessions sessions;
    private final Map<Object, @Nullable Object> parameters = new HashMap<>();
    private @Nullable Integer firstResult;
    private @Nullable Integer maxResults;

    FanOutQuery(QueryPlan<R> plan, NodeSessions sessions) {
        this.plan = plan;
        this.sessions = sessions;
    }

    @Override
    public ClusterQuery<R> setParameter(String name, @Nullable Object value) {
        parameters.put(name, value);
        return this;
    }

    @Override
    public ClusterQuery<R> setParameter(int position, @Nullable Object value) {
        parameters.put(position, value);
        return this;
    }

    @Override
    public ClusterQuery<R> setParameterList(String name, Collection<?> values) {
        parameters.put(name, values);
        return this;
    }

    @Override
    public ClusterQuery<R> setFirstResult(int position) {
        firstResult = notNegative(position, "first result");
        return this;
    }

    @Override
    public ClusterQuery<R> setMaxResults(int rows) {
        maxResults = notNegative(rows, "number of results");
        return this;
    }

    private static int notNegative(int value, String what) {
        if (value < 0) {
            throw new IllegalArgumentException("The " + what + " " + value + " is below 0. Give 0 or more.");
        }
        return value;
    }

    @Override
    public List<R> getResultList() {
        try (var rows = new MergedRows(plan, sessions, parameters, page())) {
            var list = new ArrayList<R>();
            while (rows.hasNext()) {
                list.add(plan.shape().make(rows.next()));
            }
            return list;
        }
    }

    private Page page() {
        return new Page(
                firstResult != null ? firstResult : count(plan.offset(), 0),
                maxResults != null ? maxResults : count(plan.limit(), Long.MAX_VALUE));
    }

    private long count(@Nullable SqmExpression<?> expression, long none) {
        return expression == null ? none : ((Number) Constants.value(expression, parameters)).longValue();
    }

    @Override
    public R getSingleResult() {
        var row = getSingleResultOrNull();
        if (row == null) {
            throw new NoResultException("The query has no row. Use getSingleResultOrNull where that may be.");
        }
        return row;
    }

    @Override
    public @Nullable R getSingleResultOrNull() {
        var rows = getResultList();
        if (rows.size() > 1) {
            throw new NonUniqueResultException("The query has " + rows.size() + " rows. Use getResultList.");
        }
        return rows.isEmpty() ? null : rows.get(0);
    }
}
