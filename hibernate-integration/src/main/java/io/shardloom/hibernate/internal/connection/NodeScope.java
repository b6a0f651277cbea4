package io.shardloom.hibernate.internal.connection;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/** Hibernate's tenant identifier of a session that sees all rows of one node. */
public sealed class NodeScope implements Serializable permits ClusterScope {
    private static final long serialVersionUID = 1L;

    private final String node;
    private final boolean ending;

    /**
     * Creates the scope of a node.
     *
     * @param node the node's name
     */
    public NodeScope(String node) {
        this(node, false);
    }

    private NodeScope(String node, boolean ending) {
        this.node = node;
        this.ending = ending;
    }

    /**
     * Creates the scope of a session that only reads, and nothing that has to be of the same transaction.
     *
     * @param node the node's name
     */
    public static NodeScope ofSingleQueries(String node) {
        return new NodeScope(node, true);
    }

    /** Tells whether each query may end its transaction. */
    final boolean isOfSingleQueries() {
        return ending;
    }

    /** Returns the node's name. */
    public final String node() {
        return node;
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof NodeScope scope && scope.getClass() == getClass() && scope.node.equals(node);
    }

    @Override
    public final int hashCode() {
        return node.hashCode();
    }

    /** Returns a text no shard key can have: a key's text starts with its group's name. */
    @Override
    public final String toString() {
        return "@" + node;
    }
}
