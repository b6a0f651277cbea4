package io.shardloom.server;

/** What a server is to its node now. */
public enum ServerRole {
    /** Takes writes. */
    PRIMARY,
    /** Every other server of the node. */
    REPLICA
}
