package io.shardloom.failure;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** It is not known whether a transaction is committed: look before it is done again. */
public class InDoubtException extends ShardloomException {

    private static final long serialVersionUID = 1L;

    private final @Nullable UUID transactionId;

    /**
     * Makes the failure.
     *
     * @param message the nodes, what is not known, and how it comes to be known
     * @param transactionId the transaction of several nodes; null where one node alone was asked to commit
     * @param cause the driver's own failure
     */
    public InDoubtException(String message, @Nullable UUID transactionId, @Nullable Throwable cause) {
        super(message, cause);
        this.transactionId = transactionId;
    }

    /**
     * Returns the transaction, all nodes of which will come to the same end.
     *
     * @return its id, as the status of transactions in doubt shows it; empty where one node alone was asked to commit
     */
    public Optional<UUID> transactionId() {
        return Optional.ofNullable(transactionId);
    }
}
