package io.shardloom.hibernate.internal.connection;

/** Hibernate's tenant identifier where no key is bound: it opens no connection. */
public enum Unbound {
    /** The only one. */
    INSTANCE;

    @Override
    public String toString() {
        return "no key";
    }
}
