package io.shardloom.atomic;

import java.time.Duration;
import java.util.UUID;

/**
 * A part of a transaction that is prepared on a node and not yet finished. Its row locks are held meanwhile.
 *
 * @param transactionId the transaction
 * @param node the node on which the part is prepared
 * @param gid the name in {@code pg_prepared_xacts} there
 * @param age since it was prepared, by the node's clock
 * @param state what is known of its outcome
 * @param decidingNode the node whose database knows the outcome
 * @param why why it is not finished, in a sentence
 */
public record InDoubt(
        UUID transactionId, String node, String gid, Duration age, State state, String decidingNode, String why) {

    /** What is known of the outcome. */
    public enum State {
        /** It is decided: to be committed. */
        TO_COMMIT,
        /** It is decided: to be rolled back. */
        TO_ROLL_BACK,
        /** It is not decided: the deciding transaction is still open. */
        OPEN,
        /** The deciding node cannot be asked. */
        UNKNOWN
    }
}
