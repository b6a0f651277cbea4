package io.shardloom.benchmarks;

import java.util.Locale;

/** The ways to the same data. */
enum SideKind {
    PLAIN("plain Hibernate, one server"),
    ROUTER("hand-written router"),
    SHARDLOOM("Shardloom"),
    SHARDLOOM_PLAIN("Shardloom, plain layout"),
    HAND("JDBC by hand on Shardloom's tables"),
    SHARDINGSPHERE("ShardingSphere-JDBC");

    private final String label;

    SideKind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Tells whether it is a way to all data, with sessions, and not only to answers over all nodes. */
    boolean isWhole() {
        return this != HAND && this != SHARDLOOM_PLAIN;
    }

    /** Returns the database with its rows; ShardingSphere has the same as the router. */
    String database() {
        return switch (this) {
            case PLAIN -> "plain";
            case ROUTER, SHARDINGSPHERE -> "router";
            case SHARDLOOM, HAND -> "sharded";
            case SHARDLOOM_PLAIN -> "sharded_plain";
        };
    }

    /** Returns its name in the settings of a measured JVM. */
    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }
}
