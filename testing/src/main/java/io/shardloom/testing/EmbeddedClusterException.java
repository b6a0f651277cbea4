package io.shardloom.testing;

import org.jspecify.annotations.Nullable;

/** Says that a server of an {@link EmbeddedCluster} could not do what was asked; the message says what to look at. */
public class EmbeddedClusterException extends RuntimeException {

    /**
     * Makes one with a message for the reader of a test report.
     *
     * @param message what happened, on which server, and what to do
     */
    public EmbeddedClusterException(String message) {
        super(message);
    }

    /**
     * Makes one with its cause.
     *
     * @param message what happened, on which server, and what to do
     * @param cause the failure behind it, or null if there is none
     */
    public EmbeddedClusterException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
