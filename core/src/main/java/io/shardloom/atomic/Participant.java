package io.shardloom.atomic;

import io.shardloom.topology.Node;
import java.sql.Connection;

/**
 * One node's part of a transaction.
 *
 * @param node the node
 * @param connection a connection to its primary with autocommit off, in whose transaction the work was done
 * @param wrote false only if nothing was written and no row was locked there
 */
public record Participant(Node node, Connection connection, boolean wrote) {

    /**
     * Makes the part of a node that was, or may have been, written to.
     *
     * @param node the node
     * @param connection a connection to its primary with autocommit off
     * @return the participant
     */
    public static Participant wrote(Node node, Connection connection) {
        return new Participant(node, connection, true);
    }

    /**
     * Makes the part of a node that was read only, without locks on rows.
     *
     * @param node the node
     * @param connection a connection to its primary with autocommit off
     * @return the participant
     */
    public static Participant read(Node node, Connection connection) {
        return new Participant(node, connection, false);
    }
}
