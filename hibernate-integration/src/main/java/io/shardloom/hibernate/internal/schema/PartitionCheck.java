package io.shardloom.hibernate.internal.schema;

import io.shardloom.ddl.Identifiers;
import io.shardloom.ddl.PartitionDdl;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.ShardedTable;
import io.shardloom.key.KeyType;
import io.shardloom.topology.Layout;
import io.shardloom.topology.Node;
import io.shardloom.topology.Shard;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.mapping.Table;
import org.hibernate.tool.schema.spi.SchemaManagementException;
import org.jspecify.annotations.Nullable;

/** Compares the partitions a node has with the shards it should hold, bound for bound. */
final class PartitionCheck {
    private static final String ATTACHED = """
            select c.relname, pg_get_expr(c.relpartbound, c.oid)
            from pg_inherits i join pg_class c on c.oid = i.inhrelid
            where i.inhparent = to_regclass(?)""";

    private static final String SPREAD = """
            select case p.partstrat when 'h' then 'HASH' when 'l' then 'LIST' else 'RANGE' end
                || ' (' || string_agg(coalesce(a.attname, 'an expression'), ', ') || ')'
            from pg_partitioned_table p cross join unnest(p.partattrs) k
                left join pg_attribute a on a.attrelid = p.partrelid and a.attnum = k
            where p.partrelid = to_regclass(?) group by p.partstrat""";

    private static final String KEY = """
            select format_type(case t.typtype when 'd' then t.typbasetype else t.oid end, null),
                case when not c.collisdeterministic then c.collname end
            from pg_attribute a join pg_type t on t.oid = a.atttypid left join pg_collation c on c.oid = a.attcollation
            where a.attrelid = to_regclass(?) and a.attname = ?""";

    private static final String CHECKED = """
            select exists (
                select from pg_constraint c
                where c.conrelid = to_regclass(?) and c.contype = 'c'
                    and (select array_agg(a.attname::text order by a.attname::text) from pg_attribute a
                        where a.attrelid = c.conrelid and a.attnum = any (c.conkey)) = ?)""";

    private final ShardingRuntime runtime;
    private final Node node;
    private final @Nullable Identifier defaultSchema;

    PartitionCheck(ShardingRuntime runtime, Node node, @Nullable Identifier defaultSchema) {
        this.runtime = runtime;
        this.node = node;
        this.defaultSchema = defaultSchema;
    }

    /**
     * Throws where a key's column is of another type, a partition is missing, unknown, or has another bound, or where a table
     * lacks the check of its keys.
     */
    void check() {
        var wrong = new ArrayList<String>();
        var keys = new ArrayList<String>();
        var missing = new ArrayList<String>();
        try (var connection = runtime.pools().connection(node, false)) {
            for (var entry : runtime.model().tables().entrySet()) {
                var group = runtime.topology().group(entry.getValue().group());
                compareKey(connection, entry.getKey(), entry.getValue(), keys);
                if (group.layout() == Layout.PARTITIONED) {
                    var held = runtime.topology().shardMap().shardsOn(group.name(), node.name());
                    compare(entry.getKey(), held, attached(connection, entry.getKey()), wrong);
                    var wanted = group.kind() + " ("
                            + StoredNames.of(entry.getValue().keyColumn()) + ")";
                    var spread = spread(connection, entry.getKey());
                    if (!spread.equals(wanted)) {
                        wrong.add("Table " + StoredNames.of(entry.getKey()) + " is partitioned by " + spread
                                + ", expected " + wanted + ".");
                    }
                }
            }
            for (var check : SameKeyCheck.of(runtime.model().tables())) {
                var group = runtime.topology().group(check.sharded().group());
                if (group.layout() == Layout.PARTITIONED && !holds(connection, check)) {
                    missing.add("Table " + StoredNames.of(check.table()) + " has no CHECK ("
                            + StoredNames.of(check.reference()) + " = " + StoredNames.of(check.key())
                            + "), without which a row could point to rows of another key.");
                }
            }
            connection.rollback();
        } catch (SQLException e) {
            throw new SchemaManagementException("its partitions could not be read (" + e.getMessage() + ")");
        }
        if (!keys.isEmpty()) {
            throw new SchemaManagementException(String.join(" ", keys)
                    + " Keys that are equal there and not in the application, or the other way round, would lead to rows"
                    + " of another key. Change the column.");
        }
        if (!wrong.isEmpty()) {
            throw new SchemaManagementException(String.join(" ", wrong)
                    + " Correct the placement in the configuration, or the partitions on the node.");
        }
        if (!missing.isEmpty()) {
            throw new SchemaManagementException(
                    String.join(" ", missing) + " Add it with alter table, as Shardloom.createScripts(…) has it.");
        }
    }

