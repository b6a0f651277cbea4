package io.shardloom.hibernate.internal.mapping;

import io.shardloom.key.KeyType;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/**
 * What the annotations of a persistence unit say. Immutable once read.
 *
 * @param entities the home of each entity, by Hibernate's entity name
 * @param tables the key column of each sharded table: of entities, their secondary and collection tables
 * @param localTables the node of each table that exists on one node only
 * @param sequences the names used by {@code @GlobalSequence}
 */
public record ShardedModel(
        Map<String, EntityHome> entities,
        Map<Table, ShardedTable> tables,
        Map<Table, String> localTables,
        Set<String> sequences) {

    /** Copies what it is given. */
    public ShardedModel {
        entities = Map.copyOf(entities);
        tables = Map.copyOf(tables);
        localTables = Map.copyOf(localTables);
        sequences = Set.copyOf(new TreeSet<>(sequences));
    }

    /**
     * Returns the home of an entity.
     *
     * @param entityName Hibernate's name of it
     * @return null if the name is not one of the unit's entities
     */
    public @Nullable EntityHome home(String entityName) {
        return entities.get(entityName);
    }

    /**
     * Returns the key type each group has by the mapping.
     *
     * @return group name to key type
     */
    public Map<String, KeyType> keyTypes() {
        var types = new TreeMap<String, KeyType>();
        for (var home : entities.values()) {
            if (home instanceof EntityHome.Sharded sharded) {
                types.put(sharded.group(), sharded.keyType());
            }
        }
        return types;
    }
}
