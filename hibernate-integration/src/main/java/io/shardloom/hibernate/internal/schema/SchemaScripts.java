package io.shardloom.hibernate.internal.schema;

import io.shardloom.failure.ShardloomException;
import jakarta.persistence.Persistence;
import jakarta.persistence.PersistenceException;
import java.io.Writer;
import java.util.HashMap;
import java.util.Map;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.cfg.SchemaToolingSettings;

/** Writes each node's schema as a script, through Hibernate's own schema generation and without a connection. */
public final class SchemaScripts {
    private SchemaScripts() {}

    /**
     * Returns the statements that create the schema on each node.
     *
     * @param unit the name of a persistence unit
     * @param overrides properties that override those of persistence.xml
     * @return node name to script
     */
    public static Map<String, String> create(String unit, Map<String, ?> overrides) {
        var collector = new ScriptCollector();
        var properties = new HashMap<String, Object>(overrides);
        properties.put(ShardSchemaTool.COLLECTOR, collector);
        properties.put(SchemaToolingSettings.JAKARTA_HBM2DDL_DATABASE_ACTION, "none");
        properties.put(SchemaToolingSettings.JAKARTA_HBM2DDL_SCRIPTS_ACTION, "create");
        properties.put(SchemaToolingSettings.JAKARTA_HBM2DDL_SCRIPTS_CREATE_TARGET, Writer.nullWriter());
        properties.put(JdbcSettings.ALLOW_METADATA_ON_BOOT, "false");
        properties.putIfAbsent(JdbcSettings.JAKARTA_HBM2DDL_DB_NAME, "PostgreSQL");
        properties.putIfAbsent(JdbcSettings.JAKARTA_HBM2DDL_DB_MAJOR_VERSION, "18");
        try {
            Persistence.generateSchema(unit, properties);
        } catch (PersistenceException e) {
            throw e.getCause() instanceof ShardloomException ours ? ours : e;
        }
        return collector.scripts();
    }
}
