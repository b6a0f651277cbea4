package io.shardloom.failure;

import org.jspecify.annotations.Nullable;

/** A server gave no connection in time: retry, or look after the server that the message names. */
public class ServerUnavailableException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message the node, the server and what to look at
     * @param cause the driver's or the pool's own failure
     */
    public ServerUnavailableException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
