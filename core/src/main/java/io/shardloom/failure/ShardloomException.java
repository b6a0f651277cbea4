package io.shardloom.failure;

import org.jspecify.annotations.Nullable;

/** The root of everything Shardloom throws; its message says what happened, why, and what to do. */
public class ShardloomException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes a failure without a cause.
     *
     * @param message what happened, why, and what to do
     */
    public ShardloomException(String message) {
        super(message);
    }

    /**
     * Makes a failure that another one led to.
     *
     * @param message what happened, why, and what to do
     * @param cause what led to it, kept for the log
     */
    public ShardloomException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
