package io.shardloom.failure;

/** A connection was lost in the middle of a transaction; says whether the transaction may have been done. */
public class ConnectionLostException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    private final boolean outcomeKnown;

    /**
     * Makes the failure.
     *
     * @param message what happened and what to do
     * @param outcomeKnown true when the transaction was surely not done
     * @param cause the driver's own failure
     */
    public ConnectionLostException(String message, boolean outcomeKnown, Throwable cause) {
        super(message, cause);
        this.outcomeKnown = outcomeKnown;
    }

    /**
     * Tells whether the outcome is known.
     *
     * @return true when nothing of the transaction was done, so that it may be done again; false when its COMMIT was under
     *     way, so that it may have been done or not
     */
    public boolean outcomeKnown() {
        return outcomeKnown;
    }
}
