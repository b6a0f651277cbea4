package io.shardloom.hibernate;

import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * The rows of those nodes that answered.
 *
 * @param rows merged as if there were no other nodes
 * @param failures what happened, by the name of each node whose rows are missing
 * @param <R> what each row is
 */
public record PartialResult<R>(List<R> rows, Map<String, RuntimeException> failures) {
    /** Copies both. */
    public PartialResult {
        rows = Collections.unmodifiableList(rows);
        failures = Map.copyOf(failures);
    }

    /**
     * Tells whether every node has answered.
     *
     * @return true if no row is missing
     */
    public boolean isComplete() {
        return failures.isEmpty();
    }
}
