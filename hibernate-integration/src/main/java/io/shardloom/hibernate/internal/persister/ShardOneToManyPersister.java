package io.shardloom.hibernate.internal.persister;

import java.util.function.Consumer;
import org.hibernate.MappingException;
import org.hibernate.cache.CacheException;
import org.hibernate.cache.spi.access.CollectionDataAccess;
import org.hibernate.mapping.Collection;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.persister.collection.OneToManyPersister;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/** Hibernate's {@link OneToManyPersister} with the key predicate of its elements. */
public final class ShardOneToManyPersister extends OneToManyPersister {
    /**
     * Called by Hibernate.
     *
     * @param collection the boot model of the collection
     * @param cache its second-level cache region, or null
     * @param context the model under construction
     * @throws MappingException as Hibernate's own
     * @throws CacheException as Hibernate's own
     */
    public ShardOneToManyPersister(
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
            Consumer<Predicate> out, TableGroup rows, boolean useQualifier, SqlAstCreationState state) {
        super.applyWhereRestrictions(out, rows, useQualifier, state);
        if (getElementPersister() instanceof KeyedPersister keyed) {
            keyed.key().apply(out, rows, useQualifier, state);
        }
    }
}
