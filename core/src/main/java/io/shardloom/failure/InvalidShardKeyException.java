package io.shardloom.failure;

/** A value cannot be a shard key of its group: it is null, of another class, or outside the PostgreSQL type. */
public class InvalidShardKeyException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message the expected type, what was given, and what to give instead
     */
    public InvalidShardKeyException(String message) {
        super(message);
    }

    /**
     * Returns the same failure with the group it happened in.
     *
     * @param group the group's name
     * @return a new exception whose message starts with the group; it says all, so it has no cause
     */
    public InvalidShardKeyException in(String group) {
        return new InvalidShardKeyException("Shard key of group '" + group + "': " + getMessage());
    }
}
