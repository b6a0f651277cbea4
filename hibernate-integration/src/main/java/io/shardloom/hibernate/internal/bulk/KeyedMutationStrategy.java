package io.shardloom.hibernate.internal.bulk;

import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.internal.MappingModelCreationProcess;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.spi.DomainQueryExecutionContext;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.mutation.spi.MultiTableHandlerBuildResult;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategy;
import org.hibernate.query.sqm.tree.SqmDeleteOrUpdateStatement;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's update and delete of several tables by a query, under the {@link BulkRules}.
 *
 * @param persister of the entity
 * @param hibernates what does the work
 */
public record KeyedMutationStrategy(EntityPersister persister, SqmMultiTableMutationStrategy hibernates)
        implements SqmMultiTableMutationStrategy {
    /**
     * Returns the strategy of an entity.
     *
     * @param hibernates null where the entity has one table
     */
    public static @Nullable SqmMultiTableMutationStrategy of(
            EntityPersister persister, @Nullable SqmMultiTableMutationStrategy hibernates) {
        return hibernates == null || hibernates instanceof KeyedMutationStrategy
                ? hibernates
                : new KeyedMutationStrategy(persister, hibernates);
    }

    /** Tells whether the session is of a whole node. */
    public static boolean isOfNode(DomainQueryExecutionContext context) {
        return context.getSession().getLoadQueryInfluencers().getEnabledFilter(TenantIdBinder.FILTER_NAME) != null;
    }

    @Override
    public void prepare(MappingModelCreationProcess process) {
        hibernates.prepare(process);
    }

    @Override
    public void release(SessionFactoryImplementor factory, JdbcConnectionAccess connections) {
        hibernates.release(factory, connections);
    }

    @Override
    public MultiTableHandlerBuildResult buildHandler(
            SqmDeleteOrUpdateStatement<?> statement,
            DomainParameterXref parameters,
            DomainQueryExecutionContext context) {
        var influencers = context.getSession().getLoadQueryInfluencers();
        BulkRules.keyed(statement, persister, influencers);
        KeyedJoins.check(statement, persister, influencers);
        return hibernates.buildHandler(statement, parameters, context);
    }
}
