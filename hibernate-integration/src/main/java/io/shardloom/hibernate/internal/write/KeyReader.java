package io.shardloom.hibernate.internal.write;

import io.shardloom.hibernate.internal.mapping.EntityHome;
import org.hibernate.metamodel.mapping.EmbeddableMappingType;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Reads the shard key of one entity's rows. */
public final class KeyReader {
    private final EntityHome.Sharded home;
    private final EntityPersister persister;
    private final @Nullable EmbeddableMappingType compositeId;
    private final int position;

    /**
     * Creates the reader of one entity.
     *
     * @param persister the entity
     * @param home where its rows live
     */
    public KeyReader(EntityPersister persister, EntityHome.Sharded home) {
        this.persister = persister;
        this.home = home;
        this.compositeId = compositeId(persister, home);
        this.position = compositeId == null
                ? -1
                : compositeId.findAttributeMapping(home.attribute()).getStateArrayPosition();
    }

    private static @Nullable EmbeddableMappingType compositeId(EntityPersister persister, EntityHome.Sharded home) {
        if (!home.partOfId() || !(persister.getIdentifierMapping() instanceof EmbeddableValuedModelPart id)) {
            return null;
        }
        if (id instanceof NonAggregatedIdentifierMapping parts && parts.hasContainingClass()) {
            return parts.getIdClassEmbeddable();
        }
        return id.getEmbeddableTypeDescriptor();
    }

    EntityHome.Sharded home() {
        return home;
    }

    /**
     * Returns the key of a row.
     *
     * @param entity the row, not read where the key is part of an id that is given
     * @param id the row's id, or null where it must be read from the entity
     * @return null if the row has no key yet
     */
    public @Nullable Object key(@Nullable Object entity, @Nullable Object id) {
        if (!home.partOfId()) {
            return persister.getPropertyValue(entity, home.attribute());
        }
        var identifier = id != null ? id : persister.getIdentifier(entity);
        if (compositeId == null || identifier == null) {
            return identifier;
        }
        return compositeId.getValue(identifier, position);
    }
}
