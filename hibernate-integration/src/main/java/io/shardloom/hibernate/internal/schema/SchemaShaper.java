package io.shardloom.hibernate.internal.schema;

import io.shardloom.ddl.PartitionDdl;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.id.ShardKeyGenerator;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.hibernate.internal.mapping.KeyedAssociations;
import io.shardloom.hibernate.internal.mapping.ShardedModel;
import io.shardloom.hibernate.internal.mapping.ShardedTable;
import io.shardloom.topology.Layout;
import io.shardloom.topology.ShardGroup;
import io.shardloom.topology.Topology;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.relational.InitCommand;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.engine.spi.FilterDefinition;
import org.hibernate.mapping.Column;
import org.hibernate.mapping.Component;
import org.hibernate.mapping.ForeignKey;
import org.hibernate.mapping.PrimaryKey;
import org.hibernate.mapping.Property;
import org.hibernate.mapping.RootClass;
import org.hibernate.mapping.SimpleValue;
import org.hibernate.mapping.Table;
import org.hibernate.mapping.UniqueKey;
import org.hibernate.type.descriptor.java.ObjectJavaType;
import org.hibernate.type.descriptor.jdbc.ObjectJdbcType;
import org.hibernate.type.internal.BasicTypeImpl;
import org.jspecify.annotations.Nullable;

/**
 * Gives Hibernate's tables the shape sharding needs: partitioned parents, the key in every primary and unique key,
 * composite foreign keys; and fills and freezes the key attribute.
 */
public final class SchemaShaper {
    private final ShardingRuntime runtime;
    private final Topology topology;
    private final ShardedModel model;
    private final InFlightMetadataCollector metadata;

    /**
     * Creates a shaper for the boot model of one unit.
     *
     * @param runtime the unit's sharding
     * @param model what its mapping says
     * @param metadata Hibernate's boot model, complete
     */
    public SchemaShaper(ShardingRuntime runtime, ShardedModel model, InFlightMetadataCollector metadata) {
        this.runtime = runtime;
        this.topology = runtime.topology();
        this.model = model;
        this.metadata = metadata;
    }

    /** Changes the boot model; to be called once. */
    public void shape() {
        metadata.addFilterDefinition(new FilterDefinition(
                TenantIdBinder.FILTER_NAME,
                "",
                false,
                true,
                Map.of(
                        TenantIdBinder.PARAMETER_NAME,
                        new BasicTypeImpl<>(ObjectJavaType.INSTANCE, ObjectJdbcType.INSTANCE)),
                Map.of()));
        new KeyedAssociations(model.tables(), metadata).shape();
        for (var entity : metadata.getEntityBindingMap().values()) {
            if (entity instanceof RootClass root
                    && model.home(root.getEntityName()) instanceof EntityHome.Sharded sharded) {
                fillAndFreezeKey(root, sharded);
                // Enabled in node sessions alone, and there it marks statements that are to see every key.
                root.addFilter(TenantIdBinder.FILTER_NAME, "1=1", true, Map.of(), Map.of());
            }
        }
        model.tables().forEach((table, sharded) -> {
            var group = topology.group(sharded.group());
            PartitionDdl.keyCollation(group).ifPresent(sharded.keyColumn()::setCollation);
            if (group.layout() == Layout.PARTITIONED) {
                partition(table, sharded, group);
            }
            putKeyFirst(table, sharded.keyColumn());
        });
        leaveOutForeignKeysToTablesOfOneNode();
        SameKeyCheck.of(model.tables())
                .forEach(check -> check.add(metadata.getDatabase().getDialect()));
        if (runtime.configuration().nodes().size() > 1) {
            metadata.getDatabase().addAuxiliaryDatabaseObject(new AtomicCommitObjects());
        }
        if (!model.sequences().isEmpty()) {
            metadata.getDatabase().addAuxiliaryDatabaseObject(new GlobalSequenceObjects(runtime, model.sequences()));
        }
        var rowSecurity = runtime.rowSecurity();
        if (rowSecurity != null) {
            new RowSecurityShaper(runtime, rowSecurity, model, metadata).shape();
        }
    }

    /** The tables of a group are on every node, also where it has no shard, and so no row that could point anywhere. */
    private void leaveOutForeignKeysToTablesOfOneNode() {
        for (var table : model.tables().keySet()) {
            for (ForeignKey foreignKey : table.getForeignKeyCollection()) {
                if (topology.nodes().size() > 1 && model.localTables().containsKey(foreignKey.getReferencedTable())) {
                    foreignKey.disableCreation();
                }
            }
        }
    }

