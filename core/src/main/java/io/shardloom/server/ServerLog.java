package io.shardloom.server;

import io.shardloom.topology.ServerState;
import org.jboss.logging.Logger;

/** What servers do that a person may want to know. */
final class ServerLog {

    static final ServerLog LOG = new ServerLog();

    private static final Logger LOGGER = Logger.getLogger("io.shardloom.server");

    private ServerLog() {}

    void serverLeftOut(String server, String node, ServerState state, String reason) {
        LOGGER.warnf(
                "SL000101: Server %s of node %s takes no work (%s: %s); it is left out until it is well again",
                server, node, state, reason);
    }

    void serverBack(String server, String node) {
        LOGGER.infof("SL000102: Server %s of node %s takes work again", server, node);
    }

    void primaryChanged(String node, String server, int timeline) {
        LOGGER.warnf(
                "SL000103: The primary of node %s is now %s on timeline %d; writes go there, and no server on an older"
                        + " timeline gets any",
                node, server, timeline);
    }

    void epochNotNoted(String server, String node, String reason, String table) {
        LOGGER.warnf(
                "SL000104: The timeline of node %s cannot be noted on %s (%s); an application that starts while only an old"
                        + " primary answers would take it for the current one. Let the user create and write the table %s",
                node, server, reason, table);
    }

    void probeFailed(String server, RuntimeException failure) {
        LOGGER.errorf(failure, "SL000105: The probe of server %s failed; it goes on with the next one", server);
    }

    void listenerFailed(String event, RuntimeException failure) {
        LOGGER.warnf(failure, "SL000106: A listener failed at %s; the others are told all the same", event);
    }
}
