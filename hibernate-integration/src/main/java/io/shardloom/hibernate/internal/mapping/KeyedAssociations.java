package io.shardloom.hibernate.internal.mapping;

import java.util.Map;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.ManyToOne;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.Table;

/**
 * Lets an association share the key column of its table: the key attribute writes the column, and the association writes
 * the others. Hibernate has no annotation for that, and would put the column into each insert twice.
 */
public final class KeyedAssociations {
    private final Map<Table, ShardedTable> tables;
    private final InFlightMetadataCollector metadata;

    /**
     * Creates a pass over the boot model of one unit.
     *
     * @param tables the sharded tables and their key columns
     * @param metadata Hibernate's boot model, its foreign keys complete
     */
    public KeyedAssociations(Map<Table, ShardedTable> tables, InFlightMetadataCollector metadata) {
        this.tables = tables;
        this.metadata = metadata;
    }

    /** Changes the boot model; to be called once. */
    public void shape() {
        for (var entity : metadata.getEntityBindingMap().values()) {
            var parts = entity.getIdentifierMapper();
            for (var property : entity.getProperties()) {
                if (property.getValue() != parts) {
                    shape(entity, property);
                }
            }
        }
    }

    private void shape(PersistentClass entity, Property property) {
        if (property.getValue() instanceof Component component) {
            component.getProperties().forEach(part -> shape(entity, part));
        } else if (property.getValue() instanceof ManyToOne association) {
            var sharded = tables.get(association.getTable());
            if (sharded != null && !association.hasFormula() && writes(association, sharded.keyColumn())) {
                property.setValue(withoutKey(association, sharded.keyColumn()));
            }
        }
    }

    private static boolean writes(ManyToOne association, Column key) {
        int position = association.getColumns().indexOf(key);
        return position >= 0 && (association.isColumnInsertable(position) || association.isColumnUpdateable(position));
    }

    /** Hibernate takes what each column does when it is added, and not again. */
    private static ManyToOne withoutKey(ManyToOne old, Column key) {
        var made = new ManyToOne(old.getBuildingContext(), old.getTable());
        int position = 0;
        for (var column : old.getColumns()) {
            boolean isKey = column.equals(key);
            made.addColumn(
                    column, !isKey && old.isColumnInsertable(position), !isKey && old.isColumnUpdateable(position));
            position++;
        }
        made.setReferencedEntityName(old.getReferencedEntityName());
        made.setReferencedPropertyName(old.getReferencedPropertyName());
        made.setReferenceToPrimaryKey(old.isReferenceToPrimaryKey());
        made.setPropertyName(old.getPropertyName());
        made.setSorted(old.isSorted());
        made.setFetchMode(old.getFetchMode());
        made.setLazy(old.isLazy());
        made.setUnwrapProxy(old.isUnwrapProxy());
        made.setUnwrapProxyImplicit(old.isUnwrapProxyImplicit());
        made.setNotFoundAction(old.getNotFoundAction());
        if (old.isLogicalOneToOne()) {
            made.markAsLogicalOneToOne();
        }
        made.setTypeName(old.getTypeName());
        made.setAlternateUniqueKey(old.isAlternateUniqueKey());
        made.setOnDeleteAction(old.getOnDeleteAction());
        made.setForeignKeyName(old.getForeignKeyName());
        made.setForeignKeyDefinition(old.getForeignKeyDefinition());
        made.setForeignKeyOptions(old.getForeignKeyOptions());
        if (!old.isForeignKeyEnabled()) {
            made.disableForeignKey();
        }
        return made;
    }
}