    private void fillAndFreezeKey(RootClass root, EntityHome.Sharded home) {
        if (!home.partOfId()) {
            var property = root.getProperty(home.attribute());
            property.setUpdatable(false);
            property.setOptional(false);
            ((Column) property.getSelectables().get(0)).setNullable(false);
            if (property.getValueGeneratorCreator() == null) {
                property.setValueGeneratorCreator(context -> new ShardKeyGenerator(home));
            }
            ((SimpleValue) property.getValue()).setPartitionKey(true); // puts it into update and delete statements
            property.setOptimisticLocked(false); // where all values are compared it would be there twice
            return;
        }
        if (root.getIdentifier() instanceof Component id) {
            fill(id.getProperty(home.attribute()), home);
            var mapper = root.getIdentifierMapper();
            if (mapper != null && mapper.hasProperty(home.attribute())) {
                fill(mapper.getProperty(home.attribute()), home);
            }
        } else {
            fill(root.getIdentifierProperty(), home);
        }
    }

    private static void fill(Property property, EntityHome.Sharded home) {
        if (property.getValue() instanceof SimpleValue value
                && value.getCustomIdGeneratorCreator().isAssigned()) {
            value.setCustomIdGeneratorCreator(context -> new ShardKeyGenerator(home));
        }
    }

    private void partition(Table table, ShardedTable sharded, ShardGroup group) {
        table.setOptions(PartitionDdl.partitionBy(group, StoredNames.of(sharded.keyColumn())));
        table.addInitCommand(context -> new InitCommand(partitions(table, group, context.getDefaultSchema())));
        putKeyIntoUniqueKeys(table, sharded.keyColumn());
        if (table.hasPrimaryKey() && !table.getPrimaryKey().containsColumn(sharded.keyColumn())) {
            putKeyIntoPrimaryKey(table, sharded.keyColumn());
        }
    }

    private String[] partitions(Table table, ShardGroup group, @Nullable Identifier defaultSchema) {
        var node = SchemaTarget.required(table);
        return PartitionDdl.createPartitions(
                        StoredNames.schemaOf(table, defaultSchema),
                        StoredNames.of(table),
                        topology.shardMap().shardsOn(group.name(), node.name()))
                .toArray(String[]::new);
    }

    /** PostgreSQL can promise uniqueness only within one partition, so unique means unique within a key. */
    private static void putKeyIntoUniqueKeys(Table table, Column key) {
        for (UniqueKey unique : table.getUniqueKeys().values()) {
            if (!unique.containsColumn(key)) {
                unique.getColumns().add(0, key);
            }
        }
        for (Column column : new ArrayList<>(table.getColumns())) {
            if (column.isUnique() && !column.equals(key)) {
                column.setUnique(false);
                var unique = new UniqueKey(table);
                unique.setName("uk_" + table.getName() + "_" + column.getName());
                unique.addColumn(key);
                unique.addColumn(column);
                table.addUniqueKey(unique);
            }
        }
    }

    /** A key outside the id still belongs into the table's primary key, and so into every foreign key to it. */
    private void putKeyIntoPrimaryKey(Table table, Column key) {
        var old = table.getPrimaryKey();
        var primaryKey = new PrimaryKey(table);
        primaryKey.setName(old.getName());
        primaryKey.addColumn(key);
        old.getColumns().forEach(primaryKey::addColumn);
        table.setPrimaryKey(primaryKey);
        for (var foreignKey : foreignKeysTo(table)) {
            var own = model.tables().get(foreignKey.getTable());
            if (own == null) {
                foreignKey.disableCreation();
                continue;
            }
            if (!foreignKey.containsColumn(own.keyColumn())) {
                foreignKey.getColumns().add(0, own.keyColumn());
            }
            foreignKey.addReferencedColumns(primaryKey.getColumns());
        }
    }

    /**
     * The key leads the primary key, so that its index serves a key's rows. Foreign keys to it then name the columns
     * they refer to, because Hibernate's own order no longer holds.
     */
    private void putKeyFirst(Table table, Column key) {
        var primaryKey = table.getPrimaryKey();
        if (primaryKey == null || primaryKey.getColumnSpan() == 1 || !primaryKey.containsColumn(key)) {
            return;
        }
        for (var foreignKey : foreignKeysTo(table)) {
            foreignKey.addReferencedColumns(primaryKey.getColumns());
        }
        var keyFirst = new ArrayList<>(primaryKey.getColumns());
        keyFirst.remove(key);
        keyFirst.add(0, key);
        primaryKey.setOrderingUniqueKey(null);
        primaryKey.reorderColumns(keyFirst);
    }

    private List<ForeignKey> foreignKeysTo(Table table) {
        var found = new ArrayList<ForeignKey>();
        for (var other : metadata.collectTableMappings()) {
            for (ForeignKey foreignKey : other.getForeignKeyCollection()) {
                if (table.equals(foreignKey.getReferencedTable()) && foreignKey.isReferenceToPrimaryKey()) {
                    found.add(foreignKey);
                }
            }
        }
        return found;
    }
}
