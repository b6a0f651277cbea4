package io.shardloom.reference;

import io.shardloom.reference.TableShape.Column;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Finds the rows by which one copy of a table differs from another. Values travel as text, which PostgreSQL reads back exactly. */
final class TableCopy {

    private static final int ROWS_AT_ONCE = 1000;

    private final TableShape table;
    private final List<List<String>> missing = new ArrayList<>();
    private final List<List<String>> other = new ArrayList<>();
    private final List<List<String>> extra = new ArrayList<>();
    private final boolean otherRows;

    private TableCopy(TableShape table, Map<List<String>, String> from, Map<List<String>, String> to) {
        this.table = table;
        from.forEach((key, hash) -> {
            String copy = to.get(key);
            if (copy == null) {
                missing.add(key);
            } else if (!copy.equals(hash)) {
                other.add(key);
            }
        });
        to.keySet().stream().filter(key -> !from.containsKey(key)).forEach(extra::add);
        this.otherRows = table.key().isEmpty() && !from.equals(to);
    }

    /** Returns a number that is the same on two servers where the rows are, in any order. */
    static String digest(Connection connection, TableShape table) throws SQLException {
        String sql = "select count(*) || ':' || coalesce(sum(hashtextextended(row(" + table.names()
                + ")::text, 0)::numeric), 0) from " + table.name();
        try (PreparedStatement statement = connection.prepareStatement(sql);
                ResultSet row = statement.executeQuery()) {
            row.next();
            return row.getString(1);
        }
    }

    /** Compares two copies row by row. */
    static TableCopy compare(Connection from, Connection to, TableShape table) throws SQLException {
        return new TableCopy(table, hashes(from, table), hashes(to, table));
    }

