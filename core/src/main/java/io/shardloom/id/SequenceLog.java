package io.shardloom.id;

import org.jboss.logging.Logger;

/** What happens to global sequences that a person may want to know. */
final class SequenceLog {

    static final SequenceLog LOG = new SequenceLog();

    private static final Logger LOGGER = Logger.getLogger("io.shardloom.id");

    private SequenceLog() {}

    void notTold(String node, String sequence, String reason) {
        LOGGER.warnf(
                "SL000401: Node %s could not be told how far global sequence %s is reserved (%s)",
                node, sequence, reason);
    }

    void onStandbysAlone(String sequence) {
        LOGGER.warnf(
                "SL000402: Too few other nodes know how far global sequence %s is reserved; its numbers need all standbys"
                        + " to stream until they do",
                sequence);
    }

    void promoted(String sequence, long bound) {
        LOGGER.infof("Global sequence %s goes on at %d or later after a promotion", sequence, bound);
    }
}
