package io.shardloom.hibernate.internal.schema;

import io.shardloom.hibernate.internal.mapping.ShardedTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.dialect.Dialect;
import org.hibernate.mapping.CheckConstraint;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.Table;

/**
 * A table that has two columns for one thing: its own key, and the key of the rows it points to, as link tables and
 * associations with join columns of their own have. A row points to rows of its own key, and PostgreSQL can hold that.
 *
 * @param table the table that points
 * @param sharded its group and key column
 * @param reference the column of a foreign key that refers to the other's key column
 */
record SameKeyCheck(Table table, ShardedTable sharded, Column reference) {
    /** Returns the checks of all sharded tables, one for each such column; to be called when the keys are complete. */
    static List<SameKeyCheck> of(Map<Table, ShardedTable> tables) {
        var found = new ArrayList<SameKeyCheck>();
        tables.forEach((table, sharded) -> {
            for (ForeignKey foreignKey : table.getForeignKeyCollection()) {
                var target = tables.get(foreignKey.getReferencedTable());
                if (target != null && target.group().equals(sharded.group())) {
                    int position = referenced(foreignKey).indexOf(target.keyColumn());
                    var reference = position < 0 ? sharded.keyColumn() : foreignKey.getColumn(position);
                    var check = new SameKeyCheck(table, sharded, reference);
                    if (!reference.equals(sharded.keyColumn()) && !found.contains(check)) {
                        found.add(check);
                    }
                }
            }
        });
        return found;
    }

    private static List<Column> referenced(ForeignKey foreignKey) {
        return foreignKey.getReferencedColumns().isEmpty()
                ? foreignKey.getReferencedTable().getPrimaryKey().getColumns()
                : foreignKey.getReferencedColumns();
    }

    Column key() {
        return sharded.keyColumn();
    }

    /** Puts the constraint into the table's definition, without a name, so that PostgreSQL makes one that is free. */
    void add(Dialect dialect) {
        table.addCheck(new CheckConstraint(reference.getQuotedName(dialect) + " = " + key().getQuotedName(dialect)));
    }
}
