package io.shardloom.hibernate.internal.bulk;

import io.shardloom.failure.WrongShardKeyException;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.internal.MappingModelCreationProcess;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.spi.DomainQueryExecutionContext;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.mutation.spi.MultiTableHandlerBuildResult;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableInsertStrategy;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's insert into several tables by a query, under the {@link BulkRules}.
 *
 * @param persister of the entity
 * @param hibernates what does the work
 */
public record KeyedInsertStrategy(EntityPersister persister, SqmMultiTableInsertStrategy hibernates)
        implements SqmMultiTableInsertStrategy {
    /**
     * Returns the strategy of an entity.
     *
     * @param hibernates null where the entity has one table
     */
    public static @Nullable SqmMultiTableInsertStrategy of(
            EntityPersister persister, @Nullable SqmMultiTableInsertStrategy hibernates) {
        return hibernates == null || hibernates instanceof KeyedInsertStrategy
                ? hibernates
                : new KeyedInsertStrategy(persister, hibernates);
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
            SqmInsertStatement<?> statement, DomainParameterXref parameters, DomainQueryExecutionContext context) {
        var keyed =
                (SqmInsertStatement<?>) BulkRules.keyed(statement, persister, KeyedMutationStrategy.isOfNode(context));
        if (persister.getIdentifierMapping().getJdbcTypeCount() > 1) {
            throw new WrongShardKeyException("Cannot insert " + BulkRules.simpleName(persister.getEntityName())
                    + " by a query: its rows are in several tables and its id has several columns, and Hibernate's"
                    + " insert by a query does not know both together. Use persist, or insert of a StatelessSession.");
        }
        return hibernates.buildHandler(keyed, parameters, context);
    }
}
