package io.shardloom.config;

/** How a replica is chosen for read-only work. */
public enum ReplicaChoice {
    /** Each replica in turn. */
    ROUND_ROBIN,
    /** Any replica, by chance. */
    RANDOM
}
