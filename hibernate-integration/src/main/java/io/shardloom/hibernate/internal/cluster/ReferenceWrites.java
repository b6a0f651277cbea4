package io.shardloom.hibernate.internal.cluster;

import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.reference.ReferenceCopies;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;

/**
 * What a unit of work writes to reference tables: first on the first node, by Hibernate, then the same rows on every
 * other. Not thread-safe.
 */
final class ReferenceWrites {
    private final ReferenceTables tables;
    private final Set<String> locked = new LinkedHashSet<>();
    private final Set<String> written = new LinkedHashSet<>();

    ReferenceWrites(ShardSessionFactory factory) {
        this.tables = new ReferenceTables(factory);
    }

    /** Locks the entity's tables before one is written to. */
    void begin(EntityPersister entity, SessionImplementor first) {
        var all = tables.of(entity);
        written.addAll(all);
        lock(first, all.stream().filter(locked::add).toList());
    }

    /** Tells whether there is anything that other nodes lack. */
    boolean areAhead() {
        return !written.isEmpty();
    }

    /** Gives a node the rows of the first; returns whether any were to be changed. */
    boolean copy(SessionImplementor first, SessionImplementor other, String node) {
        try {
            ReferenceCopies.lock(connection(other), written);
            return ReferenceCopies.copy(connection(first), connection(other), written) > 0;
        } catch (SQLException e) {
            throw new ShardloomException(
                    "The rows of the reference tables " + String.join(", ", written) + " could not be written on node "
                            + node + ": " + e.getMessage() + ". The cluster session is rolled back on every node.",
                    e);
        }
    }

    /** Is told that every node has what the first has. */
    void areEqual() {
        written.clear();
    }

    private static void lock(SessionImplementor session, Collection<String> names) {
        if (!names.isEmpty()) {
            try {
                ReferenceCopies.lock(connection(session), names);
            } catch (SQLException e) {
                throw session.getJdbcServices()
                        .getSqlExceptionHelper()
                        .convert(e, "Cannot lock the reference tables " + String.join(", ", names));
            }
        }
    }

    static Connection connection(SessionImplementor session) {
        return session.getJdbcCoordinator().getLogicalConnection().getPhysicalConnection();
    }
}
