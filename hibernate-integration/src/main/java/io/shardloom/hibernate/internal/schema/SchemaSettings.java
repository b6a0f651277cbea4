package io.shardloom.hibernate.internal.schema;

import io.shardloom.config.Configuration;
import io.shardloom.config.Settings;
import io.shardloom.failure.Fault;
import io.shardloom.topology.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.hibernate.cfg.SchemaToolingSettings;
import org.jspecify.annotations.Nullable;

/** Checks what a unit asks of schema management before anything is created. */
public final class SchemaSettings {
    private static final Set<String> CREATING = Set.of("create", "create-only", "create-drop", "drop-and-create");

    private SchemaSettings() {}

    /**
     * Returns what the schema tool would refuse.
     *
     * @param settings the unit's settings
     * @param configuration names the nodes
     * @return empty when all is right
     */
    public static List<Fault> faults(Map<String, Object> settings, Configuration configuration) {
        var faults = new ArrayList<Fault>();
        var action = action(settings);
        if ("update".equals(text(settings, action))) {
            faults.add(new Fault(
                    action,
                    "update",
                    "Hibernate cannot compare partitioned tables with the mapping. Use create, validate or none, and"
                            + " migrate with Flyway or Liquibase from Shardloom.createScripts(…)."));
        }
        faults.addAll(ownership(settings, action, configuration));
        var names = configuration.nodes().stream().map(Node::name).toList();
        var node = text(settings, ShardSchemaTool.NODE);
        if (node != null && !names.contains(node)) {
            faults.add(new Fault(
                    ShardSchemaTool.NODE,
                    node,
                    "there is no such node. Name one of " + String.join(", ", names) + "."));
        }
        var scripts = text(settings, SchemaToolingSettings.JAKARTA_HBM2DDL_SCRIPTS_ACTION);
        if (scripts != null
                && !scripts.equals("none")
                && node == null
                && names.size() > 1
                && !settings.containsKey(ShardSchemaTool.COLLECTOR)) {
            faults.add(new Fault(
                    SchemaToolingSettings.JAKARTA_HBM2DDL_SCRIPTS_ACTION,
                    scripts,
                    "a script file takes the statements of one node, and the unit has " + names.size() + " ("
                            + String.join(", ", names) + "). Name one in " + ShardSchemaTool.NODE
                            + ", or call Shardloom.createScripts(…) for all of them."));
        }
        return faults;
    }

    /** Returns the name of the setting that says what is done at the start. */
    private static String action(Map<String, Object> settings) {
        return settings.containsKey(SchemaToolingSettings.JAKARTA_HBM2DDL_DATABASE_ACTION)
                ? SchemaToolingSettings.JAKARTA_HBM2DDL_DATABASE_ACTION
                : SchemaToolingSettings.HBM2DDL_AUTO;
    }

    /** Tells whether the start makes a new schema. */
    static boolean creates(Map<String, Object> settings) {
        var value = text(settings, action(settings));
        return value != null && CREATING.contains(value);
    }

    /** Row-level security does not hold a table's owner, so the application's user must not create the schema. */
    private static List<Fault> ownership(Map<String, Object> settings, String action, Configuration configuration) {
        var value = text(settings, action);
        if (configuration.rowSecurity().isEmpty() || !creates(settings)) {
            return List.of();
        }
        var owner = configuration.schemaCredentials();
        if (owner.isEmpty()) {
            return List.of(new Fault(
                    action,
                    value,
                    "with row-level security the schema must belong to another user than the application's. Name its"
                            + " owner in " + Settings.SCHEMA_USER + " and " + Settings.SCHEMA_PASSWORD
                            + ", or create it from Shardloom.createScripts(…)."));
        }
        var user = owner.get().user();
        return configuration.nodes().stream()
                        .anyMatch(node -> Objects.equals(
                                user, configuration.credentials(node.name()).user()))
                ? List.of(new Fault(
                        Settings.SCHEMA_USER,
                        user,
                        "that is the application's user too, and row-level security does not hold a table's owner. Name"
                                + " another one."))
                : List.of();
    }

    private static @Nullable String text(Map<String, Object> settings, String name) {
        var value = settings.get(name);
        return value == null || value.toString().isBlank()
                ? null
                : value.toString().strip();
    }
}
