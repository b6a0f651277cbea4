package io.shardloom.failure;

/** Work of a read-only session would have written or locked a row: do it in a session that writes. */
public class ReadOnlyException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the failure.
     *
     * @param message what was refused, of which entity, and what to do
     */
    public ReadOnlyException(String message) {
        super(message);
    }
}
