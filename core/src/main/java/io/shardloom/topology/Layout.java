package io.shardloom.topology;

/** How a group's tables look on each node. */
public enum Layout {
    /** A partitioned parent with only the node's shards attached; PostgreSQL itself refuses a misplaced row. */
    PARTITIONED,
    /** Ordinary tables; the node's share is kept by routing. */
    PLAIN
}
