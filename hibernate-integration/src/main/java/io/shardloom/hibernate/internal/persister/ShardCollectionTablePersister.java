package io.shardloom.hibernate.internal.persister;

import java.util.function.Consumer;
import org.hibernate.MappingException;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.cache.CacheException;
import org.hibernate.cache.spi.access.CollectionDataAccess;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.mapping.Collection;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.persister.collection.BasicCollectionPersister;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's {@link BasicCollectionPersister}, of a collection with a table of its own, with the key predicate of the entities it
 * links to.
 */
public final class ShardCollectionTablePersister extends BasicCollectionPersister {
    /**
     * Called by Hibernate.
     *
     * @param collection the boot model of the collection
     * @param cache its second-level cache region, or null
     * @param context the model under construction
     * @throws MappingException as Hibernate's own
     * @throws CacheException as Hibernate's own
     */
    public ShardCollectionTablePersister(
            Collection collection, @Nullable CollectionDataAccess cache, RuntimeModelCreationContext context)
            throws MappingException, CacheException {
        super(collection, cache, context);
    }

    /** The mark of a session that sees a whole node hides no row, so it is no reason to refuse a change of all rows. */
    @Override
    public boolean isAffectedByEnabledFilters(SharedSessionContractImplementor session) {
        var filters = session.getLoadQueryInfluencers().getEnabledFilters();
        var mark = filters.remove(TenantIdBinder.FILTER_NAME);
        try {
            return super.isAffectedByEnabledFilters(session);
        } finally {
            if (mark != null) {
                filters.put(TenantIdBinder.FILTER_NAME, mark);
            }
        }
    }

    /** Hibernate joins the entities that an {@code @ManyToAny} may lead to, and does not ask for their filters. */
    @Override
    public boolean isAffectedByEnabledFilters(LoadQueryInfluencers influencers, boolean onlyByKey) {
        return (getElementType().isAnyType() && influencers.getEnabledFilter(TenantIdBinder.FILTER_NAME) != null)
                || super.isAffectedByEnabledFilters(influencers, onlyByKey);
    }

    @Override
    public boolean hasWhereRestrictions() {
        boolean keyed = getElementPersisterInternal() instanceof KeyedPersister elements
                && elements.key().restricts();
        return keyed || super.hasWhereRestrictions();
    }

    @Override
    public void applyWhereRestrictions(
            Consumer<Predicate> out, TableGroup rows, boolean useQualifier, @Nullable SqlAstCreationState state) {
        super.applyWhereRestrictions(out, rows, useQualifier, state);
        if (state == null) {
            return; // a bulk delete empties the join table of owners it has restricted already
        }
        if (getElementPersisterInternal() instanceof KeyedPersister keyed) {
            keyed.key().apply(out, rows, useQualifier, state);
        }
    }
}
