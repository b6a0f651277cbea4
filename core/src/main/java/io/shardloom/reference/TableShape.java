package io.shardloom.reference;

import io.shardloom.failure.ShardloomException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a table is made of, as a server's catalog says.
 *
 * @param name the table, as SQL names it
 * @param columns its columns but for generated ones, in their order
 * @param key the positions of the primary key among the columns; empty where there is none
 */
record TableShape(String name, List<Column> columns, List<Integer> key) {

    private static final String COLUMNS = "select quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),"
            + " coalesce(a.attnum = any (i.indkey), false), a.atttypid = 'oid'::regtype"
            + " from pg_attribute a left join pg_index i on i.indrelid = a.attrelid and i.indisprimary"
            + " where a.attrelid = ?::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''"
            + " order by a.attname";

    private static final String PARENTS =
            "select t.name from unnest(?::text[]) as t (name) where exists (select from pg_constraint c"
                    + " where c.contype = 'f' and c.conrelid = ?::regclass and c.confrelid = t.name::regclass)";

    /** Copies the lists. */
    TableShape {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
    }

    /**
     * One column.
     *
     * @param name as SQL names it
     * @param type as a cast names it
     */
    record Column(String name, String type) {}

    /** Reads the tables; those that others refer to come first. */
    static List<TableShape> read(Connection connection, Collection<String> tables) throws SQLException {
        Map<String, Set<String>> parents = new LinkedHashMap<>();
        for (String table : tables) {
            parents.put(table, parents(connection, table, tables));
        }
        Set<String> ordered = new LinkedHashSet<>();
        parents.keySet().forEach(table -> add(table, parents, ordered, new LinkedHashSet<>()));
        List<TableShape> shapes = new ArrayList<>();
        for (String table : ordered) {
            shapes.add(read(connection, table));
        }
        return shapes;
    }

    private static void add(String table, Map<String, Set<String>> parents, Set<String> ordered, Set<String> under) {
        if (under.add(table)) {
            parents.getOrDefault(table, Set.of()).forEach(parent -> add(parent, parents, ordered, under));
            ordered.add(table);
        }
    }

    private static Set<String> parents(Connection connection, String table, Collection<String> tables)
            throws SQLException {
        Set<String> found = new LinkedHashSet<>();
        try (PreparedStatement statement = connection.prepareStatement(PARENTS)) {
            statement.setArray(1, connection.createArrayOf("text", tables.toArray()));
            statement.setString(2, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
        }
        return found;
    }

    private static TableShape read(Connection connection, String table) throws SQLException {
        List<Column> columns = new ArrayList<>();
        List<Integer> key = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setString(1, table);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    if (rows.getBoolean(4)) {
                        throw new ShardloomException("Column " + rows.getString(1) + " of reference table " + table
                                + " is an oid: it names a large object of one server, which cannot be copied to the other"
                                + " nodes. Map it to text or bytea, with @JdbcTypeCode(SqlTypes.LONG32VARCHAR) or"
                                + " LONG32VARBINARY.");
                    }
                    if (rows.getBoolean(3)) {
                        key.add(columns.size());
                    }
                    columns.add(new Column(rows.getString(1), rows.getString(2)));
                }
            }
        }
        return new TableShape(table, columns, key);
    }

    /** Returns the names of all columns. */
    String names() {
        return columns.stream().map(Column::name).collect(Collectors.joining(", "));
    }

    /** Returns the names of the columns of the primary key. */
    String keyNames() {
        return key.stream().map(i -> columns.get(i).name()).collect(Collectors.joining(", "));
    }

    /** Returns the columns of the primary key. */
    List<Column> keyColumns() {
        return key.stream().map(columns::get).toList();
    }

    /** Returns the columns beside the primary key. */
    List<Column> rest() {
        return java.util.stream.IntStream.range(0, columns.size())
                .filter(i -> !key.contains(i))
                .mapToObj(columns::get)
                .toList();
    }
}
