package io.shardloom.atomic;

import io.shardloom.failure.RolledBackException;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;

/** The way back. */
final class Rollback {

    private Rollback() {}

    /** Rolls a transaction back; where that fails its connection is lost, and the server has rolled it back. */
    static void quietly(Participant participant) {
        try {
            participant.connection().rollback();
        } catch (SQLException lost) {
            return;
        }
    }

    static RolledBackException failure(
            Participant culprit, String what, List<Participant> participants, SQLException cause) {
        String all = participants.stream().map(one -> one.node().name()).collect(Collectors.joining(", "));
        return new RolledBackException(
                "Node " + culprit.node().name() + " could not " + what + ": " + SqlFailures.reason(cause)
                        + ". Nothing is committed on any node (" + all + ")." + cure(culprit, cause),
                cause);
    }

    private static String cure(Participant culprit, SQLException cause) {
        return switch (SqlFailures.state(cause)) {
            case "0A000" ->
                " Work with temporary tables, LISTEN, NOTIFY and exported snapshots cannot be part of a transaction of"
                        + " several nodes; do it in one of node "
                        + culprit.node().name() + " alone.";
            case "55000" -> " " + SqlFailures.CURE_FOR_PREPARED;
            case "53200" -> " Raise max_prepared_transactions there if it is used up.";
            case "25P02" -> " A statement has failed there before, and the failure was passed over.";
            default -> "";
        };
    }
}
