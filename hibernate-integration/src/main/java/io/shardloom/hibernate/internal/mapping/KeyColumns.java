package io.shardloom.hibernate.internal.mapping;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.KeyValue;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.Value;
import org.jspecify.annotations.Nullable;

/** Finds the column that holds the shard key in each table of an entity. */
final class KeyColumns {
    private KeyColumns() {}

    /** Returns the mapped attribute at a path, or null. */
    static @Nullable Property property(RootClass root, String path) {
        int dot = path.indexOf('.');
        var name = path.substring(dot + 1);
        if (dot >= 0 || isPartOfId(root, name)) {
            return root.getIdentifier() instanceof Component id && id.hasProperty(name)
                    ? id.getProperty(name)
                    : root.getIdentifierProperty();
        }
        return root.getPropertyClosure().stream()
                .filter(p -> p.getName().equals(name))
                .findFirst()
                .orElseGet(() -> root.getSubclasses().stream()
                        .flatMap(s -> s.getProperties().stream())
                        .filter(p -> p.getName().equals(name))
                        .findFirst()
                        .orElse(null));
    }

    /** Tells whether the attribute at a path is the id or a part of it. */
    static boolean isPartOfId(RootClass root, String path) {
        var name = path.substring(path.indexOf('.') + 1);
        if (root.getIdentifier() instanceof Component id) {
            return id.hasProperty(name) && (path.indexOf('.') >= 0 || !root.hasIdentifierProperty());
        }
        return root.hasIdentifierProperty()
                && root.getIdentifierProperty().getName().equals(name);
    }

    /** Returns the key column of each table: the entity's, its subclasses', secondary and collection tables. */
    static Map<Table, ShardedTable> of(RootClass root, EntityHome.Sharded home, InFlightMetadataCollector metadata) {
        var found = new LinkedHashMap<Table, ShardedTable>();
        var path = String.join(".", home.path());
        var property = property(root, path);
        if (property == null) {
            return found;
        }
        var rootColumn = (Column) property.getSelectables().get(0);
        found.put(root.getTable(), new ShardedTable(home.group(), rootColumn));
        for (var subclass : root.getSubclasses()) {
            var own = subclass.getTable().getColumn(rootColumn);
            if (own != null) {
                found.putIfAbsent(subclass.getTable(), new ShardedTable(home.group(), own));
            }
        }
        if (!home.partOfId()) {
            return found;
        }

        int position = root.getIdentifier().getColumns().indexOf(rootColumn);
        for (var subclass : root.getSubclasses()) {
            if (subclass.isJoinedSubclass()) {
                put(found, home, subclass.getTable(), subclass.getKey(), position);
            }
            subclass.getJoins().forEach(join -> put(found, home, join.getTable(), join.getKey(), position));
        }
        root.getJoins().forEach(join -> put(found, home, join.getTable(), join.getKey(), position));
        for (var collection : metadata.getCollectionBindings()) {
            if (!collection.isOneToMany()
                    && collection.getOwner() != null
                    && collection.getOwner().getRootClass() == root) {
                put(found, home, collection.getCollectionTable(), collection.getKey(), position);
            }
        }
        return found;
    }

    private static void put(
            Map<Table, ShardedTable> found, EntityHome.Sharded home, Table table, KeyValue key, int position) {
        List<Column> columns = ((Value) key).getColumns();
        if (position >= 0 && position < columns.size()) {
            found.putIfAbsent(table, new ShardedTable(home.group(), columns.get(position)));
        }
    }
}
