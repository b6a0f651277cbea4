package io.shardloom.benchmarks.side;

import java.math.BigDecimal;
import java.math.MathContext;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import javax.sql.DataSource;

/** What one writes by hand for each question: SQL to every node in parallel, and a merge made for it. */
final class HandFanOut {
    /** Asks every node at once and returns the answers in the order of the nodes. */
    interface Nodes {
        <R> List<R> ask(Function<DataSource, R> question);
    }

    private record Newest(long customer, UUID id, BigDecimal total, LocalDateTime created) {
        Object[] row() {
            return new Object[] {customer, id, total, created};
        }
    }

    /** The order of uuid in PostgreSQL, which is by unsigned bytes. */
    private static final Comparator<UUID> BY_BYTES = Comparator.<UUID, Long>comparing(
                    UUID::getMostSignificantBits, Long::compareUnsigned)
            .thenComparing(UUID::getLeastSignificantBits, Long::compareUnsigned);

    private static final Comparator<Newest> NEWEST_FIRST = Comparator.comparing(Newest::created)
            .thenComparing(Newest::id, BY_BYTES)
            .reversed();

    private HandFanOut() {}

    static List<?> run(Op op, Nodes nodes) {
        return switch (op) {
            case COUNT ->
                List.of(rows(nodes, "select count(*) from orders", row -> row.getLong(1)).stream()
                        .mapToLong(Long::longValue)
                        .sum());
            case SUM ->
                List.of(rows(nodes, "select sum(total) from orders", row -> row.getBigDecimal(1)).stream()
                        .reduce(BigDecimal.ZERO, BigDecimal::add));
            case AVG -> List.of(average(nodes));
            case GROUP_8 -> eightGroups(nodes);
            case GROUP_ALL ->
                rows(nodes, "select customer_id, count(*), sum(total) from orders group by customer_id", row ->
                        new Object[] {row.getLong(1), row.getLong(2), row.getBigDecimal(3)});
            case TOP_20, PAGE_1000 -> newest(nodes, op.firstResult(), op.maxResults());
            case FIND, QUERY, FIND_ON_REPLICA, FIND_BY_UUID, UPDATE, INSERT, BATCH, BATCH_OF_KEYS ->
                throw new IllegalArgumentException(op.label());
        };
    }

    private static double average(Nodes nodes) {
        var sum = BigDecimal.ZERO;
        long count = 0;
        for (var part : rows(nodes, "select sum(total), count(total) from orders", row ->
                new Object[] {row.getBigDecimal(1), row.getLong(2)})) {
            sum = sum.add((BigDecimal) part[0]);
            count += (Long) part[1];
        }
        return sum.divide(BigDecimal.valueOf(count), MathContext.DECIMAL128).doubleValue();
    }

    private static List<Object[]> eightGroups(Nodes nodes) {
        Map<String, Object[]> groups = new LinkedHashMap<>();
        for (var part : rows(nodes, "select status, count(*), sum(total) from orders group by status", row ->
                new Object[] {row.getString(1), row.getLong(2), row.getBigDecimal(3)})) {
            groups.merge((String) part[0], part, (a, b) ->
                    new Object[] {a[0], (Long) a[1] + (Long) b[1], ((BigDecimal) a[2]).add((BigDecimal) b[2])});
        }
        return List.copyOf(groups.values());
    }

    private static List<Object[]> newest(Nodes nodes, int skip, int rows) {
        var sql = "select customer_id, id, total, created from orders order by created desc, id desc limit "
                + (skip + rows);
        return rows(
                        nodes,
                        sql,
                        row -> new Newest(
                                row.getLong(1),
                                row.getObject(2, UUID.class),
                                row.getBigDecimal(3),
                                row.getObject(4, LocalDateTime.class)))
                .stream()
                .sorted(NEWEST_FIRST)
                .skip(skip)
                .limit(rows)
                .map(Newest::row)
                .toList();
    }

    private interface Reader<R> {
        R read(ResultSet row) throws SQLException;
    }

    private static <R> List<R> rows(Nodes nodes, String sql, Reader<R> reader) {
        List<R> all = new ArrayList<>();
        nodes.ask(source -> read(source, sql, reader)).forEach(all::addAll);
        return all;
    }

    private static <R> List<R> read(DataSource source, String sql, Reader<R> reader) {
        try (var connection = source.getConnection()) {
            List<R> rows = new ArrayList<>();
            try (var statement = connection.prepareStatement(sql);
                    var result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
            connection.commit();
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }
}
