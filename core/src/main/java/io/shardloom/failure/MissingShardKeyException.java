package io.shardloom.failure;

/** Work that needs a shard key was started without one: supply a key, or ask for all nodes explicitly. */
public class MissingShardKeyException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message which work lacks a key, and the ways to give one
     */
    public MissingShardKeyException(String message) {
        super(message);
    }
}
