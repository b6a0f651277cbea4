package io.shardloom.hibernate.internal.bulk;

import io.shardloom.hibernate.internal.mapping.EntityHome;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.metamodel.mapping.EmbeddableValuedModelPart;
import org.hibernate.metamodel.mapping.NonAggregatedIdentifierMapping;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.EntityPersister;

/** Finds the key column of an entity. */
public final class KeyColumn {
    private KeyColumn() {}

    /**
     * Returns the key column in the table that has the id.
     *
     * @param persister the entity's
     * @param home where its rows live
     */
    public static SelectableMapping of(EntityPersister persister, EntityHome.Sharded home) {
        if (!home.partOfId()) {
            return (SelectableMapping) persister.findAttributeMapping(home.attribute());
        }
        var id = persister.getIdentifierMapping();
        if (id instanceof EmbeddableValuedModelPart composite) {
            AttributeMapping part = composite instanceof NonAggregatedIdentifierMapping virtual
                    ? virtual.getVirtualIdEmbeddable().findAttributeMapping(home.attribute())
                    : composite.getEmbeddableTypeDescriptor().findAttributeMapping(home.attribute());
            return (SelectableMapping) part;
        }
        return (SelectableMapping) id;
    }
}
