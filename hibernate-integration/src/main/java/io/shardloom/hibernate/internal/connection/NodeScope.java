package io.shardloom.hibernate.internal.connection;

import java.io.Serializable;

/**
 * Hibernate's tenant identifier of a session that sees all rows of one node.
 *
 * @param node the node's name
 */
public record NodeScope(String node) implements Serializable {
    /** Returns a text no shard key can have: a key's text starts with its group's name. */
    @Override
    public String toString() {
        return "@" + node;
    }
}
