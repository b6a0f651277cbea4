package io.shardloom.hibernate.internal.outcome;

import io.shardloom.failure.ConnectionLostException;
import io.shardloom.server.Outcomes;
import java.sql.SQLException;
import java.util.List;
import org.hibernate.JDBCException;
import org.hibernate.exception.spi.SQLExceptionConversionDelegate;
import org.jspecify.annotations.Nullable;

/** Tells of a statement whose connection was lost that its transaction was not done. */
public record LostStatements(SQLExceptionConversionDelegate dialects) implements SQLExceptionConversionDelegate {
    /**
     * What Hibernate says of failures that may come after a COMMIT it has not sent itself, or after its own: JDBC of the
     * application, work in a transaction apart, and the return of a connection.
     */
    private static final List<String> MAYBE_AFTER_A_COMMIT =
            List.of("Error executing work", "Error performing isolated work", "Unable to release JDBC Connection");

    /**
     * Translates what has failed.
     *
     * @throws ConnectionLostException if the connection was lost
     */
    @Override
    public @Nullable JDBCException convert(SQLException failure, String message, String sql) {
        if (MAYBE_AFTER_A_COMMIT.stream().noneMatch(start -> startsWith(message, start))) {
            Outcomes.of(failure, false).ifPresent(lost -> {
                throw lost;
            });
        }
        return dialects.convert(failure, message, sql);
    }

    private static boolean startsWith(String message, String start) {
        return message.regionMatches(true, 0, start, 0, start.length());
    }
}
