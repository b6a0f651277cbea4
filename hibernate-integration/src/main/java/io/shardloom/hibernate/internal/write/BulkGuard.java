package io.shardloom.hibernate.internal.write;

import io.shardloom.hibernate.internal.bulk.BulkRules;
import io.shardloom.hibernate.internal.bulk.KeyedSelect;
import io.shardloom.hibernate.internal.bulk.KeyedTranslator;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.spi.QueryParameterBindings;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.sql.SqmTranslator;
import org.hibernate.query.sqm.sql.StandardSqmTranslatorFactory;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.sql.ast.spi.SqlAstCreationContext;
import org.hibernate.sql.ast.tree.MutationStatement;
import org.hibernate.sql.ast.tree.select.SelectStatement;

/** Puts the bulk statements that write one table under the {@link BulkRules}, and the joins of all statements under the key. */
public final class BulkGuard extends StandardSqmTranslatorFactory {
    @Override
    public SqmTranslator<SelectStatement> createSelectTranslator(
            SqmSelectStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context,
            boolean once) {
        return new KeyedSelect(statement, options, parameters, bindings, influencers, context, once);
    }

    @Override
    public SqmTranslator<? extends MutationStatement> createMutationTranslator(
            SqmDmlStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context) {
        var persister = context.getMappingMetamodel()
                .getEntityDescriptor(statement.getTarget().getEntityName());
        return new KeyedTranslator(
                BulkRules.keyed(statement, persister, influencers),
                options,
                parameters,
                bindings,
                influencers,
                context);
    }
}
