package io.shardloom.failure;

/** SQL that Shardloom cannot see into came up in work that belongs to one key: use a query, or say it is unchecked. */
public class NativeSqlException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message the key, the statement, and what to do
     */
    public NativeSqlException(String message) {
        super(message);
    }
}
