package io.shardloom.failure;

/**
 * A query whose answer could differ from that of one PostgreSQL: over several nodes from that of one holding all rows, in a
 * key session from that of one holding the rows of the key. Ask it otherwise, or ask for its parts.
 */
public class RefusedQueryException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message the part that cannot be answered, why, and what to do
     */
    public RefusedQueryException(String message) {
        super(message);
    }
}
