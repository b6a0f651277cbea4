package io.shardloom.hibernate.internal.fanout;

import java.util.Collection;
import java.util.Map;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.query.QueryParameter;
import org.hibernate.query.internal.ParameterMetadataImpl;
import org.hibernate.query.internal.SimpleHqlInterpretationImpl;
import org.hibernate.query.spi.HqlInterpretation;
import org.hibernate.query.spi.QueryInterpretationCache;
import org.hibernate.query.spi.SelectQueryPlan;
import org.hibernate.query.sqm.SqmQuerySource;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.internal.SqmSelectionQueryImpl;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.jspecify.annotations.Nullable;

/**
 * The statement of one node. Its translation is cached, which Hibernate does not do in a session with a filter: the only
 * filter of a node's session is the mark that leaves the key out, and the name of the statement stands for that mark.
 */
final class NodeSelection extends SqmSelectionQueryImpl<Object> {
    private final String name;
    private final NodePlans plans;
    private @Nullable LoadQueryInfluencers influencers;

    NodeSelection(QueryPlan<?> plan, SharedSessionContractImplementor session) {
        this(plan.name(), plan.node(), plan.translated(), session);
    }

    NodeSelection(
            String name,
            HqlInterpretation<Object> statement,
            Map<QueryInterpretationCache.Key, SelectQueryPlan<?>> translated,
            SharedSessionContractImplementor session) {
        super(name, statement, Object.class, session);
        this.name = name;
        this.plans = new NodePlans(session.getFactory(), translated);
        bindValueBindCriteriaParameters(getDomainParameterXref(), getQueryParameterBindings());
    }

    /** Makes a statement ready for the nodes; it is not to be changed any more. */
    @SuppressWarnings("unchecked")
    static HqlInterpretation<Object> interpreted(SqmSelectStatement<?> select) {
        var statement = select.getQueryPart() instanceof SqmQueryGroup<?>
                ? new SetStatement((SqmSelectStatement<Object>) select)
                : (SqmSelectStatement<Object>) select;
        var parameters = DomainParameterXref.from(statement);
        return new SimpleHqlInterpretationImpl<>(
                statement,
                parameters.hasParameters()
                        ? new ParameterMetadataImpl(parameters.getQueryParameters())
                        : ParameterMetadataImpl.EMPTY,
                parameters);
    }

    @Override
    public Object getQueryStringCacheKey() {
        return name;
    }

    @Override
    protected QueryInterpretationCache getInterpretationCache() {
        return plans;
    }

    @Override
    public LoadQueryInfluencers getLoadQueryInfluencers() {
        var known = influencers;
        if (known == null) {
            var ofSession = super.getLoadQueryInfluencers();
            var filters = ofSession.getEnabledFilterNames();
            known = filters.size() == 1 && filters.contains(TenantIdBinder.FILTER_NAME)
                    ? new LoadQueryInfluencers(getSession().getFactory())
                    : ofSession;
            influencers = known;
        }
        return known;
    }

    void bind(Map<Object, @Nullable Object> parameters) {
        if (parameters.isEmpty()) {
            return;
        }
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
        // those without a name or a position are bound by what the criteria builder made
        for (var parameter : getDomainParameterXref()
                .getParameterResolutions()
                .getJpaCriteriaParamResolutions()
                .keySet()) {
            if (parameters.containsKey(parameter)) {
                bind(parameter, parameters.get(parameter));
            }
        }
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

    @SuppressWarnings("unchecked")
    private void bind(QueryParameter<?> parameter, @Nullable Object value) {
        var unnamed = (QueryParameter<Object>) parameter;
        if (value instanceof Collection<?> list) {
            setParameterList(unnamed, (Collection<Object>) list);
        } else {
            setParameter(unnamed, value);
        }
    }

    /** A set operation. Hibernate asks it for the select that says what its rows are, and Criteria queries refuse to say. */
    private static final class SetStatement extends SqmSelectStatement<Object> {
        SetStatement(SqmSelectStatement<Object> select) {
            super(
                    select.getQueryPart(),
                    Object.class,
                    SetPlanner.named(select),
                    select.getQuerySource(),
                    select.nodeBuilder());
            if (select.getQuerySource() == SqmQuerySource.HQL) {
                select.getSqmParameters().forEach(this::addParameter);
            }
        }

        @Override
        public SqmQuerySpec<Object> getQuerySpec() {
            return getQueryPart().getFirstQuerySpec();
        }
    }
}
