package io.shardloom.topology;

import java.util.List;

/** Where a piece of work goes. */
public sealed interface Route {

    /**
     * To one node.
     *
     * @param node the node
     */
    record One(Node node) implements Route {}

    /**
     * To some nodes.
     *
     * @param nodes the nodes, each once
     */
    record Some(List<Node> nodes) implements Route {

        /** Copies the list. */
        public Some {
            nodes = List.copyOf(nodes);
        }
    }

    /** To every node. */
    record All() implements Route {}
}
