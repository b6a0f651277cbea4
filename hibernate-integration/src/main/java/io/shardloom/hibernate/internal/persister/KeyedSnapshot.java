package io.shardloom.hibernate.internal.persister;

import java.util.ArrayList;
import java.util.Arrays;
import org.hibernate.LockOptions;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.loader.ast.internal.LoaderSqlAstCreationState;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.query.sqm.sql.FromClauseIndex;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.spi.SqlAliasBaseManager;
import org.hibernate.sql.ast.tree.expression.QueryLiteral;
import org.hibernate.sql.ast.tree.predicate.ComparisonPredicate;
import org.hibernate.sql.ast.tree.select.QuerySpec;
import org.hibernate.sql.ast.tree.select.SelectStatement;
import org.hibernate.sql.exec.internal.BaseExecutionContext;
import org.hibernate.sql.exec.internal.JdbcParameterBindingsImpl;
import org.hibernate.sql.exec.internal.SqlTypedMappingJdbcParameter;
import org.hibernate.sql.exec.spi.JdbcParametersList;
import org.hibernate.sql.exec.spi.JdbcSelect;
import org.hibernate.sql.results.graph.DomainResult;
import org.hibernate.sql.results.graph.internal.ImmutableFetchList;
import org.hibernate.sql.results.internal.RowTransformerArrayImpl;
import org.hibernate.sql.results.spi.ListResultsConsumer;
import org.hibernate.type.StandardBasicTypes;
import org.jspecify.annotations.Nullable;

/**
 * Reads the state of a row whose key is beside the id, to tell whether it is there. Hibernate's own statement names the
 * row by its id alone, and so may find the row of another key. Thread-safe.
 */
@SuppressWarnings("removal") // LockOptions are what Hibernate takes
final class KeyedSnapshot {
    private final EntityPersister persister;
    private final JdbcSelect select;
    private final JdbcParametersList parameters;

    KeyedSnapshot(EntityPersister persister, KeyPredicate key) {
        this.persister = persister;
        var factory = persister.getFactory();
        var query = new QuerySpec(true);
        var state = new LoaderSqlAstCreationState(
                query,
                new SqlAliasBaseManager(),
                new FromClauseIndex(null),
                LockOptions.NONE,
                (parent, creation) -> ImmutableFetchList.EMPTY,
                true,
                new LoadQueryInfluencers(factory),
                factory.getSqlTranslationEngine());
        var path = new NavigablePath(persister.getEntityName());
        var rows = persister.createRootTableGroup(true, path, null, null, () -> query::applyPredicate, state);
        query.getFromClause().addRoot(rows);
        state.getFromClauseAccess().registerTableGroup(path, rows);

        var results = new ArrayList<DomainResult<?>>();
        var number = factory.getTypeConfiguration().getBasicTypeRegistry().resolve(StandardBasicTypes.INTEGER);
        results.add(new QueryLiteral<Integer>(null, number).createDomainResult(null, state)); // where there is no other
        var given =
                JdbcParametersList.newBuilder(persister.getIdentifierMapping().getJdbcTypeCount());
        persister.getIdentifierMapping().forEachSelectable((position, column) -> {
            var parameter = new SqlTypedMappingJdbcParameter(column);
            given.add(parameter);
            var table = rows.resolveTableReference(column.getContainingTableExpression());
            query.applyPredicate(new ComparisonPredicate(
                    state.getSqlExpressionResolver().resolveSqlExpression(table, column),
                    ComparisonOperator.EQUAL,
                    parameter));
        });
        key.apply(query::applyPredicate, rows, true, state);
        persister.forEachAttributeMapping(attribute -> {
            var result =
                    attribute.createSnapshotDomainResult(path.append(attribute.getAttributeName()), rows, null, state);
            if (result != null) {
                results.add(result);
            }
        });
        this.parameters = given.build();
        this.select = factory.getJdbcServices()
                .getJdbcEnvironment()
                .getSqlAstTranslatorFactory()
                .buildSelectTranslator(factory, new SelectStatement(query, results))
                .translate(null, QueryOptions.NONE);
    }

    /** Returns the values of the row's attributes, null where the session's key has no such row. */
    Object @Nullable [] load(Object id, SharedSessionContractImplementor session) {
        var bindings =
                new JdbcParameterBindingsImpl(persister.getIdentifierMapping().getJdbcTypeCount());
        bindings.registerParametersForEachJdbcValue(id, persister.getIdentifierMapping(), parameters, session);
        var found = session.getJdbcServices()
                .getJdbcSelectExecutor()
                .list(
                        select,
                        bindings,
                        new BaseExecutionContext(session),
                        RowTransformerArrayImpl.instance(),
                        null,
                        ListResultsConsumer.UniqueSemantic.FILTER,
                        1);
        if (found.isEmpty()) {
            return null;
        }
        var row = found.get(0);
        return Arrays.copyOfRange(row, 1, row.length);
    }
}
