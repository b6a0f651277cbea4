package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.internal.cluster.NodeSessions;
import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.query.SelectionQuery;
import org.hibernate.query.sqm.internal.SqmSelectionQueryImpl;
import org.jspecify.annotations.Nullable;

/** A planned query with its parameters. */
final class FanOutQuery<R> implements ClusterQuery<R> {
    private final QueryPlan<R> plan;
    private final NodeSessions sessions;
    private final Map<Object, @Nullable Object> parameters = new LinkedHashMap<>();

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
    public List<R> getResultList() {
        var rows = new ArrayList<R>();
        for (var node : plan.nodes()) {
            var query = new SqmSelectionQueryImpl<>(plan.nodeStatement(), false, plan.result(), sessions.on(node));
            parameters.forEach((parameter, value) -> bind(query, parameter, value));
            rows.addAll(query.getResultList());
        }
        return rows;
    }

    private static void bind(SelectionQuery<?> query, Object parameter, @Nullable Object value) {
        if (parameter instanceof Integer position) {
            if (value instanceof Collection<?> list) {
                query.setParameterList(position, list);
            } else {
                query.setParameter(position, value);
            }
        } else if (value instanceof Collection<?> list) {
            query.setParameterList((String) parameter, list);
        } else {
            query.setParameter((String) parameter, value);
        }
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
