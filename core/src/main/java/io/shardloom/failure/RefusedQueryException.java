package io.shardloom.failure;

/**
 * A query over several nodes whose merged answer could differ from that of one PostgreSQL holding all rows: ask it for one
 * key, or ask for its parts.
 */
public class RefusedQueryException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message the part that cannot be merged, why, and what to do
     */
    public RefusedQueryException(String message) {
        super(message);
    }
}
