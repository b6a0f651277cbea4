package io.shardloom.hibernate.internal.schema;

import io.shardloom.topology.Node;
import org.hibernate.mapping.Table;
import org.jspecify.annotations.Nullable;

/** The node whose schema the thread is generating; Hibernate's schema tool has no parameter for it. */
public final class SchemaTarget {
    private static final ThreadLocal<@Nullable Node> NODE = new ThreadLocal<>();

    private SchemaTarget() {}

    /**
     * Returns the node the thread's schema work is for.
     *
     * @return null outside schema work
     */
    public static @Nullable Node current() {
        return NODE.get();
    }

    /** Returns the node the thread's schema work is for, which some table's schema depends on. */
    static Node required(Table table) {
        var node = NODE.get();
        if (node == null) {
            throw new IllegalStateException("The schema of " + table.getName()
                    + " differs from node to node. Generate it through Hibernate's schema management of this unit.");
        }
        return node;
    }

    /** Runs work whose schema statements are those of one node. */
    static void on(Node node, Runnable work) {
        NODE.set(node);
        try {
            work.run();
        } finally {
            NODE.remove();
        }
    }
}
