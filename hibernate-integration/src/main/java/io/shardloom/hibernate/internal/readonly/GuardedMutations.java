package io.shardloom.hibernate.internal.readonly;

import java.util.Map;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.engine.jdbc.connections.spi.JdbcConnectionAccess;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.internal.MappingModelCreationProcess;
import org.hibernate.query.spi.DomainQueryExecutionContext;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.mutation.internal.SqmMultiTableMutationStrategyProviderStandard;
import org.hibernate.query.sqm.mutation.spi.MultiTableHandler;
import org.hibernate.query.sqm.mutation.spi.MultiTableHandlerBuildResult;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableInsertStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategyProvider;
import org.hibernate.query.sqm.tree.SqmDeleteOrUpdateStatement;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;

/**
 * Hibernate's ways to write several tables by one query, which look like a select to the rest of it, refused in
 * read-only sessions.
 */
public final class GuardedMutations extends SqmMultiTableMutationStrategyProviderStandard {
    /** Puts the guard into a unit. */
    public static final class Initiator implements StandardServiceInitiator<SqmMultiTableMutationStrategyProvider> {
        @Override
        public Class<SqmMultiTableMutationStrategyProvider> getServiceInitiated() {
            return SqmMultiTableMutationStrategyProvider.class;
        }

        @Override
        public SqmMultiTableMutationStrategyProvider initiateService(
                Map<String, Object> settings, ServiceRegistryImplementor registry) {
            return new GuardedMutations();
        }
    }

    @Override
    public SqmMultiTableMutationStrategy createMutationStrategy(
            EntityMappingType root, MappingModelCreationProcess process) {
        return new Mutations(super.createMutationStrategy(root, process));
    }

    @Override
    public SqmMultiTableInsertStrategy createInsertStrategy(
            EntityMappingType root, MappingModelCreationProcess process) {
        return new Inserts(super.createInsertStrategy(root, process));
    }

    private record Mutations(SqmMultiTableMutationStrategy hibernates) implements SqmMultiTableMutationStrategy {
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
            return Handler.guarding(statement, hibernates.buildHandler(statement, parameters, context));
        }
    }

    private record Inserts(SqmMultiTableInsertStrategy hibernates) implements SqmMultiTableInsertStrategy {
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
            return Handler.guarding(statement, hibernates.buildHandler(statement, parameters, context));
        }
    }

    private record Handler(String entity, MultiTableHandler hibernates) implements MultiTableHandler {
        static MultiTableHandlerBuildResult guarding(SqmDmlStatement<?> statement, MultiTableHandlerBuildResult built) {
            var entity = statement.getTarget().getEntityName();
            return new MultiTableHandlerBuildResult(
                    new Handler(entity, built.multiTableHandler()), built.firstJdbcParameterBindings());
        }

        @Override
        public JdbcParameterBindings createJdbcParameterBindings(DomainQueryExecutionContext context) {
            return hibernates.createJdbcParameterBindings(context);
        }

        @Override
        public boolean dependsOnParameterBindings() {
            return hibernates.dependsOnParameterBindings();
        }

        @Override
        public boolean isCompatibleWith(JdbcParameterBindings bindings, QueryOptions options) {
            return hibernates.isCompatibleWith(bindings, options);
        }

        @Override
        public int execute(JdbcParameterBindings bindings, DomainQueryExecutionContext context) {
            ReadOnlyWork.refuse(context.getSession(), "change rows of", entity);
            return hibernates.execute(bindings, context);
        }
    }
}
