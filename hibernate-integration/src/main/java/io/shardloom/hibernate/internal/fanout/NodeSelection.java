package io.shardloom.hibernate.internal.fanout;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.query.sqm.internal.SqmSelectionQueryImpl;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.jspecify.annotations.Nullable;

/**
 * The statement of one node. Its translation is cached, which Hibernate does not do in a session with a filter: the only
 * filter of a node's session is the mark that leaves the key out, and the name of the statement stands for that mark.
 */
final class NodeSelection extends SqmSelectionQueryImpl<Object> {
    private final String name;

    @SuppressWarnings("unchecked")
    NodeSelection(QueryPlan<?> plan, SharedSessionContractImplementor session) {
        super((SqmSelectStatement<Object>) plan.node(), false, Object.class, session);
        this.name = plan.name();
    }

    @Override
    public Object getQueryStringCacheKey() {
        return name;
    }

    @Override
    public LoadQueryInfluencers getLoadQueryInfluencers() {
        var influencers = super.getLoadQueryInfluencers();
        return influencers.getEnabledFilterNames().equals(Set.of(TenantIdBinder.FILTER_NAME))
                ? new LoadQueryInfluencers(getSession().getFactory())
                : influencers;
    }

    void bind(Map<Object, @Nullable Object> parameters) {
        for (var parameter : getParameterMetadata().getNamedParameterNames()) {
            if (parameters.containsKey(parameter)) {
                bind(parameter, parameters.get(parameter));
            }
        }
        getParameterMetadata().visitRegistrations(registration -> {
            var position = registration.getPosition();
            if (position != null && parameters.containsKey(position)) {
                bind(position, parameters.get(position));
            }
        });
    }

    private void bind(String name, @Nullable Object value) {
        if (value instanceof Collection<?> list) {
            setParameterList(name, list);
        } else {
            setParameter(name, value);
        }
    }

    private void bind(int position, @Nullable Object value) {
        if (value instanceof Collection<?> list) {
            setParameterList(position, list);
        } else {
            setParameter(position, value);
        }
    }
}
