package io.shardloom.hibernate.internal.persister;

import org.hibernate.mapping.Collection;
import org.hibernate.persister.collection.CollectionPersister;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.persister.internal.StandardPersisterClassResolver;

/** Hibernate's choice of persisters, each in the form that adds the key predicate. */
public final class ShardPersisterClassResolver extends StandardPersisterClassResolver {
    private static final long serialVersionUID = 1L;

    @Override
    public Class<? extends EntityPersister> singleTableEntityPersister() {
        return ShardSingleTablePersister.class;
    }

    @Override
    public Class<? extends EntityPersister> joinedSubclassEntityPersister() {
        return ShardJoinedPersister.class;
    }

    @Override
    public Class<? extends EntityPersister> unionSubclassEntityPersister() {
        return ShardUnionPersister.class;
    }

    @Override
    public Class<? extends CollectionPersister> getCollectionPersisterClass(Collection collection) {
        return collection.isOneToMany() ? ShardOneToManyPersister.class : ShardCollectionTablePersister.class;
    }
}
