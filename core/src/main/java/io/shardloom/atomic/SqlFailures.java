package io.shardloom.atomic;

import io.shardloom.ddl.AtomicDdl;
import java.sql.SQLException;

/** What a failed statement means. */
final class SqlFailures {

    static final String CURE_FOR_PREPARED =
            "Set max_prepared_transactions in its postgresql.conf to at least" + " max_connections and restart it.";

    private SqlFailures() {}

    static String state(SQLException failure) {
        return String.valueOf(failure.getSQLState());
    }

    /** The server's sentence without the lines the driver adds. */
    static String reason(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank()
                ? failure.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElseThrow();
    }

    /**
     * Tells whether a COMMIT that failed so has surely not happened. The server's own errors say so; a lost connection, a
     * server that ends, and what it could not write do not. 08003 is the driver's refusal to send anything.
     */
    static boolean surelyRolledBack(SQLException failure) {
        String state = state(failure);
        boolean unclear = state.length() != 5
                || state.startsWith("08")
                || state.startsWith("57P")
                || state.startsWith("58")
                || state.startsWith("XX");
        return !unclear || state.equals("08003");
    }

    static boolean tablesAreMissing(SQLException failure) {
        return state(failure).equals("42P01") || state(failure).equals("3F000");
    }

    static String tablesMissingOn(String node) {
        return "Node " + node + " lacks the tables for commits that span nodes. Run this on every node: "
                + String.join("; ", AtomicDdl.createAll()) + ";";
    }
}
