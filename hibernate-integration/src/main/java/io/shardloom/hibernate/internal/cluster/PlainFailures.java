package io.shardloom.hibernate.internal.cluster;

import io.shardloom.failure.NodeTimeoutException;
import io.shardloom.failure.ScatterException;
import io.shardloom.failure.ShardloomException;
import jakarta.persistence.PersistenceException;
import jakarta.persistence.QueryTimeoutException;
import jakarta.persistence.RollbackException;
import java.sql.SQLException;
import org.hibernate.JDBCException;
import org.hibernate.exception.LockAcquisitionException;
import org.hibernate.query.IllegalQueryOperationException;
import org.hibernate.query.SemanticException;
import org.hibernate.query.SyntaxException;

/** Makes of what failed in a cluster session the exception that a session of one server throws. */
public final class PlainFailures {
    private static final String CANCELLED = "57014";
    private static final String DEADLOCK = "40P01";

    private PlainFailures() {}

    /**
     * Returns what is thrown for a failure of some nodes: that of the first, with a suppressed one that says on which nodes. What
     * befell a node as such, that it cannot be reached for one, is left as it is.
     *
     * @param failure what was thrown
     */
    public static RuntimeException of(RuntimeException failure) {
        if (!(failure instanceof ScatterException scattered)) {
            return isTimeout(failure) ? new QueryTimeoutException(failure.getMessage(), failure) : failure;
        }
        var failures = scattered.failures().values();
        if (failures.stream().anyMatch(PlainFailures::isTimeout)) {
            return new QueryTimeoutException(scattered.getMessage(), scattered);
        }
        if (failures.stream().anyMatch(ShardloomException.class::isInstance)
                || !(scattered.getCause() instanceof RuntimeException first)) {
            return scattered;
        }
        first.addSuppressed(new ShardloomException(String.valueOf(scattered.getMessage())));
        return first;
    }

    private static boolean isTimeout(RuntimeException failure) {
        return failure instanceof NodeTimeoutException
                || failure.getCause() instanceof org.hibernate.QueryTimeoutException;
    }

    /**
     * Returns what is thrown for a statement that cannot be understood.
     *
     * @param failure what its translation threw
     */
    public static RuntimeException ofText(RuntimeException failure) {
        return failure instanceof SyntaxException
                        || failure instanceof SemanticException
                        || failure instanceof IllegalQueryOperationException
                ? new IllegalArgumentException(failure)
                : failure;
    }

    /**
     * Returns what is thrown for a statement that was cancelled because it waited in a circle over several nodes: what
     * Hibernate throws where a server finds the circle.
     *
     * @param circle who waited for whom
     * @param failure what was thrown
     */
    static RuntimeException ofDeadlock(String circle, RuntimeException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof JDBCException jdbc
                    && CANCELLED.equals(jdbc.getSQLException().getSQLState())) {
                var deadlock = new SQLException("deadlock detected over several nodes: " + circle, DEADLOCK, failure);
                return new LockAcquisitionException(
                        "The unit of work waited in a circle with others over several nodes (" + circle
                                + "). It is rolled"
                                + " back, so that the others go on. Do it again; units that flush once, or write in the same"
                                + " order, do not meet so",
                        deadlock,
                        jdbc.getSQL());
            }
        }
        return failure;
    }

    /** Returns what is thrown by a commit. */
    static RuntimeException ofCommit(RuntimeException failure) {
        var plain = of(failure);
        return plain instanceof PersistenceException && !(plain instanceof RollbackException)
                ? new RollbackException("Error while committing the transaction [" + plain.getMessage() + "]", plain)
                : plain;
    }
}
