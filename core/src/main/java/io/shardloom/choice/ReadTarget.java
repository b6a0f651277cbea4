package io.shardloom.choice;

/** Which servers of a node may take a read. */
public enum ReadTarget {
    /** The primary alone. */
    PRIMARY,
    /** A fresh replica; the primary when there is none. */
    PREFER_REPLICA,
    /** A fresh replica; an error when there is none. */
    REPLICA,
    /** The primary or any fresh replica, as the strategy chooses. */
    ANY
}
