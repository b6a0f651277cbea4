package io.shardloom.hibernate.internal.connection;

/**
 * What a framework says of the transaction it is about to begin on this thread, before it opens the entity manager of
 * it. Nothing is kept once the transaction has begun, or has failed to.
 */
public final class BeginningTransaction {
    private static final ThreadLocal<Boolean> READ_ONLY = new ThreadLocal<>();

    private BeginningTransaction() {}

    /**
     * To be called before a transaction begins.
     *
     * @param readOnly whether it only reads
     */
    public static void begins(boolean readOnly) {
        if (readOnly) {
            READ_ONLY.set(true);
        } else {
            READ_ONLY.remove();
        }
    }

    /** To be called when it has begun, or has failed to. */
    public static void hasBegun() {
        READ_ONLY.remove();
    }

    static boolean isReadOnly() {
        return READ_ONLY.get() != null;
    }
}
