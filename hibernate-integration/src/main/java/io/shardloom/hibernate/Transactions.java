package io.shardloom.hibernate;

import io.shardloom.failure.ShardloomException;
import jakarta.persistence.RollbackException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.hibernate.Session;
import org.hibernate.SessionBuilder;
import org.hibernate.Transaction;
import org.jspecify.annotations.Nullable;

/** One unit of work in one transaction. */
final class Transactions {
    private Transactions() {}

    static void run(SessionBuilder sessions, Consumer<? super Session> work) {
        Transactions.<@Nullable Object>call(sessions, session -> {
            work.accept(session);
            return null;
        });
    }

    static <R extends @Nullable Object> R call(SessionBuilder sessions, Function<? super Session, R> work) {
        try (var session = sessions.openSession()) {
            return call(session, work);
        }
    }

    private static <R extends @Nullable Object> R call(Session session, Function<? super Session, R> work) {
        var transaction = session.beginTransaction();
        R result;
        try {
            result = work.apply(session);
        } catch (Throwable failure) {
            try {
                if (transaction.isActive()) {
                    transaction.rollback();
                }
            } catch (RuntimeException alsoFailed) {
                failure.addSuppressed(alsoFailed);
            }
            throw failure;
        }
        if (transaction.isActive()) {
            if (transaction.getRollbackOnly()) {
                transaction.rollback();
            } else {
                commit(transaction);
            }
        }
        return result;
    }

    /** JPA wraps whatever stops a commit; our own refusals say all there is to say. */
    private static void commit(Transaction transaction) {
        try {
            transaction.commit();
        } catch (RollbackException e) {
            throw e.getCause() instanceof ShardloomException ours ? ours : e;
        }
    }
}
