package io.shardloom.server;

import io.shardloom.failure.ConnectionLostException;
import java.sql.SQLException;
import java.util.Optional;

/** Tells what became of a transaction whose connection was lost. */
public final class Outcomes {

    private static final String CLOSED_BEFORE = "08003";

    private Outcomes() {}

    /**
     * Translates the failure of a statement or of a commit.
     *
     * @param failure what the driver has thrown
     * @param committing true when it came from the commit
     * @return a failure that says whether the outcome is known; empty when the connection was not lost, so that the
     *     server's own message says what happened and the transaction was not done
     */
    public static Optional<ConnectionLostException> of(SQLException failure, boolean committing) {
        boolean closedBefore = CLOSED_BEFORE.equals(failure.getSQLState());
        if (!closedBefore && !SqlStates.isLost(failure)) {
            return Optional.empty();
        }
        boolean known = !committing || closedBefore; // a connection closed before has sent no COMMIT
        String what = known
                ? "The connection was lost before the transaction was committed (%s). Nothing of it was done; do it again."
                : "The connection was lost while the transaction was being committed (%s). It may have been done or not:"
                        + " look for its rows before doing it again.";
        return Optional.of(
                new ConnectionLostException(String.format(what, ConnectFaults.reason(failure)), known, failure));
    }
}
