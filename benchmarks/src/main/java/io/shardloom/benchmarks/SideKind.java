package io.shardloom.benchmarks;

import java.util.Locale;

/** The ways to the same data. */
enum SideKind {
    PLAIN("plain Hibernate, one server"),
    ROUTER("hand-written router"),
    SHARDLOOM("Shardloom"),
    SHARDINGSPHERE("ShardingSphere-JDBC");

    private final String label;

    SideKind(String label) {
        this.label = label;
    }

    String label() {
        return label;
    }

    /** Returns the database with its rows; ShardingSphere has the same as the router. */
    String database() {
        return switch (this) {
            case PLAIN -> "plain";
            case ROUTER, SHARDINGSPHERE -> "router";
            case SHARDLOOM -> "sharded";
        };
    }

    /** Returns its name in the settings of a measured JVM. */
    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }
}
