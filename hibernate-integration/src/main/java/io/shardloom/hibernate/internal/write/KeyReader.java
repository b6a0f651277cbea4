package io.shardloom.hibernate.internal.write;

import io.shardloom.hibernate.internal.find.KeyedId;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Reads and fills in the shard key of one entity's rows. */
public final class KeyReader {
    private final EntityHome.Sharded home;
    private final EntityPersister persister;
    private final KeyedId keyedId;

    /**
     * Creates the reader of one entity.
     *
     * @param persister the entity
     * @param home where its rows live
     */
    public KeyReader(EntityPersister persister, EntityHome.Sharded home) {
        this.persister = persister;
        this.home = home;
        this.keyedId = KeyedId.of(persister, home);
    }

    /**
     * Returns the key of a row.
     *
     * @param entity the row, or null; of a key that is part of the id it is not looked at where the id is given
     * @param id the row's id, or null where it must be read from the entity
     * @return null if the key is not set yet, or not known
     */
    public @Nullable Object key(@Nullable Object entity, @Nullable Object id) {
        if (!home.partOfId()) {
            return entity == null ? null : persister.getPropertyValue(entity, home.attribute());
        }
        if (id != null) {
            return keyedId.key(id);
        }
        return entity == null ? null : keyedId.keyOf(entity);
    }

    /** Puts a key into an entity that has none, its id being there but for the key. */
    void fillIn(Object entity, Object key, SharedSessionContractImplementor session) {
        if (!home.partOfId()) {
            if (persister.getPropertyValue(entity, home.attribute()) == null) {
                persister.setValue(entity, persister.getPropertyIndex(home.attribute()), key);
            }
            return;
        }
        var identifier = persister.getIdentifier(entity);
        if (identifier != null && keyedId.key(identifier) == null) {
            persister.setIdentifier(entity, keyedId.withKey(identifier, key), session);
        }
    }
}
