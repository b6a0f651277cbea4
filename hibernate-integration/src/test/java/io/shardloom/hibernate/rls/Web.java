package io.shardloom.hibernate.rls;

import io.shardloom.testing.EmbeddedCluster;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** The application's role of row-level security; the cluster's own user is the owner of the schema. */
public final class Web {
    public static final String USER = "web";
    public static final String NODE_ROLE = "web_node";
    static final String PASSWORD = "web's own";

    private Web() {}

    /** Makes the roles on every node and returns the properties of a unit held by them, with a new schema. */
    public static Map<String, Object> properties(EmbeddedCluster cluster, String... more) throws SQLException {
        for (var node : cluster.nodes()) {
            node.primary().executeAsSuperuser("""
                    do $$ begin
                        if not exists (select from pg_roles where rolname = 'web') then
                            create role web login password 'web''s own';
                            create role web_node;
                            grant web_node to web with inherit false, set true;
                        end if;
                    end $$""");
        }
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("shardloom.row-level-security", "true");
        properties.put("shardloom.user", USER);
        properties.put("shardloom.password", PASSWORD);
        properties.put("shardloom.schema.user", cluster.user());
        properties.put("shardloom.schema.password", cluster.password());
        properties.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        return properties;
    }
}
