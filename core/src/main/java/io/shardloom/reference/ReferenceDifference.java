package io.shardloom.reference;

/**
 * A row of a reference table that is not the same on two nodes.
 *
 * @param table the table, as SQL names it
 * @param id the row's primary key, its values parted by commas; of a table without one, empty
 * @param node the node that differs
 * @param from the node it was compared with
 * @param kind how it differs
 */
public record ReferenceDifference(String table, String id, String node, String from, Kind kind) {

    /** How a row differs. */
    public enum Kind {
        /** The node does not have it. */
        MISSING,
        /** Only the node has it. */
        EXTRA,
        /** Its values are others. */
        OTHER_VALUES,
        /** The table has no primary key, and its rows are not the same. */
        OTHER_ROWS
    }
}
