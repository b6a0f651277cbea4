package io.shardloom.hibernate.internal.readonly;

import org.hibernate.collection.spi.AbstractPersistentCollection;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.AbstractPreDatabaseOperationEvent;
import org.hibernate.event.spi.DeleteContext;
import org.hibernate.event.spi.DeleteEvent;
import org.hibernate.event.spi.DeleteEventListener;
import org.hibernate.event.spi.EventSource;
import org.hibernate.event.spi.MergeContext;
import org.hibernate.event.spi.MergeEvent;
import org.hibernate.event.spi.MergeEventListener;
import org.hibernate.event.spi.PersistContext;
import org.hibernate.event.spi.PersistEvent;
import org.hibernate.event.spi.PersistEventListener;
import org.hibernate.event.spi.PreCollectionRecreateEvent;
import org.hibernate.event.spi.PreCollectionRecreateEventListener;
import org.hibernate.event.spi.PreCollectionRemoveEvent;
import org.hibernate.event.spi.PreCollectionRemoveEventListener;
import org.hibernate.event.spi.PreCollectionUpdateEvent;
import org.hibernate.event.spi.PreCollectionUpdateEventListener;
import org.hibernate.event.spi.PreDeleteEvent;
import org.hibernate.event.spi.PreDeleteEventListener;
import org.hibernate.event.spi.PreInsertEvent;
import org.hibernate.event.spi.PreInsertEventListener;
import org.hibernate.event.spi.PreUpdateEvent;
import org.hibernate.event.spi.PreUpdateEventListener;
import org.hibernate.event.spi.PreUpsertEvent;
import org.hibernate.event.spi.PreUpsertEventListener;
import org.hibernate.event.spi.ReplicateEvent;
import org.hibernate.event.spi.ReplicateEventListener;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what a session writes that shares the connection of a read-only one. Hibernate itself refuses it in the
 * read-only session, before any listener, but holds its children for sessions that write.
 */
@SuppressWarnings("deprecation") // Hibernate still offers to replicate
final class ChildGuard
        implements PersistEventListener,
                MergeEventListener,
                DeleteEventListener,
                ReplicateEventListener,
                PreInsertEventListener,
                PreUpdateEventListener,
                PreDeleteEventListener,
                PreUpsertEventListener,
                PreCollectionRecreateEventListener,
                PreCollectionUpdateEventListener,
                PreCollectionRemoveEventListener {
    private static final long serialVersionUID = 1L;

    @Override
    public void onPersist(PersistEvent event) {
        refuse(event.getSession(), "persist", event.getEntityName(), event.getObject());
    }

    @Override
    public void onPersist(PersistEvent event, PersistContext alreadyCascaded) {
        onPersist(event);
    }

    @Override
    public void onMerge(MergeEvent event) {
        refuse(event.getSession(), "merge", event.getEntityName(), event.getOriginal());
    }

    @Override
    public void onMerge(MergeEvent event, MergeContext copiedAlready) {
        onMerge(event);
    }

    @Override
    public void onDelete(DeleteEvent event) {
        refuse(event.getSession(), "remove", event.getEntityName(), event.getObject());
    }

    @Override
    public void onDelete(DeleteEvent event, DeleteContext transientEntities) {
        onDelete(event);
    }

    @Override
    public void onReplicate(ReplicateEvent event) {
        refuse(event.getSession(), "replicate", event.getEntityName(), event.getObject());
    }

    private static void refuse(EventSource session, String verb, @Nullable String entity, @Nullable Object object) {
        if (object != null && ReadOnlyWork.isFor(session)) {
            ReadOnlyWork.refuse(session, verb, entity != null ? entity : session.bestGuessEntityName(object));
        }
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
        refuse(event, "insert");
        return false;
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        refuse(event, "update");
        return false;
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        refuse(event, "delete");
        return false;
    }

    @Override
    public boolean onPreUpsert(PreUpsertEvent event) {
        refuse(event, "upsert");
        return false;
    }

    @Override
    public void onPreRecreateCollection(PreCollectionRecreateEvent event) {
        refuse(event);
    }

    @Override
    public void onPreUpdateCollection(PreCollectionUpdateEvent event) {
        refuse(event);
    }

    @Override
    public void onPreRemoveCollection(PreCollectionRemoveEvent event) {
        refuse(event);
    }

    private static void refuse(AbstractPreDatabaseOperationEvent event, String verb) {
        ReadOnlyWork.refuse(event.getSession(), verb, event.getPersister().getEntityName());
    }

    /** The event of a stateless session names none; there the row of the owner was refused before. */
    private static void refuse(AbstractCollectionEvent event) {
        if (event.getCollection() instanceof AbstractPersistentCollection<?> collection
                && collection.getSession() != null) {
            ReadOnlyWork.refuse(
                    collection.getSession(),
                    "write a collection of",
                    String.valueOf(event.getAffectedOwnerEntityName()));
        }
    }
}
