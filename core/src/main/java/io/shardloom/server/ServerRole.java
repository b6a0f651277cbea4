package io.shardloom.server;

/** What a server is to its node, by configuration. */
public enum ServerRole {
    /** Takes writes. */
    PRIMARY,
    /** A streaming standby that takes reads. */
    REPLICA
}
