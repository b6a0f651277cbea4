package io.shardloom.failure;

/** A key other than the bound one came up in work that belongs to one key: do it in a unit of work of its own. */
public class WrongShardKeyException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message both keys, where they met, and what to do
     */
    public WrongShardKeyException(String message) {
        super(message);
    }
}
