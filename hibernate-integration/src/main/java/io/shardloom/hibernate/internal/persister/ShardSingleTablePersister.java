package io.shardloom.hibernate.internal.persister;

import io.shardloom.hibernate.internal.bulk.KeyedInsertStrategy;
import io.shardloom.hibernate.internal.bulk.KeyedMutationStrategy;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.readonly.ReadOnlyWork;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.hibernate.LockMode;
import org.hibernate.Locking;
import org.hibernate.cache.spi.access.EntityDataAccess;
import org.hibernate.cache.spi.access.NaturalIdDataAccess;
import org.hibernate.dialect.lock.LockingStrategy;
import org.hibernate.dialect.lock.internal.SqlAstBasedLockingStrategy;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.loader.ast.spi.MultiIdLoadOptions;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.metamodel.mapping.EntityMappingType;
import org.hibernate.metamodel.mapping.TableDetails;
import org.hibernate.metamodel.spi.RuntimeModelCreationContext;
import org.hibernate.persister.entity.SingleTableEntityPersister;
import org.hibernate.persister.entity.mutation.DeleteCoordinator;
import org.hibernate.persister.entity.mutation.DeleteCoordinatorSoft;
import org.hibernate.persister.entity.mutation.UpdateCoordinator;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableInsertStrategy;
import org.hibernate.query.sqm.mutation.spi.SqmMultiTableMutationStrategy;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.spi.SqlAliasBase;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/** Hibernate's {@link SingleTableEntityPersister} with the key predicate. */
public final class ShardSingleTablePersister extends SingleTableEntityPersister implements KeyedPersister {
    private @Nullable KeyPredicate key;
    private volatile @Nullable UpdateCoordinator upsert;
    private volatile @Nullable DeleteCoordinator delete;
    private volatile @Nullable KeyedSnapshot snapshot;

    /**
     * Called by Hibernate.
     *
     * @param entity the boot model of the entity
     * @param cache its second-level cache region, or null
     * @param naturalIdCache its natural-id cache region, or null
     * @param context the model under construction
     */
    public ShardSingleTablePersister(
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

    /** A row of a reference table that another part of the cluster session has is there when this part is flushed. */
    @Override
    public @Nullable Boolean isTransient(Object entity, SharedSessionContractImplementor session) {
        return isKnownReference(entity, session) ? Boolean.FALSE : super.isTransient(entity, session);
    }

    /** Asked by Hibernate where it does not know whether an entity is new or detached. */
    @Override
    public Object @Nullable [] getDatabaseSnapshot(Object id, SharedSessionContractImplementor session) {
        key().requireOwn(id, session);
        if (!key().isBesideId() || session.getTenantIdentifierValue() instanceof NodeScope) {
            return super.getDatabaseSnapshot(id, session);
        }
        var known = snapshot;
        if (known == null) {
            known = new KeyedSnapshot(this, key());
            snapshot = known;
        }
        return known.load(id, session);
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

    /** Hibernate gives no place for the predicate of soft delete where it refers to the row an insert could not make. */
    @Override
    public TableGroup createRootTableGroup(
            boolean canUseInnerJoins,
            NavigablePath path,
            @Nullable String alias,
            @Nullable SqlAliasBase aliasBase,
            @Nullable Supplier<@Nullable Consumer<Predicate>> predicates,
            SqlAstCreationState state) {
        return super.createRootTableGroup(
                canUseInnerJoins,
                path,
                alias,
                aliasBase,
                predicates == null || predicates.get() != null ? predicates : () -> ignored -> {},
                state);
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

    @Override
    public DeleteCoordinator getDeleteCoordinator() {
        var standard = super.getDeleteCoordinator();
        if (!key().isBesideId()) {
            return standard;
        }
        var known = delete;
        if (known == null) {
            known = standard instanceof DeleteCoordinatorSoft
                    ? new KeyedSoftDelete(this, getFactory())
                    : new KeyedDelete(this, getFactory());
            delete = known;
        }
        return known;
    }

    @Override
    @SuppressWarnings("removal") // Hibernate's own signature
    protected LockingStrategy generateLocker(LockMode mode, Locking.Scope scope) {
        var standard = super.generateLocker(mode, scope);
        return key().isBesideId() && standard instanceof SqlAstBasedLockingStrategy
                ? new KeyedLock(this, mode, scope)
                : standard;
    }

    /** As Hibernate's own, with the key in the statement where the id alone does not name one row. */
    @Override
    public @Nullable Object getCurrentVersion(Object id, SharedSessionContractImplementor session) {
        if (!key().isBesideId() || !isVersioned() || session.getTenantIdentifierValue() instanceof NodeScope) {
            return super.getCurrentVersion(id, session);
        }
        var sql = getVersionSelectString() + " and " + key().sql();
        var jdbc = session.getJdbcCoordinator();
        try {
            var statement = jdbc.getStatementPreparer().prepareStatement(sql);
            var resources = jdbc.getLogicalConnection().getResourceRegistry();
            try {
                getIdentifierType().nullSafeSet(statement, id, 1, session);
                key().parameter().bind(statement, getIdentifierMapping().getJdbcTypeCount() + 1, session);
                var found = jdbc.getResultSetReturn().extract(statement, sql);
                return found.next()
                        ? getVersionMapping()
                                .getJdbcMapping()
                                .getJdbcValueExtractor()
                                .extract(found, 1, session)
                        : null;
            } finally {
                resources.release(statement);
                jdbc.afterStatementExecution();
            }
        } catch (SQLException e) {
            throw session.getJdbcServices()
                    .getSqlExceptionHelper()
                    .convert(e, "Cannot read the version of " + getEntityName() + " " + id, sql);
        }
    }
}
