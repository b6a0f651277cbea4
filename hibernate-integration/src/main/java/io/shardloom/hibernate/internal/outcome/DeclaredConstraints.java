package io.shardloom.hibernate.internal.outcome;

import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Tells by which name a constraint was declared that a statement has violated: PostgreSQL names the constraint of the
 * partition, and gives those of unique keys, and of foreign keys to a partitioned table, names of its own. Thread-safe.
 *
 * <p>The names are read at the first violation, over a connection apart: the one at hand is in a transaction that has
 * failed.
 */
public final class DeclaredConstraints {
    private static final Logger LOGGER = Logger.getLogger("io.shardloom.hibernate");

    /** The constraints and unique indexes of partitions, and those of tables that are none, which stand for themselves. */
    private static final String NAMES = """
            select i.relname, p.relname
              from pg_inherits
              join pg_class i on i.oid = inhrelid and i.relkind in ('i', 'I')
              join pg_class p on p.oid = inhparent
            union
            select c.conname, coalesce(p.conname, c.conname)
              from pg_constraint c
              left join pg_constraint p on p.oid = c.conparentid""";

    private final ShardingRuntime runtime;
    private volatile Map<String, String> declared = Map.of();

    /**
     * Creates what has asked no server yet.
     *
     * @param runtime the unit's sharding
     */
    public DeclaredConstraints(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Returns the name by which a constraint was declared.
     *
     * @param name as the server says it
     * @return the same name where it is the declared one, or where no server says another
     */
    public String declaredName(String name) {
        if (!runtime.enabled() || !runtime.configuration().partitioned()) {
            return name;
        }
        var known = declared.get(name);
        return known != null ? known : find(name);
    }

    private synchronized String find(String name) {
        boolean all = true;
        for (var node : runtime.configuration().nodes()) {
            var known = declared.get(name);
            if (known != null) {
                return known;
            }
            try {
                declared = merged(declared, read(node));
            } catch (SQLException | ShardloomException e) {
                all = false;
                LOGGER.debugf(e, "The constraints of node %s could not be read", node.name());
            }
        }
        var found = declared.getOrDefault(name, name);
        if (all) {
            declared = merged(declared, Map.of(name, found)); // not looked for again
        }
        return found;
    }

    private Map<String, String> read(Node node) throws SQLException {
        var parents = new HashMap<String, String>();
        Set<String> ambiguous = new HashSet<>();
        try (var connection = runtime.pools().direct(node);
                var statement = connection.createStatement();
                var row = statement.executeQuery(NAMES)) {
            while (row.next()) {
                var other = parents.putIfAbsent(row.getString(1), row.getString(2));
                if (other != null && !other.equals(row.getString(2))) {
                    ambiguous.add(row.getString(1)); // two tables have a constraint of this name
                }
            }
        }
        ambiguous.forEach(name -> parents.put(name, name));
        return parents;
    }

    /** Partitions may have partitions, so a parent's name may have a parent in turn. */
    private static Map<String, String> merged(Map<String, String> known, Map<String, String> parents) {
        var merged = new HashMap<>(known);
        parents.forEach((name, parent) -> {
            var root = parent;
            for (var next = parents.get(root); next != null && !next.equals(root); next = parents.get(root)) {
                root = next;
            }
            merged.put(name, root);
        });
        return Map.copyOf(merged);
    }
}
