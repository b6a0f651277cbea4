package io.shardloom.hibernate.internal.persister;

import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.internal.util.MutableObject;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.query.spi.DomainQueryExecutionContext;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.mutation.internal.MultiTableSqmMutationConverter;
import org.hibernate.query.sqm.mutation.internal.cte.CteDeleteHandler;
import org.hibernate.query.sqm.mutation.internal.cte.CteMutationStrategy;
import org.hibernate.query.sqm.mutation.internal.cte.CteSoftDeleteHandler;
import org.hibernate.query.sqm.mutation.internal.cte.CteUpdateHandler;
import org.hibernate.query.sqm.mutation.spi.MultiTableHandler;
import org.hibernate.query.sqm.tree.delete.SqmDeleteStatement;
import org.hibernate.query.sqm.tree.expression.SqmParameter;
import org.hibernate.query.sqm.tree.update.SqmUpdateStatement;
import org.hibernate.sql.ast.tree.cte.CteContainer;
import org.hibernate.sql.ast.tree.cte.CteStatement;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.expression.JdbcParameter;
import org.hibernate.sql.ast.tree.insert.InsertSelectStatement;
import org.hibernate.sql.ast.tree.predicate.ExistsPredicate;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.hibernate.sql.ast.tree.select.QuerySpec;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's bulk update and delete of entities with several tables, with the key in the statement of each table.
 * Hibernate restricts these by the ids it has selected, and PostgreSQL cannot tell from them that one partition will do.
 */
public final class KeyedBulkStrategy extends CteMutationStrategy {
    /**
     * Called by Hibernate.
     *
     * @param root the root of an entity hierarchy
     * @param context the model under construction
     */
    public KeyedBulkStrategy(EntityMappingType root, RuntimeModelCreationContext context) {
        super(root, context);
    }

    @Override
    public MultiTableHandler buildHandler(
            SqmDeleteStatement<?> statement,
            DomainParameterXref parameters,
            DomainQueryExecutionContext context,
            MutableObject<JdbcParameterBindings> bindings) {
        checkMatch(statement);
        return getRootDescriptor().getSoftDeleteMapping() == null
                ? new Delete(this, statement, parameters, context, bindings)
                : new SoftDelete(this, statement, parameters, context, bindings);
    }

    @Override
    public MultiTableHandler buildHandler(
            SqmUpdateStatement<?> statement,
            DomainParameterXref parameters,
            DomainQueryExecutionContext context,
            MutableObject<JdbcParameterBindings> bindings) {
        checkMatch(statement);
        return new Update(this, statement, parameters, context, bindings);
    }

    private static Predicate keyed(
            @Nullable Predicate ids,
            EntityMappingType entity,
            List<? extends Expression> columns,
            @Nullable ModelPart target) {
        var key = entity.getEntityPersister() instanceof KeyedPersister keyed
                ? keyed.key().among(columns, target == null ? entity.getIdentifierMapping() : target)
                : null;
        return Predicate.combinePredicates(ids, key);
    }

    private static final class Delete extends CteDeleteHandler {
        Delete(
                KeyedBulkStrategy strategy,
                SqmDeleteStatement<?> statement,
                DomainParameterXref parameters,
                DomainQueryExecutionContext context,
                MutableObject<JdbcParameterBindings> bindings) {
            super(
                    strategy.getIdCteTable(),
                    statement,
                    parameters,
                    strategy,
                    strategy.getSessionFactory(),
                    context,
                    bindings);
        }

        @Override
        protected Predicate createIdSubQueryPredicate(
                List<? extends Expression> columns,
                CteStatement ids,
                @Nullable ModelPart target,
                SessionFactoryImplementor factory) {
            return keyed(
                    super.createIdSubQueryPredicate(columns, ids, target, factory),
                    getEntityDescriptor(),
                    columns,
                    target);
        }
    }

    private static final class SoftDelete extends CteSoftDeleteHandler {
        SoftDelete(
                KeyedBulkStrategy strategy,
                SqmDeleteStatement<?> statement,
                DomainParameterXref parameters,
                DomainQueryExecutionContext context,
                MutableObject<JdbcParameterBindings> bindings) {
            super(
                    strategy.getIdCteTable(),
                    statement,
                    parameters,
                    strategy,
                    strategy.getSessionFactory(),
                    context,
                    bindings);
        }

        @Override
        protected Predicate createIdSubQueryPredicate(
                List<? extends Expression> columns,
                CteStatement ids,
                @Nullable ModelPart target,
                SessionFactoryImplementor factory) {
            return keyed(
                    super.createIdSubQueryPredicate(columns, ids, target, factory),
                    getEntityDescriptor(),
                    columns,
                    target);
        }
    }

    private static final class Update extends CteUpdateHandler {
        Update(
                KeyedBulkStrategy strategy,
                SqmUpdateStatement<?> statement,
                DomainParameterXref parameters,
                DomainQueryExecutionContext context,
                MutableObject<JdbcParameterBindings> bindings) {
            super(
                    strategy.getIdCteTable(),
                    statement,
                    parameters,
                    strategy,
                    strategy.getSessionFactory(),
                    context,
                    bindings);
        }

        @Override
        protected void addDmlCtes(
                CteContainer statement,
                CteStatement ids,
                MultiTableSqmMutationConverter converter,
                Map<SqmParameter<?>, List<JdbcParameter>> parameters,
                SessionFactoryImplementor factory) {
            super.addDmlCtes(statement, ids, converter, parameters, factory);
            for (var part : statement.getCteStatements().values()) {
                if (part.getCteDefinition() instanceof InsertSelectStatement insert) {
                    restrictMissing(insert);
                }
            }
        }

        /** Hibernate first inserts the rows that a secondary table lacks: those of an id that does not exist there. */
        private void restrictMissing(InsertSelectStatement insert) {
            if (insert.getSourceSelectStatement() instanceof QuerySpec missing
                    && missing.getWhereClauseRestrictions() instanceof ExistsPredicate exists
                    && exists.getExpression().getQueryPart() instanceof QuerySpec rows) {
                rows.applyPredicate(keyed(null, getEntityDescriptor(), insert.getReturningColumns(), null));
            }
        }

        @Override
        protected Predicate createIdSubQueryPredicate(
                List<? extends Expression> columns,
                CteStatement ids,
                @Nullable ModelPart target,
                SessionFactoryImplementor factory) {
            return keyed(
                    super.createIdSubQueryPredicate(columns, ids, target, factory),
                    getEntityDescriptor(),
                    columns,
                    target);
        }
    }
}
