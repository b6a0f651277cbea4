package io.shardloom.hibernate.internal.nativesql;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.bulk.BulkRules;
import io.shardloom.hibernate.internal.local.LocalTableGuard;
import io.shardloom.hibernate.internal.readonly.ReadOnlyWork;
import java.sql.PreparedStatement;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.engine.jdbc.internal.JdbcServicesImpl;
import org.hibernate.engine.jdbc.spi.JdbcServices;
import org.hibernate.query.results.ResultSetMapping;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.sql.exec.internal.JdbcOperationQueryMutationNative;
import org.hibernate.sql.exec.internal.JdbcSelectExecutorStandardImpl;
import org.hibernate.sql.exec.internal.StandardJdbcMutationExecutor;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcMutationExecutor;
import org.hibernate.sql.exec.spi.JdbcOperationQueryMutation;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.hibernate.sql.exec.spi.JdbcSelect;
import org.hibernate.sql.exec.spi.JdbcSelectExecutor;
import org.hibernate.sql.results.spi.ResultsConsumer;
import org.hibernate.sql.results.spi.RowTransformer;
import org.jspecify.annotations.Nullable;

/** Hibernate's executors, through which every query goes, and which refuse native ones and those of other nodes or keys first. */
final class GuardedJdbcServices extends JdbcServicesImpl {
    private static final long serialVersionUID = 1L;

    private final transient JdbcSelectExecutor selects;
    private final transient JdbcMutationExecutor mutations;

    private GuardedJdbcServices(LocalTableGuard locals, boolean refusesNative) {
        this.selects = new Selects(locals, refusesNative);
        this.mutations = new Mutations(locals, refusesNative);
    }

    /**
     * Makes the executors of a unit.
     *
     * @param refusesNative whether native queries of key sessions must say that they are unchecked
     */
    record Initiator(boolean refusesNative) implements StandardServiceInitiator<JdbcServices> {
        @Override
        public Class<JdbcServices> getServiceInitiated() {
            return JdbcServices.class;
        }

        @Override
        public JdbcServices initiateService(Map<String, Object> settings, ServiceRegistryImplementor registry) {
            var runtime = registry.requireService(ShardingRuntime.class);
            return new GuardedJdbcServices(new LocalTableGuard(runtime), refusesNative);
        }
    }

    @Override
    public JdbcSelectExecutor getJdbcSelectExecutor() {
        return selects;
    }

    @Override
    public JdbcMutationExecutor getJdbcMutationExecutor() {
        return mutations;
    }

    /** The results of native queries alone are mapped by a {@link ResultSetMapping}. */
    private static final class Selects extends JdbcSelectExecutorStandardImpl {
        private final LocalTableGuard locals;
        private final boolean refusesNative;

        Selects(LocalTableGuard locals, boolean refusesNative) {
            this.locals = locals;
            this.refusesNative = refusesNative;
        }

        @Override
        public <T, R> T executeQuery(
                JdbcSelect select,
                JdbcParameterBindings bindings,
                ExecutionContext context,
                @Nullable RowTransformer<R> transformer,
                @Nullable Class<R> type,
                int resultCountEstimate,
                StatementCreator statements,
                ResultsConsumer<T, R> consumer) {
            if (refusesNative && select.getJdbcValuesMappingProducer() instanceof ResultSetMapping) {
                NativeSqlGuard.check(
                        context.getSession(),
                        context.getQueryOptions(),
                        "the native query \"" + select.getSqlString() + "\"");
            }
            ReadOnlyWork.refuseLock(
                    context.getSession(), context.getQueryOptions().getLockOptions(), null);
            locals.check(select.getAffectedTableNames(), context.getSession());
            return super.executeQuery(
                    select, bindings, context, transformer, type, resultCountEstimate, statements, consumer);
        }
    }

    private static final class Mutations extends StandardJdbcMutationExecutor {
        private final LocalTableGuard locals;
        private final boolean refusesNative;

        Mutations(LocalTableGuard locals, boolean refusesNative) {
            this.locals = locals;
            this.refusesNative = refusesNative;
        }

        @Override
        public int execute(
                JdbcOperationQueryMutation mutation,
                JdbcParameterBindings bindings,
                Function<String, PreparedStatement> statements,
                BiConsumer<Integer, PreparedStatement> expectation,
                ExecutionContext context) {
            if (refusesNative && mutation instanceof JdbcOperationQueryMutationNative) {
                NativeSqlGuard.check(
                        context.getSession(),
                        context.getQueryOptions(),
                        "the native statement \"" + mutation.getSqlString() + "\"");
            }
            ReadOnlyWork.refuseWrite(context.getSession(), mutation);
            locals.check(mutation.getAffectedTableNames(), context.getSession());
            BulkRules.checkKeys(mutation, bindings, context);
            return super.execute(mutation, bindings, statements, expectation, context);
        }
    }
}
