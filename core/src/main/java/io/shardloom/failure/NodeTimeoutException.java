package io.shardloom.failure;

import org.jspecify.annotations.Nullable;

/** A node has not done its work in time, and its statement has been cancelled: allow more time, or ask for less. */
public class NodeTimeoutException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message which node, and what it has not done in which time
     * @param cause what came of the cancelled statement, if anything
     */
    public NodeTimeoutException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
