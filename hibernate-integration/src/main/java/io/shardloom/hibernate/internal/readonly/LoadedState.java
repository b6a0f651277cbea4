package io.shardloom.hibernate.internal.readonly;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.hibernate.TransientObjectException;
import org.hibernate.bytecode.enhance.spi.LazyPropertyInitializer;
import org.hibernate.collection.spi.PersistentCollection;
import org.hibernate.engine.spi.CascadingActions;
import org.hibernate.engine.spi.EntityEntryExtraState;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.type.CollectionType;
import org.hibernate.type.EntityType;
import org.hibernate.type.Type;
import org.hibernate.type.TypeHelper;
import org.jspecify.annotations.Nullable;

/**
 * The values an entity was loaded with in a read-only session, kept at Hibernate's own entry of it and gone with it.
 * Hibernate keeps none there, and so could not tell that the entity has changed.
 */
final class LoadedState implements EntityEntryExtraState {
    private final @Nullable Object[] values;
    private @Nullable EntityEntryExtraState next;

    private LoadedState(@Nullable Object[] values) {
        this.values = values;
    }

    static LoadedState of(Object entity, EntityPersister persister, SessionImplementor session) {
        var values = persister.getValues(entity);
        TypeHelper.deepCopy(
                values, persister.getPropertyTypes(), persister.getPropertyUpdateability(), values, session);
        return new LoadedState(values);
    }

    /** Returns the names of the attributes whose change a writing session would have written, without asking a server. */
    List<String> changed(Object entity, EntityPersister persister, SessionImplementor session) {
        var changed = new ArrayList<String>(0);
        var current = persister.getValues(entity);
        var types = persister.getPropertyTypes();
        var updatable = persister.getPropertyUpdateability();
        for (int i = 0; i < current.length; i++) {
            boolean written = types[i] instanceof CollectionType collection
                    ? isWritten(collection, i, persister)
                    : updatable[i] && i != persister.getVersionPropertyIndex();
            if (written && isChanged(types[i], values[i], current[i], session)) {
                changed.add(persister.getPropertyNames()[i]);
            }
        }
        return changed;
    }

    private static boolean isChanged(
            Type type, @Nullable Object before, @Nullable Object now, SessionImplementor session) {
        if (before == LazyPropertyInitializer.UNFETCHED_PROPERTY || now == LazyPropertyInitializer.UNFETCHED_PROPERTY) {
            return false;
        }
        if (type instanceof CollectionType) {
            return before != now || (now instanceof PersistentCollection<?> collection && collection.isDirty());
        }
        if (before == now && !type.isMutable()) {
            return false;
        }
        if (type instanceof EntityType) {
            return before == null || now == null || !isSame(before, now, session);
        }
        try {
            return type.isDirty(before, now, session) && !(type.isMutable() && differsFromItsCopy(type, now, session));
        } catch (TransientObjectException e) {
            return true; // an embeddable that points to a new entity
        }
    }

    /** As values of a class without {@code equals} do, of which nobody can tell whether they have changed. */
    private static boolean differsFromItsCopy(Type type, @Nullable Object value, SessionImplementor session) {
        return value != null && type.isDirty(value, type.deepCopy(value, session.getFactory()), session);
    }

    private static boolean isSame(Object before, Object now, SessionImplementor session) {
        var id = session.getContextEntityIdentifier(now);
        return id != null
                && id.equals(session.getContextEntityIdentifier(before))
                && Objects.equals(session.bestGuessEntityName(before), session.bestGuessEntityName(now));
    }

    /** The rows of an inverse collection are written by its elements, unless it saves or removes them itself. */
    private static boolean isWritten(CollectionType type, int attribute, EntityPersister persister) {
        var collection = persister.getFactory().getMappingMetamodel().getCollectionDescriptor(type.getRole());
        return !collection.isInverse()
                || collection.hasOrphanDelete()
                || persister.getPropertyCascadeStyles()[attribute].doCascade(CascadingActions.PERSIST_ON_FLUSH);
    }

    @Override
    public void addExtraState(EntityEntryExtraState extraState) {
        if (next == null) {
            next = extraState;
        } else {
            next.addExtraState(extraState);
        }
    }

    @Override
    public <T extends EntityEntryExtraState> @Nullable T getExtraState(Class<T> type) {
        if (next == null) {
            return null;
        }
        return type.isInstance(next) ? type.cast(next) : next.getExtraState(type);
    }
}