    /** A column that is missing is told by Hibernate. */
    private void compareKey(Connection connection, Table table, ShardedTable sharded, List<String> wrong)
            throws SQLException {
        var wanted = Objects.requireNonNull(runtime.model().keyTypes().get(sharded.group()));
        try (var statement = connection.prepareStatement(KEY)) {
            statement.setString(1, stored(table));
            statement.setString(2, StoredNames.of(sharded.keyColumn()));
            try (var rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return;
                }
                var type = rows.getString(1);
                var collation = rows.getString(2);
                var column = "The shard key " + StoredNames.of(table) + "." + StoredNames.of(sharded.keyColumn());
                if (KeyType.ofName(type).orElse(null) != wanted) {
                    wrong.add(column + " is " + type + ", expected " + wanted.sqlName() + ".");
                } else if (collation != null) {
                    wrong.add(column + " has the nondeterministic collation \"" + collation
                            + "\", expected a deterministic one.");
                }
            }
        }
    }

    private boolean holds(Connection connection, SameKeyCheck check) throws SQLException {
        var columns = new String[] {StoredNames.of(check.key()), StoredNames.of(check.reference())};
        Arrays.sort(columns);
        try (var statement = connection.prepareStatement(CHECKED)) {
            statement.setString(1, stored(check.table()));
            statement.setArray(2, connection.createArrayOf("text", columns));
            try (var rows = statement.executeQuery()) {
                return rows.next() && rows.getBoolean(1);
            }
        }
    }

    private static void compare(Table table, List<Shard> held, Map<String, String> attached, List<String> wrong) {
        var expected = held.stream()
                .collect(Collectors.toMap(
                        shard -> PartitionDdl.partitionName(StoredNames.of(table), shard),
                        shard -> shard.bound().clause(),
                        (a, b) -> a,
                        TreeMap::new));
        expected.forEach((name, bound) -> {
            var actual = attached.get(name);
            if (actual == null) {
                wrong.add("Partition " + name + " (" + bound + ") is missing.");
            } else if (!normal(actual).equals(normal(bound))) {
                wrong.add("Partition " + name + " is " + actual + ", expected " + bound + ".");
            }
        });
        attached.forEach((name, bound) -> {
            if (!expected.containsKey(name)) {
                wrong.add("Partition " + name + " (" + bound + ") is attached and should not be.");
            }
        });
    }

    private static String normal(String bound) {
        return bound.replaceAll("\\s+", "").toLowerCase(Locale.ROOT);
    }

    private Map<String, String> attached(Connection connection, Table table) throws SQLException {
        var found = new TreeMap<String, String>();
        try (var statement = connection.prepareStatement(ATTACHED)) {
            statement.setString(1, stored(table));
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return found;
    }

    private String spread(Connection connection, Table table) throws SQLException {
        try (var statement = connection.prepareStatement(SPREAD)) {
            statement.setString(1, stored(table));
            try (var rows = statement.executeQuery()) {
                return rows.next() ? rows.getString(1) : "nothing";
            }
        }
    }

    private String stored(Table table) {
        return StoredNames.schemaOf(table, defaultSchema)
                        .map(schema -> Identifiers.quote(schema) + ".")
                        .orElse("")
                + Identifiers.quote(StoredNames.of(table));
    }
}
