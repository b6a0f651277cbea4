package io.shardloom.server;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.util.Set;

/** What PostgreSQL's and the driver's error codes say about a server. */
final class SqlStates {

    /** The backend was ended by an administrator, by a crash of another one, or the server goes down. */
    private static final Set<String> ENDED = Set.of("57P01", "57P02", "57P03");

    /** Said of a connection that was closed before, on this side, and of messages that are too long. */
    private static final Set<String> OURS = Set.of("08003", "08P01");

    private SqlStates() {}

    /** Tells whether the connection is lost, which may mean that its server is. */
    static boolean isLost(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && ((state.startsWith("08") && !OURS.contains(state)) || ENDED.contains(state));
    }

    /** Tells whether a server was reached and said no, so that waiting alone does not help; 57P03 is a start under way. */
    static boolean isRefusal(Throwable failure) {
        String state = ConnectFaults.state(failure);
        boolean said = !state.isEmpty() && !state.startsWith("08") && !ENDED.contains(state);
        return said || state.equals("08004");
    }

    static boolean isTimeout(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            if (cause instanceof SocketTimeoutException || message.startsWith("Connection attempt timed out")) {
                return true;
            }
        }
        return false;
    }
}
