package io.shardloom.hibernate.internal.cluster;

import io.shardloom.atomic.LockedUnit;
import io.shardloom.failure.RolledBackException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.topology.Node;
import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.engine.spi.Status;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** What the sessions of a unit of work write, in which order, and how it is committed. Not thread-safe. */
final class ClusterWrites {
    private final NodeSessions sessions;
    private final LockedUnit locked;
    private @Nullable ReferenceWrites references;
    private volatile Set<String> written = Set.of(); // queries run in threads of their own
    private boolean ended;
    private @Nullable RuntimeException failure;

    ClusterWrites(NodeSessions sessions) {
        this.sessions = sessions;
        this.locked = sessions.factory()
                .runtime()
                .sharding()
                .atomicCommit()
                .deadlocks()
                .unit();
    }

    /** Most units write to no reference table. */
    private ReferenceWrites references() {
        if (references == null) {
            references = new ReferenceWrites(sessions.factory());
        }
        return references;
    }

    private synchronized void markWritten(String node) {
        if (!written.contains(node)) {
            var more = new HashSet<>(written);
            more.add(node);
            written = more;
        }
    }

    /** Returns who is told what a node's session writes. */
    ClusterScope.Writes of(String node) {
        return new ClusterScope.Writes() {
            @Override
            public void onConnection(int process) {
                locked.on(sessions.factory().runtime().sharding().node(node), process);
            }

            @Override
            public void onRow() {
                markWritten(node);
            }

            @Override
            public void onReference(EntityPersister entity) {
                var first = sessions.factory().runtime().firstNode();
                if (!first.name().equals(node)) {
                    var name = entity.getEntityName();
                    throw new WrongShardKeyException("Cannot write " + name.substring(name.lastIndexOf('.') + 1)
                            + " here: it is a reference table, and this object came with a row of node " + node
                            + ". Give it to the cluster session's own persist, merge or remove, or change what its find"
                            + " returns.");
                }
                markWritten(node);
                references().begin(entity, sessions.on(first));
            }

            @Override
            public boolean isReference(Object entity) {
                var first = sessions.factory().runtime().firstNode().name();
                var session = first.equals(node) ? null : sessions.openedOn(first);
                var entry = session == null
                        ? null
                        : session.getPersistenceContextInternal().getEntry(entity);
                return entry != null
                        && entry.getStatus() == Status.MANAGED
                        && sessions.factory()
                                        .runtime()
                                        .model()
                                        .home(entry.getPersister().getEntityName())
                                instanceof EntityHome.Reference;
            }
        };
    }

    /** Does a step; if it fails, the unit can only be rolled back. */
    <T> T step(Supplier<T> step) {
        if (ended) {
            throw new IllegalStateException("The cluster session has been committed or rolled back. Open a new one.");
        }
        try {
            return step.get();
        } catch (NoResultException | NonUniqueResultException e) {
            throw e;
        } catch (RuntimeException e) {
            var plain = locked.circle()
                    .map(circle -> PlainFailures.ofDeadlock(circle, e))
                    .orElse(e);
            failure = failure == null ? plain : failure;
            throw plain;
        }
    }

    /** Sends all changes: reference tables first, on every node, then the nodes in their order. */
    void flush() {
        step(() -> {
            var opened = sessions.opened();
            var first = sessions.factory().runtime().firstNode();
            var firstSession = opened.get(first.name());
            if (firstSession != null) {
                firstSession.flush();
                copyReferences(first, firstSession);
            }
            for (var node : nodes()) {
                var session = opened.get(node.name());
                if (session != null && session != firstSession) {
                    session.flush();
                }
            }
            return true;
        });
    }

    private void copyReferences(Node first, SessionImplementor firstSession) {
        if (references == null || !references.areAhead()) {
            return;
        }
        for (var node : nodes()) {
            if (!node.name().equals(first.name()) && references.copy(firstSession, sessions.on(node), node.name())) {
                markWritten(node.name());
            }
        }
        references.areEqual();
    }

    private List<Node> nodes() {
        return sessions.factory().runtime().configuration().nodes();
    }

    /** Commits, once: a second call finds nothing to do. */
    void commit() {
        if (ended) {
            return;
        }
        try {
            commitAll();
        } finally {
            ended = true;
        }
    }

    private void commitAll() {
        var opened = sessions.opened();
        if (!opened.isEmpty() && isJta(opened.values().iterator().next())) {
            throw new ShardloomException("A cluster session commits its nodes itself, and the unit's transactions are"
                    + " JTA's. Use transaction-type RESOURCE_LOCAL for this unit.");
        }
        failIfAnyStatementFailed();
        flush();
        failIfAnyStatementFailed();
        var parts = new ArrayList<JointCommit.Part>(opened.size());
        opened = sessions.opened();
        for (var node : nodes()) {
            var session = opened.get(node.name());
            if (session != null) {
                parts.add(new JointCommit.Part(node, session, written.contains(node.name())));
            }
        }
        var runtime = sessions.factory().runtime();
        new JointCommit(runtime.sharding().atomicCommit(), runtime.scatter(), parts).run();
    }

    private static boolean isJta(SessionImplementor session) {
        return session.getTransactionCoordinator()
                .getTransactionCoordinatorBuilder()
                .isJta();
    }

    /** PostgreSQL has then ended the work of that node, and a commit of it would be a rollback. */
    private void failIfAnyStatementFailed() {
        for (var entry : sessions.opened().entrySet()) {
            if (failure != null || entry.getValue().getTransaction().getRollbackOnly()) {
                throw new RolledBackException(
                        "A step of the cluster session has failed before"
                                + (failure == null ? " on node " + entry.getKey() : " (" + failure.getMessage() + ")")
                                + ", and the failure was passed over. Nothing is committed on any node. Let the failure"
                                + " end the session, and do the work again in a new one.",
                        failure);
            }
        }
    }

    /** Says that the unit is over. */
    void end() {
        locked.close();
    }

    /** Marks a node as one that is written to. */
    void onRow(Node node) {
        markWritten(node.name());
    }

    /** Locks an entity's tables, to be copied at the next flush. */
    void onReference(EntityPersister entity) {
        var first = sessions.factory().runtime().firstNode();
        markWritten(first.name());
        references().begin(entity, sessions.on(first));
    }
}
