package io.shardloom.strategy;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a group's keys are spread over its shards; the names are those of {@code PARTITION BY}. */
public enum StrategyKind {
    /** By PostgreSQL's extended hash of the key. */
    HASH,
    /** By lists of values. */
    LIST,
    /** By ranges of values, from inclusive to exclusive. */
    RANGE;

    /**
     * Returns the kind with this name, whatever its case.
     *
     * @param name {@code hash}, {@code list} or {@code range}
     * @return the kind, or empty when there is none of this name
     */
    public static Optional<StrategyKind> ofName(String name) {
        return Arrays.stream(values())
                .filter(kind -> kind.name().equals(name.strip().toUpperCase(Locale.ROOT)))
                .findFirst();
    }
}
