package io.shardloom.hibernate.internal.bulk;

import io.shardloom.failure.WrongShardKeyException;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.CompositeIdentifierMapping;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
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
        var influencers = context.getSession().getLoadQueryInfluencers();
        var keyed = (SqmInsertStatement<?>) BulkRules.keyed(statement, persister, influencers);
        KeyedJoins.check(keyed, persister, influencers);
        if (namesPartsOfAnEmbeddedId(keyed)) {
            throw new WrongShardKeyException("Cannot insert " + BulkRules.simpleName(persister.getEntityName())
                    + " by a query that does not name its whole id: its rows are in several tables, and for these"
                    + " Hibernate does not put an @EmbeddedId together. Name "
                    + persister.getIdentifierMapping().getAttributeName()
                    + " and give it as a parameter, or use persist.");
        }
        return hibernates.buildHandler(keyed, parameters, context);
    }

    private boolean namesPartsOfAnEmbeddedId(SqmInsertStatement<?> statement) {
        var id = persister.getIdentifierMapping();
        return id instanceof CompositeIdentifierMapping
                && !(id instanceof NonAggregatedIdentifierMapping)
                && statement.getInsertionTargetPaths().stream()
                        .noneMatch(
                                path -> path.getNavigablePath().getLocalName().equals(id.getAttributeName())
                                        && path.getLhs() == statement.getTarget());
    }
}
