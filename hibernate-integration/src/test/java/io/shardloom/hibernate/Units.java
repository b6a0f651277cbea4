package io.shardloom.hibernate;

import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.EntityManagerFactory;
import jakarta.persistence.Persistence;
import java.util.HashMap;
import java.util.Map;

/** Opens persistence units on a cluster. */
final class Units {
    static final String ACTION = "jakarta.persistence.schema-generation.database.action";

    private Units() {}

    /** Opens the unit "shop" on a new schema. */
    static EntityManagerFactory shop(EmbeddedCluster cluster, String... more) {
        return open("shop", cluster, more);
    }

    static EntityManagerFactory open(String unit, EmbeddedCluster cluster, String... more) {
        return Persistence.createEntityManagerFactory(unit, properties(cluster, more));
    }

    /** Returns the cluster's properties, a new schema, and further pairs of name and value. */
    static Map<String, Object> properties(EmbeddedCluster cluster, String... more) {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put(ACTION, "drop-and-create");
        for (int i = 0; i < more.length; i += 2) {
            properties.put(more[i], more[i + 1]);
        }
        return properties;
    }
}
