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

    /** Returns its name in the settings of a measured JVM. */
    String setting() {
        return name().toLowerCase(Locale.ROOT);
    }
}
