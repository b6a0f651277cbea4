package io.shardloom.hibernate.internal.readonly;

import io.shardloom.failure.ReadOnlyException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.sql.SQLException;
import org.hibernate.LockMode;
import org.hibernate.LockOptions;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.internal.SessionImpl;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.sql.exec.spi.JdbcOperationQueryMutation;
import org.jspecify.annotations.Nullable;

/** Tells which sessions write nothing, and refuses what they must not do. */
public final class ReadOnlyWork {
    /** What Hibernate's sessions have in common, stateless ones included. */
    private static final Class<?> SESSION = SessionImpl.class.getSuperclass();

    /**
     * Hibernate keeps to itself how a session was opened; what it shows, the default for loaded entities, also a session
     * that writes may set.
     */
    private static final MethodHandle OPENED_READ_ONLY = openedReadOnly();

    private ReadOnlyWork() {}

    private static MethodHandle openedReadOnly() {
        try {
            return MethodHandles.privateLookupIn(SESSION, MethodHandles.lookup())
                    .findVirtual(SESSION, "isReadOnly", MethodType.methodType(boolean.class))
                    .asType(MethodType.methodType(boolean.class, Object.class));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("This version of Hibernate ORM is not the one Shardloom was made for.", e);
        }
    }

    /**
     * Tells whether a session was opened read-only.
     *
     * @param session of any kind
     * @return false for a session that writes
     */
    public static boolean isReadOnly(Object session) {
        try {
            return SESSION.isInstance(session) && (boolean) OPENED_READ_ONLY.invokeExact(session);
        } catch (Throwable e) {
            throw new IllegalStateException(e); // a getter throws nothing
        }
    }

    /**
     * Tells whether a session must not write: it was opened read-only, shares the connection of one that was, or is in a
     * transaction that somebody else has made read-only.
     *
     * @param session of any kind
     * @return false for a session that writes
     */
    static boolean isFor(SharedSessionContractImplementor session) {
        return isReadOnly(session)
                || isReadOnly(session.getJdbcCoordinator().getJdbcSessionOwner())
                || isOnReadOnlyConnection(session);
    }

    /**
     * Tells whether a session forgets what is changed in the entities it loads: it was opened read-only, or loads them as
     * read-only in a transaction that somebody else has made read-only.
     *
     * @param session with a persistence context
     */
    static boolean forgetsChanges(SessionImplementor session) {
        return isReadOnly(session) || (session.isDefaultReadOnly() && isOnReadOnlyConnection(session));
    }

    private static boolean isOnReadOnlyConnection(SharedSessionContractImplementor session) {
        var connection = session.getJdbcCoordinator().getLogicalConnection();
        try {
            return connection.isPhysicallyConnected()
                    && connection.getPhysicalConnection().isReadOnly();
        } catch (SQLException e) {
            return false; // closed: the statement that comes will say so
        }
    }

    /**
     * Refuses to write in a session that must not.
     *
     * @param session that is asked to
     * @param verb what it is asked to do, for the message
     * @param object with what, its package apart
     * @throws ReadOnlyException if the session is read-only
     */
    static void refuse(SharedSessionContractImplementor session, String verb, String object) {
        if (isFor(session)) {
            throw refusal(verb + " " + simple(object));
        }
    }

    /**
     * Refuses a statement that writes, in a session that must not; to be called before it is prepared.
     *
     * @param session that is asked to
     * @param mutation of HQL, Criteria or native SQL
     * @throws ReadOnlyException if the session is read-only
     */
    public static void refuseWrite(SharedSessionContractImplementor session, JdbcOperationQueryMutation mutation) {
        if (isFor(session)) {
            throw refusal("run \"" + mutation.getSqlString() + "\"");
        }
    }

    /**
     * Refuses a load that would lock its rows or count up their versions, in a session that must not.
     *
     * @param session that is asked to
     * @param lock of the load, or null for none
     * @param what the object of the load, for the message
     * @throws ReadOnlyException if the session is read-only and the lock one that writes
     */
    @SuppressWarnings("removal") // LockOptions are what Hibernate hands over
    public static void refuseLock(
            SharedSessionContractImplementor session, @Nullable LockOptions lock, @Nullable String what) {
        if (lock != null && writes(lock.getLockMode()) && isFor(session)) {
            throw refusal("lock " + (what == null ? "rows" : simple(what)) + " by " + lock.getLockMode());
        }
    }

    /**
     * Refuses to commit a read-only session's transaction in which an entity was changed; to be called right before its
     * COMMIT.
     *
     * @param session of any kind
     * @throws ReadOnlyException if an entity was changed
     */
    public static void refuseChanges(Object session) {
        if (isReadOnly(session) && session instanceof SessionImplementor loading) {
            ChangeCheck.check(loading, "commit");
        }
    }

    private static boolean writes(@Nullable LockMode mode) {
        return mode != null && (mode.isPessimistic() || mode == LockMode.OPTIMISTIC_FORCE_INCREMENT);
    }

    static ReadOnlyException refusal(String what) {
        return new ReadOnlyException(
                "Cannot " + what + ": the session is read-only. Do it in a session that writes, for"
                        + " example Shardloom.of(emf).inTransaction(key, …) or a @Transactional method without readOnly.");
    }

    static String name(EntityPersister persister) {
        return simple(persister.getEntityName());
    }

    static String simple(String entity) {
        return entity.substring(Math.max(entity.lastIndexOf('.'), entity.lastIndexOf('$')) + 1);
    }
}
