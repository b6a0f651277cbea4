package io.shardloom.hibernate.internal.cluster;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.hibernate.metamodel.spi.MappingMetamodelImplementor;
import org.hibernate.persister.collection.AbstractCollectionPersister;
import org.hibernate.persister.entity.EntityPersister;

/**
 * The tables of the reference entities of a unit, of their subclasses and their collections.
 *
 * @param factory the unit's factory
 */
public record ReferenceTables(ShardSessionFactory factory) {

    /** Returns all of them, as SQL names them. */
    public Set<String> all() {
        var all = new TreeSet<String>();
        metamodel().forEachEntityDescriptor(entity -> {
            if (isReference(entity)) {
                all.addAll(of(entity));
            }
        });
        return all;
    }

    /** Returns those of an entity's hierarchy. */
    Set<String> of(EntityPersister entity) {
        var found = new TreeSet<String>();
        var root = entity.getRootEntityName();
        metamodel().forEachEntityDescriptor(each -> {
            if (each.getRootEntityName().equals(root)) {
                Arrays.stream(each.getQuerySpaces()).forEach(space -> found.add(space.toString()));
            }
        });
        metamodel().forEachCollectionDescriptor(collection -> {
            if (!collection.isOneToMany()
                    && collection instanceof AbstractCollectionPersister table
                    && collection.getOwnerEntityPersister().getRootEntityName().equals(root)) {
                found.add(table.getTableName());
            }
        });
        return found;
    }

    private boolean isReference(EntityPersister entity) {
        return factory.runtime().model().home(entity.getEntityName()) instanceof EntityHome.Reference;
    }

    private MappingMetamodelImplementor metamodel() {
        return factory.getMappingMetamodel();
    }
}
