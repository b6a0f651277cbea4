package io.shardloom.server;

import io.shardloom.config.Configuration;
import io.shardloom.config.Settings;
import io.shardloom.failure.Fault;
import io.shardloom.topology.Node;
import java.net.UnknownHostException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/** Tells why a primary could not be reached, and what to do. */
final class ConnectFaults {

    /** The server is there and its answer will not change by waiting. */
    private static final Set<String> FINAL = Set.of("28P01", "28000", "3D000", "08004", "42501");

    private ConnectFaults() {}

    static boolean isFinal(Throwable failure) {
        return failure instanceof InitSqlException || FINAL.contains(state(failure));
    }

    static Fault of(Node node, Configuration configuration, Throwable failure, Duration waited) {
        if (failure instanceof InitSqlException) {
            return Fault.of(
                    Settings.HIKARI_PREFIX + "connectionInitSql",
                    "the primary of node " + node.name() + " refuses it (" + reason(failure)
                            + "), so no pool can have a connection. Correct it.");
        }
        String prefix = Settings.NODE_PREFIX + node.name() + ".";
        String url = node.primary().url();
        String subject = prefix + Settings.PRIMARY;
        String who = String.valueOf(configuration.credentials(node.name()));
        return switch (state(failure)) {
            case "28P01", "28000", "08004" ->
                new Fault(
                        subject,
                        url,
                        "the server refused the user " + who + " (" + reason(failure) + "). Check " + Settings.USER
                                + " and " + Settings.PASSWORD + ", or " + prefix + "user and " + prefix + "password.");
            case "3D000" ->
                new Fault(
                        subject,
                        url,
                        "the server has no database '" + node.primary().database()
                                + "'. Create it, or correct its name in the address.");
            case "42501" ->
                new Fault(
                        subject,
                        url,
                        "the user " + who + " may not connect to the database '"
                                + node.primary().database() + "'. Grant CONNECT on it to the user.");
            default ->
                new Fault(
                        subject,
                        url,
                        String.format(
                                Locale.ROOT,
                                "no connection after %.1f s (%s). Start the server or correct the address.",
                                waited.toMillis() / 1000.0,
                                reason(failure)));
        };
    }

    /** Returns the innermost message, the one that names the cause. */
    static String reason(Throwable failure) {
        if (SqlStates.isTimeout(failure)) {
            return "the server does not answer";
        }
        Throwable cause = innermost(failure);
        String message = cause.getMessage();
        if (cause instanceof UnknownHostException) {
            return "there is no host " + message;
        }
        return message == null || message.isBlank()
                ? cause.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElseThrow(); // the driver may add where the server's code is
    }

    private static Throwable innermost(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    static String state(Throwable failure) {
        String state = "";
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            }
        }
        return state;
    }
}
