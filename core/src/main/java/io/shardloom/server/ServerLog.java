package io.shardloom.server;

import org.jboss.logging.Logger;

/** What servers do that a person may want to know. */
final class ServerLog {

    static final ServerLog LOG = new ServerLog();

    private static final Logger LOGGER = Logger.getLogger("io.shardloom.server");

    private ServerLog() {}

    void replicaLeftOut(String server, String node, String reason) {
        LOGGER.warnf(
                "SL000101: Replica %s of node %s gave no connection (%s); its reads go to the node's other servers until"
                        + " it answers",
                server, node, reason);
    }
}
