package io.shardloom.hibernate.internal.schema;

import io.shardloom.config.RowSecurity;
import io.shardloom.ddl.RowSecurityDdl;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.ShardedModel;
import io.shardloom.hibernate.internal.mapping.ShardedTable;
import io.shardloom.topology.Layout;
import io.shardloom.topology.Node;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.model.relational.InitCommand;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/** Adds row-level security to the schema: policies on sharded tables, and grants on everything. */
final class RowSecurityShaper {
    private final ShardingRuntime runtime;
    private final RowSecurity roles;
    private final ShardedModel model;
    private final InFlightMetadataCollector metadata;

    RowSecurityShaper(
            ShardingRuntime runtime, RowSecurity roles, ShardedModel model, InFlightMetadataCollector metadata) {
        this.runtime = runtime;
        this.roles = roles;
        this.model = model;
        this.metadata = metadata;
    }

    /** Changes the boot model; to be called after the partitions have been added. */
    void shape() {
        model.tables()
                .forEach((table, sharded) -> table.addInitCommand(
                        context -> new InitCommand(protection(table, sharded, context.getDefaultSchema()))));
        metadata.getDatabase().addAuxiliaryDatabaseObject(new Grants(runtime, roles, model, metadata.getDatabase()));
    }

    private String[] protection(Table table, ShardedTable sharded, @Nullable Identifier defaultSchema) {
        Node node = SchemaTarget.required(table);
        var schema = StoredNames.schemaOf(table, defaultSchema);
        var name = StoredNames.of(table);
        var group = runtime.topology().group(sharded.group());
        List<String> statements = new ArrayList<>();
        if (group.layout() == Layout.PARTITIONED) {
            var held = runtime.topology().shardMap().shardsOn(group.name(), node.name());
            statements.addAll(RowSecurityDdl.closePartitions(schema, name, held));
        }
        statements.addAll(RowSecurityDdl.protect(
                schema,
                name,
                group,
                StoredNames.of(sharded.keyColumn()),
                roles.role(node.name()),
                roles.nodeRole(node.name())));
        return statements.toArray(String[]::new);
    }
}
