package io.shardloom.hibernate.internal.cluster;

import io.shardloom.failure.ScatterException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.scatter.Scatter;
import io.shardloom.topology.Node;
import jakarta.persistence.RollbackException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * One Hibernate session with a transaction for each node of a unit of work, opened when first asked for. Each session is
 * used by one thread at a time, different ones by different threads.
 */
public final class NodeSessions implements AutoCloseable {
    private final ShardSessionFactory factory;
    private final boolean readOnly;
    private final Map<String, SessionImplementor> sessions = new LinkedHashMap<>();
    private final ClusterWrites writes;
    private boolean closed;

    /**
     * Opens no session yet.
     *
     * @param factory the unit's factory
     * @param readOnly true to read from replicas and write nothing
     * @throws IllegalStateException if the factory is closed
     */
    public NodeSessions(ShardSessionFactory factory, boolean readOnly) {
        factory.requireOpen();
        this.factory = factory;
        this.readOnly = readOnly;
        this.writes = new ClusterWrites(this);
    }

    /** Returns the factory of all of them. */
    public ShardSessionFactory factory() {
        return factory;
    }

    /** Tells whether they read from replicas and write nothing. */
    public boolean readOnly() {
        return readOnly;
    }

    /** Refuses work after the end, whose sessions nobody would close. */
    synchronized void requireOpen() {
        if (closed) {
            throw new IllegalStateException("The cluster session is closed. Open another one.");
        }
    }

    /**
     * Returns the session of a node, in its transaction.
     *
     * @param node the node
     * @throws IllegalStateException if they are closed
     */
    public synchronized SessionImplementor on(Node node) {
        requireOpen();
        return sessions.computeIfAbsent(node.name(), this::open);
    }

    /**
     * Returns a session for rows that every node has: of the first node where they may be changed, else one that is open
     * or would be that.
     */
    public synchronized SessionImplementor onAny() {
        return sessions.isEmpty() || !readOnly
                ? on(factory.runtime().firstNode())
                : sessions.values().iterator().next();
    }

    /** Works on one node with its session. */
    interface Work<T> {
        /** Does it. */
        T on(Node node, SessionImplementor session);
    }

    /**
     * Works on several nodes at once, on one on the thread of the caller.
     *
     * @return the results in the order of the nodes
     * @throws ScatterException if one of several cannot be reached
     */
    <T> List<T> onEach(Collection<Node> nodes, Work<T> work) {
        try {
            return factory.runtime()
                    .scatter()
                    .all(
                            nodes.stream()
                                    .map(node -> new Scatter.Task<>(
                                            node.name(), () -> work.on(node, on(node)), () -> cancel(node)))
                                    .toList(),
                            null);
        } catch (ScatterException e) {
            throw PlainFailures.of(e);
        }
    }

    /**
     * Makes a node's server stop the statement that its session has sent, if it has; called from another thread than the
     * session's.
     *
     * @param node the node
     */
    public void cancel(Node node) {
        SessionImplementor session;
        synchronized (this) {
            session = sessions.get(node.name());
        }
        if (session != null && session.isOpen()) {
            session.cancelQuery();
        }
    }

    /** Detaches every entity of all of them. */
    public void clear() {
        opened().values().forEach(SessionImplementor::clear);
    }

    private SessionImplementor open(String node) {
        var scope = readOnly ? new NodeScope(node) : new ClusterScope(node, writes.of(node));
        var session = factory.withOptions()
                .tenantIdentifier((Object) scope)
                .readOnly(readOnly)
                .openSession();
        session.beginTransaction();
        return session;
    }

    /** Returns the names of the nodes come to so far and their sessions, in that order. */
    synchronized Map<String, SessionImplementor> opened() {
        return new LinkedHashMap<>(sessions);
    }

    /** Returns what is written on them. */
    ClusterWrites writes() {
        return writes;
    }

    /** Commits every node's transaction, or none. */
    void commit() {
        if (readOnly) {
            opened().values().forEach(NodeSessions::commit);
        } else {
            writes.commit();
        }
    }

    /** Jakarta Persistence wraps whatever stops a commit; our own refusals say all there is to say. */
    private static void commit(SessionImplementor session) {
        try {
            session.getTransaction().commit();
        } catch (RollbackException e) {
            throw e.getCause() instanceof ShardloomException ours ? ours : e;
        }
    }

    /** Rolls back what is not committed and gives the connections back, on every node, whatever fails on one. */
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
        }
        List<RuntimeException> failures = new ArrayList<>();
        for (var session : opened().values()) {
            attempt(failures, () -> {
                if (session.getTransaction().isActive()) {
                    session.getTransaction().rollback();
                }
            });
            attempt(failures, session::close);
        }
        @Nullable RuntimeException first = null;
        for (var failure : failures) {
            if (first == null) {
                first = failure;
            } else {
                first.addSuppressed(failure);
            }
        }
        if (first != null) {
            throw first;
        }
    }

    private static void attempt(List<RuntimeException> failures, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            failures.add(e);
        }
    }
}
