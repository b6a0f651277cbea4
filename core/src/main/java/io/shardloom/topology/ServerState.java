package io.shardloom.topology;

/** What is known about a server. Only an {@link #UP} server takes work. */
public enum ServerState {
    /** Not probed yet. */
    UNKNOWN,
    /** Answers, and is the node's primary or a replica that is fresh enough. */
    UP,
    /** Work has met a broken connection; a probe is finding out. */
    SUSPECT,
    /** Its pool gave no connection in time though the server answers. */
    BUSY,
    /** Answers, and refuses new connections: too many clients, wrong password, no such database. */
    REFUSING,
    /** Gives no connection, or does not answer in time. */
    DOWN,
    /** A replica further behind than allowed, or not on the primary's timeline yet. */
    LAGGING,
    /** Its system identifier is not the node's: it belongs to another node. */
    WRONG_NODE,
    /** Takes writes, and is not the node's primary: one of former times, or promoted beside it. */
    DEPOSED
}
