package io.shardloom.hibernate.internal.schema;

import io.shardloom.config.RowSecurity;
import io.shardloom.ddl.RowSecurityDdl;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.ShardedModel;
import io.shardloom.topology.Node;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.hibernate.boot.model.relational.AuxiliaryDatabaseObject;
import org.hibernate.boot.model.relational.Database;
import org.hibernate.boot.model.relational.SqlStringGenerationContext;
import org.hibernate.dialect.Dialect;
import org.hibernate.mapping.Table;

/**
 * What the roles of row-level security may do apart from sharded tables: read and write all other tables, use
 * sequences and schemas, and commit over several nodes. It is asked for its statements late, when Hibernate has added the tables and sequences of
 * generators.
 */
final class Grants implements AuxiliaryDatabaseObject {
    private static final long serialVersionUID = 1L;
    private static final String[] NOTHING = {};

    private final transient ShardingRuntime runtime;
    private final transient RowSecurity roles;
    private final transient ShardedModel model;
    private final transient Database database;

    Grants(ShardingRuntime runtime, RowSecurity roles, ShardedModel model, Database database) {
        this.runtime = runtime;
        this.roles = roles;
        this.model = model;
        this.database = database;
    }

    @Override
    public boolean appliesToDialect(Dialect dialect) {
        return true;
    }

    @Override
    public boolean beforeTablesOnCreation() {
        return false;
    }

    @Override
    public String[] sqlCreateStrings(SqlStringGenerationContext context) {
        var node = SchemaTarget.current();
        return node == null ? NOTHING : on(node, context).toArray(String[]::new);
    }

    private List<String> on(Node node, SqlStringGenerationContext context) {
        var role = roles.role(node.name());
        var nodeRole = roles.nodeRole(node.name());
        Set<String> schemas = new LinkedHashSet<>();
        List<String> grants = new ArrayList<>();
        for (var namespace : database.getNamespaces()) {
            for (var table : namespace.getTables()) {
                if (table.isPhysicalTable() && isOn(node, table)) {
                    var schema = StoredNames.schemaOf(table, context.getDefaultSchema());
                    schema.ifPresent(schemas::add);
                    if (!model.tables().containsKey(table)) {
                        grants.add(RowSecurityDdl.grant(schema, StoredNames.of(table), role, nodeRole));
                    }
                }
            }
            for (var sequence : namespace.getSequences()) {
                var schema = StoredNames.of(sequence.getName().getSchemaName(), context.getDefaultSchema());
                schema.ifPresent(schemas::add);
                grants.add(RowSecurityDdl.grantSequence(
                        schema, StoredNames.of(sequence.getName().getSequenceName()), role, nodeRole));
            }
        }
        schemas.forEach(schema -> grants.add(0, RowSecurityDdl.grantSchema(schema, role, nodeRole)));
        if (runtime.configuration().nodes().size() > 1) {
            grants.addAll(RowSecurityDdl.grantAtomicCommit(role, nodeRole));
        }
        if (!model.sequences().isEmpty()) {
            boolean hasThem =
                    runtime.configuration().sequenceNode().filter(node::equals).isPresent();
            grants.addAll(
                    hasThem
                            ? RowSecurityDdl.grantGlobalSequences(role, nodeRole)
                            : RowSecurityDdl.grantSequenceWitness(role, nodeRole));
        }
        return grants;
    }

    private boolean isOn(Node node, Table table) {
        return node.name().equals(model.localTables().getOrDefault(table, node.name()));
    }

    @Override
    public String[] sqlDropStrings(SqlStringGenerationContext context) {
        return NOTHING; // they go with what they are on
    }

    @Override
    public String getExportIdentifier() {
        return "shardloom-grants";
    }
}
