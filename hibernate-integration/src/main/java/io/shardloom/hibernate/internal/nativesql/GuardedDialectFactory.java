package io.shardloom.hibernate.internal.nativesql;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.outcome.DeclaredConstraints;
import io.shardloom.hibernate.internal.outcome.LostStatements;
import io.shardloom.hibernate.internal.persister.UnionFollowOn;
import java.sql.CallableStatement;
import java.util.Map;
import java.util.Set;
import org.hibernate.LockOptions;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.dialect.DatabaseVersion;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.PostgreSQLDialect;
import org.hibernate.dialect.RowLockStrategy;
import org.hibernate.engine.jdbc.dialect.internal.DialectFactoryImpl;
import org.hibernate.engine.jdbc.dialect.spi.DialectFactory;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolutionInfo;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolutionInfoSource;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.exception.spi.SQLExceptionConversionDelegate;
import org.hibernate.exception.spi.ViolatedConstraintNameExtractor;
import org.hibernate.internal.util.JdbcExceptionHelper;
import org.hibernate.procedure.spi.CallableStatementSupport;
import org.hibernate.procedure.spi.ProcedureCallImplementor;
import org.hibernate.query.spi.AbstractCommonQueryContract;
import org.hibernate.query.spi.ProcedureParameterMetadataImplementor;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.internal.PessimisticLockKind;
import org.hibernate.sql.ast.spi.LockingClauseStrategy;
import org.hibernate.sql.exec.spi.JdbcOperationQueryCall;
import org.jspecify.annotations.Nullable;

/**
 * Makes Hibernate's dialect of PostgreSQL refuse procedure calls where they are, because the dialect alone is asked before each of them,
 * lock the rows of a table-per-class hierarchy one table after the other, because the dialect alone is asked how, say of a
 * lost connection what became of its transaction, and of a violated constraint by which name it was declared. A dialect of the application's own is left as it is.
 */
final class GuardedDialectFactory extends DialectFactoryImpl {
    private static final long serialVersionUID = 1L;

    private final transient DeclaredConstraints constraints;
    private final boolean refusesCalls;

    private GuardedDialectFactory(DeclaredConstraints constraints, boolean refusesCalls) {
        this.constraints = constraints;
        this.refusesCalls = refusesCalls;
    }

    /**
     * Makes the dialect of a unit.
     *
     * @param refusesCalls whether procedure calls of key sessions must say that they are unchecked
     */
    record Initiator(boolean refusesCalls) implements StandardServiceInitiator<DialectFactory> {
        @Override
        public Class<DialectFactory> getServiceInitiated() {
            return DialectFactory.class;
        }

        @Override
        public DialectFactory initiateService(Map<String, Object> settings, ServiceRegistryImplementor registry) {
            return new GuardedDialectFactory(
                    new DeclaredConstraints(registry.requireService(ShardingRuntime.class)), refusesCalls);
        }
    }

    @Override
    public Dialect buildDialect(Map<String, Object> settings, @Nullable DialectResolutionInfoSource source) {
        var dialect = super.buildDialect(settings, source);
        if (dialect.getClass() != PostgreSQLDialect.class) {
            return dialect;
        }
        var info = source == null ? null : source.getDialectResolutionInfo();
        return info == null ? new GuardedDialect(dialect.getVersion(), this) : new GuardedDialect(info, this);
    }

    private static final class GuardedDialect extends PostgreSQLDialect {
        private static final String NOT_NULL = "23502";

        private final GuardedDialectFactory unit;

        GuardedDialect(DialectResolutionInfo info, GuardedDialectFactory unit) {
            super(info);
            this.unit = unit;
        }

        GuardedDialect(DatabaseVersion version, GuardedDialectFactory unit) {
            super(version);
            this.unit = unit;
        }

        @Override
        public CallableStatementSupport getCallableStatementSupport() {
            var calls = super.getCallableStatementSupport();
            return unit.refusesCalls ? new GuardedCalls(calls) : calls;
        }

        @Override
        public SQLExceptionConversionDelegate buildSQLExceptionConversionDelegate() {
            return new LostStatements(super.buildSQLExceptionConversionDelegate());
        }

        @Override
        public ViolatedConstraintNameExtractor getViolatedConstraintNameExtractor() {
            var hibernates = super.getViolatedConstraintNameExtractor();
            return violation -> {
                var name = hibernates.extractConstraintName(violation);
                // of a column that must not be null it is the column's name
                return name == null || NOT_NULL.equals(JdbcExceptionHelper.extractSqlState(violation))
                        ? name
                        : unit.constraints.declaredName(name);
            };
        }

        @Override
        @SuppressWarnings("removal") // LockOptions are what Hibernate hands over
        protected LockingClauseStrategy buildLockingClauseStrategy(
                PessimisticLockKind kind, RowLockStrategy rows, LockOptions options, Set<NavigablePath> roots) {
            return new UnionFollowOn(this, kind, rows, options, roots);
        }
    }

    private record GuardedCalls(CallableStatementSupport calls) implements CallableStatementSupport {
        @Override
        public JdbcOperationQueryCall interpretCall(ProcedureCallImplementor<?> call) {
            var options = call instanceof AbstractCommonQueryContract query ? query.getQueryOptions() : null;
            NativeSqlGuard.check(call.getSession(), options, "the procedure \"" + call.getProcedureName() + "\"");
            return calls.interpretCall(call);
        }

        @Override
        public void registerParameters(
                String procedure,
                JdbcOperationQueryCall call,
                CallableStatement statement,
                ProcedureParameterMetadataImplementor parameters,
                SharedSessionContractImplementor session) {
            calls.registerParameters(procedure, call, statement, parameters, session);
        }
    }
}
