package io.shardloom.hibernate.internal.persister;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.generator.values.GeneratedValues;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.EntityTableMapping;
import org.hibernate.persister.entity.mutation.MergeCoordinatorStandard;
import org.hibernate.persister.entity.mutation.UpdateCoordinator;
import org.hibernate.sql.model.MutationOperation;
import org.hibernate.sql.model.ast.builder.AbstractTableUpdateBuilder;
import org.hibernate.sql.model.ast.builder.TableUpdateBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Hibernate's upsert, for what it does not know:
 *
 * <ul>
 *   <li>A key beside the id. Hibernate names it among the values and again among the restrictions; here it is a
 *       restriction alone, so a row is found by id and key, and is inserted with both.
 *   <li>Attributes that write some of their columns only, such as an association that shares the key column. Hibernate
 *       puts all of them into the statement and gives the others no value.
 *   <li>Soft delete. Hibernate inserts rows without saying that they are there; here an upserted row always is.
 * </ul>
 */
final class KeyedUpsert extends MergeCoordinatorStandard {
    private final KeyPredicate key;

    private KeyedUpsert(EntityPersister persister, KeyPredicate key, SessionFactoryImplementor factory) {
        super(persister, factory);
        this.key = key;
    }

    /** Returns the upsert of an entity; Hibernate's own where it will do. */
    static UpdateCoordinator of(EntityPersister persister, KeyPredicate key, UpdateCoordinator hibernates) {
        boolean special =
                key.isBesideId() || persister.getSoftDeleteMapping() != null || hasPartialAttribute(persister);
        return special && hibernates.getClass() == MergeCoordinatorStandard.class
                ? new KeyedUpsert(persister, key, persister.getFactory())
                : hibernates;
    }

    private static boolean hasPartialAttribute(EntityPersister persister) {
        for (int i = 0; i < persister.getNumberOfAttributeMappings(); i++) {
            var columns = new int[2];
            persister
                    .getAttributeMapping(i)
                    .forEachSelectable((position, column) -> columns[isWritten(column) ? 1 : 0]++);
            if (columns[0] > 0 && columns[1] > 0) {
                return true;
            }
        }
        return false;
    }

    /** A key beside the id is the one column of ours that is marked as partitioning its table. */
    private static boolean isWritten(SelectableMapping column) {
        return !column.isPartitioned() && (column.isInsertable() || column.isUpdateable());
    }

    @Override
    protected boolean isColumnIncludedInSet(SelectableMapping column) {
        return isWritten(column);
    }

    @Override
    protected void forEachUpdatable(AttributeMapping attribute, TableUpdateBuilder<?> statement) {
        attribute.forEachSelectable((position, column) -> {
            if (isWritten(column)) {
                statement.accept(position, column);
            }
        });
    }

    @Override
    protected <O extends MutationOperation> AbstractTableUpdateBuilder<O> newTableUpdateBuilder(
            EntityTableMapping table) {
        AbstractTableUpdateBuilder<O> statement = super.newTableUpdateBuilder(table);
        var deleted = entityPersister().getSoftDeleteMapping();
        if (deleted != null
                && deleted.getWriteExpression() != null // a time of deletion is null by itself
                && table.getTableName().equals(deleted.getTableName())) {
            statement.addValueColumn(deleted.getWriteExpression(), deleted);
        }
        return statement;
    }

    @Override
    public @Nullable GeneratedValues update(
            Object entity,
            Object id,
            @Nullable Object rowId,
            Object[] values,
            @Nullable Object oldVersion,
            Object @Nullable [] oldValues,
            int @Nullable [] dirtyAttributes,
            boolean hasDirtyCollection,
            SharedSessionContractImplementor session) {
        var home = key.home();
        if (home != null && !home.partOfId()) {
            int position =
                    entityPersister().findAttributeMapping(home.attribute()).getStateArrayPosition();
            if (values[position] == null) {
                values[position] = key.parameter().key(session).value();
                entityPersister().setValue(entity, position, values[position]);
            }
        }
        return super.update(
                entity, id, rowId, values, oldVersion, oldValues, dirtyAttributes, hasDirtyCollection, session);
    }
}
