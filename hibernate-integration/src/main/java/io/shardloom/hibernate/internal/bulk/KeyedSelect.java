package io.shardloom.hibernate.internal.bulk;

import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.spi.QueryParameterBindings;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.sql.internal.StandardSqmTranslator;
import org.hibernate.query.sqm.tree.from.SqmJoin;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.sql.ast.spi.SqlAstCreationContext;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.hibernate.sql.ast.tree.select.SelectStatement;

/** Hibernate's translation of selects, with every join held to the key. */
public final class KeyedSelect extends StandardSqmTranslator<SelectStatement> {
    /**
     * Creates the translator of one statement.
     *
     * @param statement as of Hibernate's own
     * @param options as of Hibernate's own
     * @param parameters as of Hibernate's own
     * @param bindings as of Hibernate's own
     * @param influencers as of Hibernate's own
     * @param context as of Hibernate's own
     * @param once as of Hibernate's own
     */
    public KeyedSelect(
            SqmSelectStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context,
            boolean once) {
        super(statement, options, parameters, bindings, influencers, context, once);
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
}
