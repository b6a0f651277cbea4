package io.shardloom.failure;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** Work on several nodes failed on some of them, and has been given up on all: try again, or ask for partial results. */
public class ScatterException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    private final transient Map<String, RuntimeException> failures;

    /**
     * Makes the failure.
     *
     * @param failures what happened on each node that failed, at least one
     * @param nodes how many nodes were asked
     */
    public ScatterException(Map<String, RuntimeException> failures, int nodes) {
        super(
                failures.size() + " of " + nodes + " nodes failed: "
                        + failures.entrySet().stream()
                                .map(failure -> failure.getKey() + ": " + said(failure.getValue()))
                                .collect(Collectors.joining("; "))
                        + ". The work has been given up on the others too.",
                failures.values().iterator().next());
        this.failures = new LinkedHashMap<>(failures);
    }

    /** Returns a message as a part of a sentence. */
    private static String said(RuntimeException failure) {
        String message = String.valueOf(failure.getMessage());
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }

    /**
     * Returns what happened.
     *
     * @return by the name of each node that failed
     */
    public Map<String, RuntimeException> failures() {
        return Map.copyOf(failures);
    }
}
