package io.shardloom.hibernate.internal.cluster;

import io.shardloom.failure.ScatterException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.scatter.Scatter;
import io.shardloom.setting.EndingConnection;
import io.shardloom.topology.Node;
import jakarta.persistence.RollbackException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.HibernateException;
import org.hibernate.engine.spi.SessionImplementor;
import org.jspecify.annotations.Nullable;

/**
 * One Hibernate session with a transaction for each node of a unit of work, opened when first asked for. Each session is
 * used by one thread at a time, different ones by different threads.
 */
public final class NodeSessions implements AutoCloseable {
    private final ShardSessionFactory factory;
    private final boolean readOnly;
    private final boolean ofSingleQueries;
    private @Nullable ClusterWrites writes;
    /** By node, in the order in which they were come to; never changed, so that any thread may look through it. */
    private volatile Map<String, SessionImplementor> sessions = Map.of();

    private boolean closed;

    /**
     * Opens no session yet.
     *
     * @param factory the unit's factory
     * @param readOnly true to read from replicas and write nothing
     * @throws IllegalStateException if the factory is closed
     */
    public NodeSessions(ShardSessionFactory factory, boolean readOnly) {
        this(factory, readOnly, false);
    }

    private NodeSessions(ShardSessionFactory factory, boolean readOnly, boolean ofSingleQueries) {
        factory.requireOpen();
        this.factory = factory;
        this.readOnly = readOnly;
        this.ofSingleQueries = ofSingleQueries;
    }

    /**
     * Opens no session yet. Each will read from a replica, and end its transaction with each query whose rows come at once.
     *
     * @param factory the unit's factory
     * @throws IllegalStateException if the factory is closed
     */
    public static NodeSessions ofSingleQueries(ShardSessionFactory factory) {
        return new NodeSessions(factory, true, true);
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
        var session = sessions.get(node.name());
        return session != null ? session : open(node.name());
    }

    /**
     * Takes a node's connection before there is anything to say. Who takes those of several nodes does it in their order, so that
     * units which share small pools never wait for each other in a circle.
     *
     * @param node the node
     * @return false if it could not be had; work on the node will say why
     */
    public boolean connect(Node node) {
        var session = on(node);
        try {
            session.getJdbcCoordinator().getLogicalConnection().getPhysicalConnection();
            return true;
        } catch (HibernateException | ShardloomException e) {
            return false;
        }
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
        if (nodes.size() > 1) {
            connectInOrder(nodes);
        }
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

    private void connectInOrder(Collection<Node> nodes) {
        for (var node : factory.runtime().sharding().nodes()) {
            if (nodes.contains(node) && !connect(node)) {
                return;
            }
        }
    }

    /**
     * Makes a node's server stop the statement that its session has sent, if it has; called from another thread than the
     * session's.
     *
     * @param node the node
     */
    public void cancel(Node node) {
        var session = openedOn(node.name());
        if (session != null && session.isOpen()) {
            session.cancelQuery();
        }
    }

    /** Detaches every entity of all of them. */
    public void clear() {
        opened().values().forEach(SessionImplementor::clear);
    }

    private SessionImplementor open(String node) {
        var session = factory.withOptions()
                .tenantIdentifier((Object) scope(node))
                .readOnly(readOnly)
                .openSession();
        if (sessions.isEmpty()) {
            sessions = Collections.singletonMap(node, session);
        } else {
            var more = new LinkedHashMap<>(sessions);
            more.put(node, session);
            sessions = Collections.unmodifiableMap(more);
        }
        session.beginTransaction();
        return session;
    }

    private NodeScope scope(String node) {
        if (readOnly) {
            return ofSingleQueries ? NodeScope.ofSingleQueries(node) : new NodeScope(node);
        }
        return new ClusterScope(node, writes().of(node));
    }

    /** Returns the names of the nodes come to so far and their sessions, in that order. */
    Map<String, SessionImplementor> opened() {
        return sessions;
    }

    /** Returns the session of a node, null if it was not come to. */
    @Nullable
    SessionImplementor openedOn(String node) {
        return sessions.get(node);
    }

    /** Returns what is written on them. */
    synchronized ClusterWrites writes() {
        if (writes == null) {
            writes = new ClusterWrites(this);
        }
        return writes;
    }

    /** Commits every node's transaction, or none. */
    void commit() {
        if (readOnly) {
            onEach(opened(), NodeSessions::commit);
        } else {
            writes().commit();
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

    /** Ends the transactions of several nodes at once, because none has to wait for another where nothing is written. */
    private void onEach(Map<String, SessionImplementor> some, Consumer<SessionImplementor> end) {
        if (some.size() < 2) {
            some.values().forEach(end);
            return;
        }
        var tasks = new ArrayList<Scatter.Task<Boolean>>(some.size());
        some.forEach((node, session) -> tasks.add(new Scatter.Task<>(
                node,
                () -> {
                    end.accept(session);
                    return true;
                },
                () -> {})));
        for (var failure :
                factory.runtime().scatter().some(tasks, null).failures().values()) {
            throw failure;
        }
    }

    /** Closes sessions that have only read, all at once. */
    public void endReads() {
        try (this) {
            // a closed factory has no threads any more, and who is interrupted waits for nobody
            if (!factory.isClosed() && !Thread.currentThread().isInterrupted()) {
                var open = new LinkedHashMap<>(opened());
                open.values().removeIf(NodeSessions::isOver);
                onEach(open, NodeSessions::rollback);
            }
        }
    }

    /** Tells whether there is nothing to be sent at a session's end. */
    private static boolean isOver(SessionImplementor session) {
        var connection = session.getJdbcCoordinator().getLogicalConnection();
        return !connection.isPhysicallyConnected() || EndingConnection.isOver(connection.getPhysicalConnection());
    }

    private static void rollback(SessionImplementor session) {
        if (session.getTransaction().isActive()) {
            session.getTransaction().rollback();
        }
    }

    /** Rolls back what is not committed and gives the connections back, on every node, whatever fails on one. */
    @Override
    public void close() {
        @Nullable ClusterWrites ended;
        synchronized (this) {
            closed = true;
            ended = writes;
        }
        if (ended != null) {
            ended.end(); // before its connections work for others
        }
        List<RuntimeException> failures = new ArrayList<>();
        for (var session : opened().values()) {
            attempt(failures, () -> rollback(session));
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
