package io.shardloom.server;

import io.shardloom.config.Settings;
import io.shardloom.failure.Fault;
import io.shardloom.topology.Node;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Tells of nodes whose primaries are one and the same database, which addresses do not show where its host has two
 * names: queries over the cluster would count its rows twice.
 */
final class SameServer {
    private SameServer() {}

    static void tell(Collection<NodePool> pools, Consumer<Fault> faults) {
        Map<String, Node> known = new HashMap<>();
        for (NodePool pool : pools) {
            Node node = pool.servers().node();
            String database = pool.servers().primaryDatabase();
            Node other = database == null ? null : known.putIfAbsent(database, node);
            if (other != null
                    && !other.primary().endpoint().equals(node.primary().endpoint())) { // else told already
                faults.accept(new Fault(
                        Settings.NODE_PREFIX + node.name() + "." + Settings.PRIMARY,
                        node.primary().url(),
                        "it is the server and database of node " + other.name()
                                + " by another address. Name each server once."));
            }
        }
    }
}
