package io.shardloom.hibernate.internal.schema;

import io.shardloom.config.RowSecurity;
import io.shardloom.config.Settings;
import io.shardloom.ddl.Identifiers;
import io.shardloom.ddl.RowSecurityDdl;
import io.shardloom.failure.Fault;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.ShardedModel;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.hibernate.boot.model.naming.Identifier;
import org.jspecify.annotations.Nullable;

/** Finds what would let the application's user past row-level security on one node. */
public final class RowSecurityCheck {
    private static final String USER = """
            select current_user, u.rolsuper, u.rolbypassrls,
                   exists (select from pg_roles r where r.rolname = ? and pg_has_role(r.oid, 'USAGE')),
                   exists (select from pg_roles r where r.rolname = ? and pg_has_role(r.oid, 'SET')),
                   exists (select from pg_roles r where r.rolname = ? and pg_has_role(r.oid, 'USAGE'))
            from pg_roles u where u.rolname = current_user""";

    /** Tables that do not exist are no fault here; {@code validate} tells them. */
    private static final String TABLES = """
            select t.name, pg_has_role(c.relowner, 'USAGE'), c.relrowsecurity,
                   exists (select from pg_policy p where p.polrelid = c.oid and p.polname = ? and p.polpermissive
                           and p.polcmd = '*' and pg_get_expr(p.polqual, c.oid) like t.setting
                           and coalesce(pg_get_expr(p.polwithcheck, c.oid) like t.setting, true)),
                   (select string_agg(quote_ident(p.polname), ', ' order by p.polname) from pg_policy p
                    where p.polrelid = c.oid and p.polname <> ? and p.polpermissive
                    and exists (select from unnest(p.polroles) r
                                where case when r = 0 then true else pg_has_role(r, 'USAGE') end)),
                   has_table_privilege(c.oid, 'TRUNCATE'),
                   (select string_agg(i.inhrelid::regclass::text, ', ' order by i.inhrelid::regclass::text)
                    from pg_inherits i join pg_class s on s.oid = i.inhrelid
                    where i.inhparent = c.oid and not s.relrowsecurity
                    and has_table_privilege(s.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE'))
            from unnest(?::text[], ?::text[]) t(name, setting) join pg_class c on c.oid = to_regclass(t.name)
            order by t.name""";

    private static final String SCRIPTS =
            "Create it with the schema, or run its statements from Shardloom.createScripts(…) as the owner.";

    private final ShardingRuntime runtime;
    private final ShardedModel model;
    private final RowSecurity roles;
    private final Node node;
    private final @Nullable Identifier defaultSchema;

    private RowSecurityCheck(
            ShardingRuntime runtime,
            ShardedModel model,
            RowSecurity roles,
            Node node,
            @Nullable Identifier defaultSchema) {
        this.runtime = runtime;
        this.model = model;
        this.roles = roles;
        this.node = node;
        this.defaultSchema = defaultSchema;
    }

    /**
     * Asks every node of a start, unless the start did not connect. Tables that are yet to be created are no fault.
     *
     * @param runtime the unit's sharding
     * @param model what its mapping says
     * @param settings the unit's settings
     * @return every fault; none where row-level security is off
     */
    public static List<Fault> faults(ShardingRuntime runtime, ShardedModel model, Map<String, Object> settings) {
        if (runtime.rowSecurity() == null || !runtime.isConnected()) {
            return List.of();
        }
        // Those that are about to be dropped may be what they like.
        var kept = SchemaSettings.creates(settings) ? new ShardedModel(Map.of(), Map.of(), Map.of(), Set.of()) : model;
        return runtime.configuration().nodes().stream()
                .flatMap(node -> faults(runtime, kept, node, ShardSchemaTool.defaultSchema(settings)).stream())
                .toList();
    }

    static List<Fault> faults(
            ShardingRuntime runtime, ShardedModel model, Node node, @Nullable Identifier defaultSchema) {
        var roles = runtime.rowSecurity();
        return roles == null ? List.of() : new RowSecurityCheck(runtime, model, roles, node, defaultSchema).faults();
    }

    /** Asks the node's primary as the application's user. */
    private List<Fault> faults() {
        var faults = new ArrayList<Fault>();
        try (var connection = runtime.pools().connection(node, false)) {
            checkUser(connection, faults);
            checkTables(connection, faults);
            connection.rollback();
        } catch (SQLException e) {
            faults.add(fault("its row-level security could not be read (" + e.getMessage() + ")."));
        }
        return faults;
    }