    /** Returns a hash of each row by its key; of a table without one, how often each row is there. */
    private static Map<List<String>, String> hashes(Connection connection, TableShape table) throws SQLException {
        int width = Math.max(1, table.key().size());
        String sql = table.key().isEmpty()
                ? "select row(" + table.names() + ")::text, count(*)::text from " + table.name() + " group by 1"
                : "select " + asText(table.keyColumns()) + ", hashtextextended(row(" + table.names()
                        + ")::text, 0)::text from " + table.name();
        Map<List<String>, String> hashes = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setFetchSize(ROWS_AT_ONCE);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    List<String> key = new ArrayList<>(width);
                    for (int i = 1; i <= width; i++) {
                        key.add(rows.getString(i));
                    }
                    hashes.put(key, rows.getString(width + 1));
                }
            }
        }
        return hashes;
    }

    /** Returns the differences. */
    List<ReferenceDifference> differences(String node, String from) {
        if (otherRows) {
            return List.of(new ReferenceDifference(table.name(), "", node, from, ReferenceDifference.Kind.OTHER_ROWS));
        }
        List<ReferenceDifference> all = new ArrayList<>();
        add(all, missing, node, from, ReferenceDifference.Kind.MISSING);
        add(all, other, node, from, ReferenceDifference.Kind.OTHER_VALUES);
        add(all, extra, node, from, ReferenceDifference.Kind.EXTRA);
        return all;
    }

    private void add(
            List<ReferenceDifference> all,
            List<List<String>> keys,
            String node,
            String from,
            ReferenceDifference.Kind kind) {
        keys.forEach(key -> all.add(new ReferenceDifference(table.name(), String.join(", ", key), node, from, kind)));
    }

    /** Returns how many rows differ. */
    int size() {
        return table.key().isEmpty() ? (otherRows ? 1 : 0) : missing.size() + other.size() + extra.size();
    }

    /** Writes the rows that are missing or have other values. */
    void write(Connection from, Connection to) throws SQLException {
        if (table.key().isEmpty()) {
            if (otherRows) {
                insert(to, rows(from, "", List.of()));
            }
            return;
        }
        List<List<String>> wanted = new ArrayList<>(missing);
        wanted.addAll(other);
        for (List<List<String>> keys : chunks(wanted)) {
            insert(
                    to,
                    rows(
                            from,
                            " where " + isOneOf(),
                            columnwise(keys, table.key().size())));
        }
    }

    /** Deletes the rows that should not be there. */
    void delete(Connection to) throws SQLException {
        if (table.key().isEmpty()) {
            if (otherRows) {
                run(to, "delete from " + table.name(), List.of());
            }
            return;
        }
        for (List<List<String>> keys : chunks(extra)) {
            run(
                    to,
                    "delete from " + table.name() + " where " + isOneOf(),
                    columnwise(keys, table.key().size()));
        }
    }

    /** Tells whether deleting must come first. */
    boolean isReplaced() {
        return otherRows;
    }

    private List<List<String>> rows(Connection from, String where, List<List<String>> parameters) throws SQLException {
        List<List<String>> rows = new ArrayList<>();
        int width = table.columns().size();
        try (PreparedStatement statement =
                from.prepareStatement("select " + asText(table.columns()) + " from " + table.name() + where)) {
            bind(from, statement, parameters);
            try (ResultSet found = statement.executeQuery()) {
                while (found.next()) {
                    List<String> row = new ArrayList<>(width);
                    for (int i = 1; i <= width; i++) {
                        row.add(found.getString(i));
                    }
                    rows.add(row);
                }
            }
        }
        return rows;
    }

    private void insert(Connection to, List<List<String>> rows) throws SQLException {
        String names = aliases(table.columns().size());
        String conflict = table.key().isEmpty()
                ? ""
                : " on conflict (" + table.keyNames() + ") do "
                        + (table.rest().isEmpty()
                                ? "nothing"
                                : "update set "
                                        + table.rest().stream()
                                                .map(column -> column.name() + " = excluded." + column.name())
                                                .collect(Collectors.joining(", ")));
        String sql = "insert into " + table.name() + " (" + table.names() + ") overriding system value select "
                + casts(table.columns()) + " from unnest("
                + arrays(table.columns().size()) + ") as u (" + names + ")"
                + conflict;
        for (List<List<String>> chunk : chunks(rows)) {
            run(to, sql, columnwise(chunk, table.columns().size()));
        }
    }

    private String isOneOf() {
        List<Column> key = table.keyColumns();
        return "(" + table.keyNames() + ") in (select " + casts(key) + " from unnest(" + arrays(key.size()) + ") as u ("
                + aliases(key.size()) + "))";
    }

    private static void run(Connection connection, String sql, List<List<String>> parameters) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            bind(connection, statement, parameters);
            statement.executeUpdate();
        }
    }

    private static void bind(Connection connection, PreparedStatement statement, List<List<String>> columns)
            throws SQLException {
        for (int i = 0; i < columns.size(); i++) {
            statement.setArray(
                    i + 1, connection.createArrayOf("text", columns.get(i).toArray()));
        }
    }

    private static List<List<String>> columnwise(List<List<String>> rows, int width) {
        return IntStream.range(0, width)
                .<List<String>>mapToObj(i -> {
                    List<String> column = new ArrayList<>();
                    rows.forEach(row -> column.add(row.get(i)));
                    return column;
                })
                .toList();
    }

    private static <T> Collection<List<T>> chunks(List<T> all) {
        List<List<T>> chunks = new ArrayList<>();
        for (int i = 0; i < all.size(); i += ROWS_AT_ONCE) {
            chunks.add(all.subList(i, Math.min(all.size(), i + ROWS_AT_ONCE)));
        }
        return chunks;
    }

    private static String asText(List<Column> columns) {
        return columns.stream().map(column -> column.name() + "::text").collect(Collectors.joining(", "));
    }

    private static String casts(List<Column> columns) {
        return each(columns.size(), i -> "u.c" + i + "::" + columns.get(i).type());
    }

    private static String arrays(int count) {
        return each(count, i -> "?::text[]");
    }

    private static String aliases(int count) {
        return each(count, i -> "c" + i);
    }

    private static String each(int count, Function<Integer, String> text) {
        return IntStream.range(0, count).mapToObj(text::apply).collect(Collectors.joining(", "));
    }
}
