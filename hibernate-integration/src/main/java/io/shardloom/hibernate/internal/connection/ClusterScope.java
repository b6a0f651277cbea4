package io.shardloom.hibernate.internal.connection;

import org.hibernate.persister.entity.EntityPersister;

/** Hibernate's tenant identifier of a session that is one node's part of a cluster session which may write. */
public final class ClusterScope extends NodeScope {
    private static final long serialVersionUID = 1L;

    private final transient Writes writes;

    /** Is told what the part does. */
    public interface Writes {
        /**
         * The part has its connection.
         *
         * @param process the server process that works for it, 0 when it is not known
         */
        void onConnection(int process);

        /** A row that this node alone has is about to be written. */
        void onRow();

        /**
         * A row of a reference table is about to be written.
         *
         * @param entity the entity
         * @throws io.shardloom.failure.WrongShardKeyException if this is not the node on which it is to be written
         */
        void onReference(EntityPersister entity);

        /**
         * Tells whether an object is a row of a reference table that is managed where those are written.
         *
         * @param entity an entity
         */
        boolean isReference(Object entity);
    }

    /**
     * Creates the scope of one node's part.
     *
     * @param node the node's name
     * @param writes is told what the part writes
     */
    public ClusterScope(String node, Writes writes) {
        super(node);
        this.writes = writes;
    }

    /** Returns who is told what the part writes. */
    public Writes writes() {
        return writes;
    }
}
