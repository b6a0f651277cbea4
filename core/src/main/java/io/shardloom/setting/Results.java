package io.shardloom.setting;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** The results of a statement that was sent behind a setting. */
final class Results {

    private Results() {}

    /** Skips the setting's result and returns what the named method of JDBC would have returned for the statement. */
    static @Nullable Object of(Statement statement, String method) throws SQLException {
        boolean rows = statement.getMoreResults();
        return switch (method) {
            case "execute" -> (Object) rows;
            case "executeQuery" -> rows(statement, rows);
            case "executeUpdate" -> (Object) (int) count(statement, rows);
            default -> (Object) count(statement, rows);
        };
    }

    private static ResultSet rows(Statement statement, boolean rows) throws SQLException {
        if (!rows) {
            throw new SQLException("No results were returned by the query.", "02000");
        }
        return statement.getResultSet();
    }

    /** Returns how many rows the statement changed, after skipping the setting's result. */
    static long count(Statement statement) throws SQLException {
        return count(statement, statement.getMoreResults());
    }

    private static long count(Statement statement, boolean rows) throws SQLException {
        if (rows) {
            throw new SQLException("A result was returned when none was expected.", "0100E");
        }
        return Math.max(0, statement.getLargeUpdateCount());
    }
}
