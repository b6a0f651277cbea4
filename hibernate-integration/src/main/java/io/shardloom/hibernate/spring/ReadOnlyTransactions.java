package io.shardloom.hibernate.spring;

import io.shardloom.hibernate.internal.connection.BeginningTransaction;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.TransactionExecution;
import org.springframework.transaction.TransactionExecutionListener;

/**
 * Sends Spring's {@code @Transactional(readOnly = true)} to a replica: the entity manager that a
 * {@code JpaTransactionManager} opens for such a transaction is read-only, as with
 * {@link io.shardloom.hibernate.Shardloom#READ_ONLY}. Spring itself tells Hibernate no more than not to flush.
 *
 * <p>Add one to the transaction manager: {@code manager.addListener(new ReadOnlyTransactions())}. A read-only transaction
 * that joins one that writes stays with it, on the primary. Thread-safe.
 */
public final class ReadOnlyTransactions implements TransactionExecutionListener {
    /** Creates the listener; one may serve several transaction managers. */
    public ReadOnlyTransactions() {}

    @Override
    public void beforeBegin(TransactionExecution transaction) {
        BeginningTransaction.begins(transaction.isReadOnly());
    }

    @Override
    public void afterBegin(TransactionExecution transaction, @Nullable Throwable beginFailure) {
        BeginningTransaction.hasBegun();
    }
}
