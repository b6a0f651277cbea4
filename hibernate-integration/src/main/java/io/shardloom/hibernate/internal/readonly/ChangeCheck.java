package io.shardloom.hibernate.internal.readonly;

import io.shardloom.failure.ReadOnlyException;
import org.hibernate.engine.spi.EntityHolder;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.PostLoadEvent;
import org.hibernate.event.spi.PostLoadEventListener;
import org.hibernate.event.spi.RefreshContext;
import org.hibernate.event.spi.RefreshEvent;
import org.hibernate.event.spi.RefreshEventListener;
import org.hibernate.proxy.HibernateProxy;
import org.hibernate.resource.transaction.spi.TransactionObserver;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what read-only sessions load, and refuses to commit a transaction in which an entity was changed: Hibernate
 * would drop the change without a word.
 */
final class ChangeCheck implements PostLoadEventListener, RefreshEventListener {
    private static final long serialVersionUID = 1L;

    @Override
    public void onPostLoad(PostLoadEvent event) {
        if (ReadOnlyWork.forgetsChanges(event.getSession())) {
            keep(event.getSession(), event.getEntity());
        }
    }

    @Override
    public void onRefresh(RefreshEvent event) {
        if (ReadOnlyWork.forgetsChanges(event.getSession())) {
            keep(
                    event.getSession(),
                    event.getObject() instanceof HibernateProxy proxy
                            ? proxy.getHibernateLazyInitializer().getImplementation()
                            : event.getObject());
        }
    }

    @Override
    public void onRefresh(RefreshEvent event, RefreshContext refreshedAlready) {
        onRefresh(event);
    }

    private static void keep(EventSource session, Object entity) {
        var entry = session.getPersistenceContextInternal().getEntry(entity);
        if (entry == null || !entry.getPersister().isMutable() || entry.getExtraState(LoadedState.class) != null) {
            return;
        }
        entry.addExtraState(LoadedState.of(entity, entry.getPersister(), session));
        var coordinator = session.getTransactionCoordinator();
        if (!ReadOnlyWork.isReadOnly(session)
                || session.getJdbcCoordinator().getJdbcSessionOwner() != session
                || coordinator.getTransactionCoordinatorBuilder().isJta()) {
            var check = new AtCommit(session);
            coordinator.removeObserver(check); // there is at most one
            coordinator.addObserver(check);
        } // else the commit asks by itself
    }

    /**
     * Refuses to drop what was changed of the entities that a session has loaded.
     *
     * @param session that writes nothing
     * @param verb what it is asked to do, for the message
     * @throws ReadOnlyException if anything was changed
     */
    static void check(SessionImplementor session, String verb) {
        var loaded = session.getPersistenceContextInternal().getEntityHoldersByKey();
        if (loaded != null) {
            for (var holder : loaded.values()) {
                check(session, verb, holder);
            }
        }
    }

    private static void check(SessionImplementor session, String verb, EntityHolder holder) {
        var entry = holder.getEntityEntry();
        var entity = holder.getEntity();
        @Nullable LoadedState state = entry == null ? null : entry.getExtraState(LoadedState.class);
        if (entry == null || entity == null || state == null) {
            return;
        }
        var changed = state.changed(entity, entry.getPersister(), session);
        if (!changed.isEmpty()) {
            throw new ReadOnlyException("Cannot " + verb + ": " + String.join(", ", changed) + " of "
                    + ReadOnlyWork.name(entry.getPersister()) + " " + entry.getId() + " changed in a read-only"
                    + " session, and would not be written. Change it in a session that writes, for example"
                    + " Shardloom.of(emf).inTransaction(key, …) or a @Transactional method without readOnly; an"
                    + " object that is changed for other ends is to be detached first.");
        }
    }

    /** Asks where the commit is not the session's own. Equal to that of the same session. */
    private record AtCommit(SessionImplementor session) implements TransactionObserver {
        @Override
        public void afterBegin() {}

        @Override
        public void beforeCompletion() {
            check(session, "commit");
        }

        @Override
        public void afterCompletion(boolean successful, boolean delayed) {}
    }
}
