package io.shardloom.hibernate.internal.bulk;

import java.util.List;
import java.util.function.BiConsumer;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.SoftDeleteMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.spi.QueryParameterBindings;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.sql.internal.StandardSqmTranslator;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.from.SqmJoin;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.hibernate.sql.ast.spi.SqlAstCreationContext;
import org.hibernate.sql.ast.tree.MutationStatement;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.expression.SelfRenderingSqlFragmentExpression;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.insert.Values;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.hibernate.sql.ast.tree.select.QuerySpec;
import org.hibernate.sql.ast.tree.update.Assignable;
import org.hibernate.sql.results.internal.SqlSelectionImpl;

/**
 * Hibernate's translation of bulk statements, with inserts that say of rows under soft delete that they are there, and with
 * every join held to the key.
 */
public final class KeyedTranslator extends StandardSqmTranslator<MutationStatement> {
    /**
     * Creates the translator of one statement.
     *
     * @param statement what {@link BulkRules} returned
     * @param options as of Hibernate's own
     * @param parameters as of Hibernate's own
     * @param bindings as of Hibernate's own
     * @param influencers as of Hibernate's own
     * @param context as of Hibernate's own
     */
    public KeyedTranslator(
            SqmDmlStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context) {
        super(statement, options, parameters, bindings, influencers, context, false);
    }

    @Override
    protected TableGroup consumeExplicitJoin(
            SqmJoin<?, ?> join, TableGroup before, TableGroup owner, boolean transitive) {
        KeyedJoins.check(join, getCreationContext().getMappingMetamodel(), getLoadQueryInfluencers());
        var rows = super.consumeExplicitJoin(join, before, owner, transitive);
        KeyedJoins.restrict(
                join,
                rows,
                found -> additionalRestrictions = Predicate.combinePredicates(additionalRestrictions, found),
                this);
        return rows;
    }

    @Override
    public AdditionalInsertValues visitInsertionTargetPaths(
            BiConsumer<Assignable, List<ColumnReference>> targets,
            SqmInsertStatement<?> statement,
            EntityPersister persister,
            TableGroup rows) {
        var values = super.visitInsertionTargetPaths(targets, statement, persister, rows);
        var deleted = persister.getSoftDeleteMapping();
        if (deleted == null || deleted.getWriteExpression() == null) { // a time of deletion is null by itself
            return values;
        }
        var column = new ColumnReference(rows.resolveTableReference(deleted.getTableName()), deleted);
        targets.accept(column, List.of(column));
        return new NotDeleted(values, deleted);
    }

    private static final class NotDeleted extends AdditionalInsertValues {
        private final AdditionalInsertValues others;
        private final Expression value;

        NotDeleted(AdditionalInsertValues others, SoftDeleteMapping deleted) {
            super(null, null, null, null);
            this.others = others;
            this.value = new SelfRenderingSqlFragmentExpression(deleted.getWriteExpression());
        }

        @Override
        public void applyValues(Values values) {
            others.applyValues(values);
            values.getExpressions().add(value);
        }

        @Override
        public boolean applySelections(QuerySpec rows, SessionFactoryImplementor factory) {
            boolean numbered = others.applySelections(rows, factory);
            rows.getSelectClause().addSqlSelection(new SqlSelectionImpl(value));
            return numbered;
        }

        @Override
        public boolean requiresRowNumberIntermediate() {
            return others.requiresRowNumberIntermediate();
        }
    }
}
