package io.shardloom.atomic;

import java.util.UUID;
import org.jboss.logging.Logger;

/** What happens to transactions of several nodes that a person may want to know. */
final class AtomicLog {

    static final AtomicLog LOG = new AtomicLog();

    private static final Logger LOGGER = Logger.getLogger("io.shardloom.atomic");

    private AtomicLog() {}

    void pending(UUID transaction, String nodes, String reason) {
        LOGGER.warnf(
                "SL000201: Transaction %s is committed, and node %s could not be told (%s); recovery commits its part",
                transaction, nodes, reason);
    }

    void notRolledBack(UUID transaction, String node, String reason) {
        LOGGER.warnf(
                "SL000202: Transaction %s is rolled back, and node %s could not be told (%s); recovery rolls its part back",
                transaction, node, reason);
    }

    void recovered(int committed, int rolledBack) {
        LOGGER.warnf(
                "SL000203: Recovery has finished prepared transactions that were left over: %d committed, %d rolled back",
                committed, rolledBack);
    }

    void inDoubt(InDoubt transaction) {
        LOGGER.errorf(
                "SL000204: Transaction %s is in doubt on node %s for %d s: %s",
                transaction.transactionId(),
                transaction.node(),
                transaction.age().toSeconds(),
                transaction.why());
    }

    void passFailed(Throwable failure) {
        LOGGER.warnf(failure, "SL000205: Recovery was interrupted by a failure; it goes on at its next turn");
    }

    void deadlock(String circle) {
        LOGGER.warnf(
                "SL000206: Transactions over several nodes waited in a circle, and one is rolled back: %s", circle);
    }

    void turnFailed(Throwable failure) {
        LOGGER.warnf(failure, "SL000207: The watch for deadlocks was interrupted by a failure; it goes on in a second");
    }

    void notWatched(String node, String reason) {
        LOGGER.debugf("Node %s could not be asked who waits for whom there: %s", node, reason);
    }

    void notClosed(String node, String reason) {
        LOGGER.debugf("A connection to node %s was not closed: %s", node, reason);
    }
}
