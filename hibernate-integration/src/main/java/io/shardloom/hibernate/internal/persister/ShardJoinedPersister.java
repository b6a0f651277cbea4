package io.shardloom.hibernate.internal.persister;

import io.shardloom.hibernate.internal.bulk.KeyedInsertStrategy;
import io.shardloom.hibernate.internal.bulk.KeyedMutationStrategy;
import io.shardloom.hibernate.internal.readonly.ReadOnlyWork;
import java.util.List;
import java.util.function.Consumer;
import org.hibernate.LockMode;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.NaturalIdDataAccess;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.loader.ast.spi.MultiIdLoadOptions;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.TableDetails;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.persister.entity.JoinedSubclassEntityPersister;
import org.hibernate.persister.entity.mutation.UpdateCoordinator;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableInsertStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategy;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/** Hibernate's {@link JoinedSubclassEntityPersister} with the key predicate. */
public final class ShardJoinedPersister extends JoinedSubclassEntityPersister implements KeyedPersister {
    private @Nullable KeyPredicate key;
    private volatile @Nullable UpdateCoordinator upsert;

    /**
     * Called by Hibernate.
     *
     * @param entity the boot model of the entity
     * @param cache its second-level cache region, or null
     * @param naturalIdCache its natural-id cache region, or null
     * @param context the model under construction
     */
    public ShardJoinedPersister(
            PersistentClass entity,
            @Nullable EntityDataAccess cache,
            @Nullable NaturalIdDataAccess naturalIdCache,
            RuntimeModelCreationContext context) {
        super(entity, cache, naturalIdCache, context);
    }

    @Override
    public KeyPredicate key() {
        var known = key; // Hibernate's constructor may ask before ours has run
        if (known == null) {
            known = KeyPredicate.of(this);
            key = known;
        }
        return known;
    }

    /** As Hibernate's own, of an id that may be the rest of one. */
    @Override
    public @Nullable Object load(
            Object id, @Nullable Object entity, LockMode lock, SharedSessionContractImplementor session) {
        return super.load(keyedId().whole(id, session), entity, lock, session);
    }

    /** Asked by Hibernate where it does not know whether an entity is new or detached. */
    @Override
    public Object @Nullable [] getDatabaseSnapshot(Object id, SharedSessionContractImplementor session) {
        key().requireOwn(id, session);
        return super.getDatabaseSnapshot(id, session);
    }

    /** As Hibernate's own, of ids of which some may be the rest of one. */
    @Override
    public List<?> multiLoad(Object[] ids, SharedSessionContractImplementor session, MultiIdLoadOptions options) {
        ReadOnlyWork.refuseLock(session, options.getLockOptions(), getEntityName());
        return super.multiLoad(keyedId().whole(ids, session), session, options);
    }

    /** As Hibernate's own, of an id that may be the rest of one. */
    @Override
    public EntityMappingType resolveConcreteProxyTypeForId(Object id, SharedSessionContractImplementor session) {
        return super.resolveConcreteProxyTypeForId(keyedId().whole(id, session), session);
    }

    @Override
    public UpdateCoordinator getMergeCoordinator() {
        var known = upsert;
        if (known == null) {
            known = KeyedUpsert.of(this, key(), super.getMergeCoordinator());
            upsert = known;
        }
        return known;
    }

    @Override
    public @Nullable SqmMultiTableInsertStrategy getSqmMultiTableInsertStrategy() {
        return KeyedInsertStrategy.of(this, super.getSqmMultiTableInsertStrategy());
    }

    @Override
    public @Nullable SqmMultiTableMutationStrategy getSqmMultiTableMutationStrategy() {
        return KeyedMutationStrategy.of(this, super.getSqmMultiTableMutationStrategy());
    }

    @Override
    public void forEachTableDetails(Consumer<TableDetails> consumer) {
        super.forEachTableDetails(table -> consumer.accept(LockedTable.of(table, this)));
    }

    @Override
    public boolean hasWhereRestrictions() {
        return key().restricts() || super.hasWhereRestrictions();
    }

    @Override
    public void applyWhereRestrictions(
            Consumer<Predicate> out, TableGroup rows, boolean useQualifier, SqlAstCreationState state) {
        super.applyWhereRestrictions(out, rows, useQualifier, state);
        key().apply(out, rows, useQualifier, state);
    }
}
