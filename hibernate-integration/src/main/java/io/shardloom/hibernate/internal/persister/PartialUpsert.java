package io.shardloom.hibernate.internal.persister;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.entity.mutation.MergeCoordinatorStandard;
import org.hibernate.persister.entity.mutation.UpdateCoordinator;
import org.hibernate.sql.model.ast.builder.TableUpdateBuilder;

/**
 * Hibernate's upsert, for attributes that write some of their columns only, such as an association that shares the key
 * column: Hibernate puts all of them into the statement and gives the others no value.
 */
final class PartialUpsert extends MergeCoordinatorStandard {
    private PartialUpsert(EntityPersister persister, SessionFactoryImplementor factory) {
        super(persister, factory);
    }

    /** Returns the upsert of an entity; Hibernate's own where it will do. */
    static UpdateCoordinator of(EntityPersister persister, UpdateCoordinator hibernates) {
        return hibernates.getClass() == MergeCoordinatorStandard.class && hasPartialAttribute(persister)
                ? new PartialUpsert(persister, persister.getFactory())
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

    private static boolean isWritten(SelectableMapping column) {
        return column.isInsertable() || column.isUpdateable();
    }

    @Override
    protected void forEachUpdatable(AttributeMapping attribute, TableUpdateBuilder<?> statement) {
        attribute.forEachSelectable((position, column) -> {
            if (isWritten(column)) {
                statement.accept(position, column);
            }
        });
    }
}
