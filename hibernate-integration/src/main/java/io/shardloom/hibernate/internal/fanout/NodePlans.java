package io.shardloom.hibernate.internal.fanout;

import java.util.Map;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.query.internal.QueryInterpretationCacheDisabledImpl;
import org.hibernate.query.spi.SelectQueryPlan;

/**
 * Hibernate's translations of one statement for the nodes, which live as long as its plan. A Criteria query is planned anew each
 * time; in Hibernate's own cache its translations would take the place of others', and nobody would ask for them again.
 */
final class NodePlans extends QueryInterpretationCacheDisabledImpl {
    private final Map<Key, SelectQueryPlan<?>> translated;

    NodePlans(SessionFactoryImplementor factory, Map<Key, SelectQueryPlan<?>> translated) {
        super(factory.getServiceRegistry());
        this.translated = translated;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> SelectQueryPlan<R> resolveSelectQueryPlan(Key key, Supplier<SelectQueryPlan<R>> creator) {
        var known = translated.get(key);
        return (SelectQueryPlan<R>)
                (known != null ? known : translated.computeIfAbsent(key.prepareForStore(), k -> creator.get()));
    }
}