    private void checkUser(Connection connection, List<Fault> faults) throws SQLException {
        var role = roles.role(node.name());
        var nodeRole = roles.nodeRole(node.name());
        try (var statement = connection.prepareStatement(USER)) {
            statement.setString(1, role);
            statement.setString(2, nodeRole);
            statement.setString(3, nodeRole);
            try (var rows = statement.executeQuery()) {
                rows.next();
                var user = rows.getString(1);
                if (rows.getBoolean(2)) {
                    faults.add(
                            fault("the user " + user + " is a superuser, whom no policy holds. Connect as another one"
                                    + " with " + Settings.USER + "."));
                    return; // who has every role and every right
                }
                if (rows.getBoolean(3)) {
                    faults.add(fault("the user " + user + " has BYPASSRLS, so no policy holds it. Run ALTER ROLE "
                            + Identifiers.quote(user) + " NOBYPASSRLS."));
                }
                if (!rows.getBoolean(4)) {
                    faults.add(fault("the user " + user + " is not in the role " + role + ", for which the policies"
                            + " are. Run GRANT " + Identifiers.quote(role) + " TO " + Identifiers.quote(user) + "."));
                }
                if (rows.getBoolean(6)) {
                    faults.add(fault("the user " + user + " inherits from the role " + nodeRole + ", which sees every"
                            + " key. Run GRANT " + Identifiers.quote(nodeRole) + " TO " + Identifiers.quote(user)
                            + " WITH INHERIT FALSE, SET TRUE."));
                } else if (!rows.getBoolean(5)) {
                    faults.add(fault("the user " + user + " cannot take on the role " + nodeRole + ", by which"
                            + " sessions of a whole node see it. Run CREATE ROLE " + Identifiers.quote(nodeRole)
                            + " if there is none, and GRANT " + Identifiers.quote(nodeRole) + " TO "
                            + Identifiers.quote(user) + " WITH INHERIT FALSE, SET TRUE."));
                }
            }
        }
    }

    private void checkTables(Connection connection, List<Fault> faults) throws SQLException {
        var settings = new TreeMap<String, String>();
        model.tables().forEach((table, sharded) -> {
            var schema = StoredNames.schemaOf(table, defaultSchema)
                    .map(name -> Identifiers.quote(name) + ".")
                    .orElse("");
            settings.put(
                    schema + Identifiers.quote(StoredNames.of(table)),
                    "%'" + RowSecurityDdl.setting(sharded.group()).replace("_", "\\_") + "'%");
        });
        try (var statement = connection.prepareStatement(TABLES)) {
            statement.setString(1, RowSecurityDdl.KEY_POLICY);
            statement.setString(2, RowSecurityDdl.KEY_POLICY);
            statement.setArray(
                    3, connection.createArrayOf("text", settings.keySet().toArray()));
            statement.setArray(
                    4, connection.createArrayOf("text", settings.values().toArray()));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    var fault = tableFault(rows);
                    if (fault != null) {
                        faults.add(fault("the table " + rows.getString(1) + " " + fault));
                    }
                }
            }
        }
    }

    /** Returns the first thing wrong with a table; each would hide the next. */
    private static @Nullable String tableFault(ResultSet rows) throws SQLException {
        if (rows.getBoolean(2)) {
            return "belongs to the application's user, whom its policies do not hold. Let " + Settings.SCHEMA_USER
                    + " own it: ALTER TABLE … OWNER TO …";
        }
        if (!rows.getBoolean(3)) {
            return "has no row-level security. " + SCRIPTS;
        }
        if (!rows.getBoolean(4)) {
            return "has no policy " + RowSecurityDdl.KEY_POLICY + " for the key of its group. " + SCRIPTS;
        }
        if (rows.getString(5) != null) {
            return "has other permissive policies for the application's user, which let more rows through than those of"
                    + " the key: " + rows.getString(5) + ". Drop them, or make them RESTRICTIVE.";
        }
        if (rows.getBoolean(6)) {
            return "may be truncated by the application's user, which no policy holds. Run REVOKE TRUNCATE.";
        }
        if (rows.getString(7) != null) {
            return "has partitions without row-level security that the application's user may use directly: "
                    + rows.getString(7) + ". Run ALTER TABLE … ENABLE ROW LEVEL SECURITY on each.";
        }
        return null;
    }

    private Fault fault(String message) {
        return Fault.of(
                Settings.ROW_SECURITY,
                "on node " + node.name() + " (" + node.primary().endpoint() + ") " + message);
    }
}
