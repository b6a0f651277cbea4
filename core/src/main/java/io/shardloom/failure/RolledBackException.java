package io.shardloom.failure;

import org.jspecify.annotations.Nullable;

/** Nothing of a transaction is committed on any node, and nothing will be: it may be done again. */
public class RolledBackException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message the node that could not commit, and why
     * @param cause the driver's own failure
     */
    public RolledBackException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
