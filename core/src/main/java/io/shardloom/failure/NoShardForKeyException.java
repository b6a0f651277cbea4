package io.shardloom.failure;

/** A list or range group has no shard for this key: add a shard whose bound takes it, or a DEFAULT shard. */
public class NoShardForKeyException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message the group, the key, the shards with their bounds, and the cure
     */
    public NoShardForKeyException(String message) {
        super(message);
    }
}
