package io.shardloom.hibernate.internal.persister;

import java.util.function.Consumer;
import org.hibernate.MappingException;
import org.hibernate.cache.CacheException;
import org.hibernate.cache.spi.access.CollectionDataAccess;
import org.hibernate.mapping.Collection;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.persister.collection.BasicCollectionPersister;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/** Hibernate's {@link BasicCollectionPersister} with the key predicate of the entities it links to. */
public final class ShardManyToManyPersister extends BasicCollectionPersister {
    /**
     * Called by Hibernate.
     *
     * @param collection the boot model of the collection
     * @param cache its second-level cache region, or null
     * @param context the model under construction
     * @throws MappingException as Hibernate's own
     * @throws CacheException as Hibernate's own
     */
    public ShardManyToManyPersister(
            Collection collection, @Nullable CollectionDataAccess cache, RuntimeModelCreationContext context)
            throws MappingException, CacheException {
        super(collection, cache, context);
    }

    @Override
    public boolean hasWhereRestrictions() {
        boolean keyed = getElementPersister() instanceof KeyedPersister elements
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
        if (getElementPersister() instanceof KeyedPersister keyed) {
            keyed.key().apply(out, rows, useQualifier, state);
        }
    }
}
