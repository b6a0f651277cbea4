package io.shardloom.hibernate.internal.cluster;

import io.shardloom.Sharding;
import io.shardloom.failure.NoShardForKeyException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.hibernate.internal.write.KeyReader;
import io.shardloom.topology.Node;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.Hibernate;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;

/** Finds the nodes that can hold the row of an id. Thread-safe. */
public final class IdRoutes {
    private final ShardingRuntime runtime;
    private final Map<String, KeyReader> readers = new ConcurrentHashMap<>();

    /**
     * Creates the routes of one factory.
     *
     * @param runtime the unit's sharding
     */
    public IdRoutes(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    /** Refuses what is no id of an entity: null, and the rest of a composite one. */
    void check(EntityPersister persister, @Nullable Object id) {
        var name = simple(persister.getEntityName());
        if (id == null) {
            throw new IllegalArgumentException("Cannot find " + name + " by null. Give an id.");
        }
        var type = persister.getIdentifierType();
        if (type.isComponentType() && !type.getReturnedClass().isInstance(id)) {
            throw new IllegalArgumentException("Cannot find " + name + " by " + id + " ("
                    + id.getClass().getTypeName()
                    + ") in a cluster session, which has no key to make it a whole id. Give an "
                    + simple(type.getReturnedClass().getName()) + ".");
        }
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    /** Returns the nodes that can hold a row; of a reference table any one will do, so none is named. */
    List<Node> nodesOf(EntityPersister persister, Object id) {
        var home = home(persister);
        if (home instanceof EntityHome.Local local) {
            return List.of(sharding().node(local.node()));
        }
        if (!(home instanceof EntityHome.Sharded sharded)) {
            return List.of();
        }
        if (!sharded.partOfId()) {
            return nodesOf(sharded.group());
        }
        var key = reader(persister, sharded).key(null, id);
        if (key == null) {
            return List.of();
        }
        try {
            return List.of(runtime.nodeOfRow(sharded.group(), key));
        } catch (NoShardForKeyException e) {
            return List.of();
        }
    }

    boolean isReference(EntityPersister persister) {
        return home(persister) instanceof EntityHome.Reference;
    }

    /** Returns the key of an entity or of a proxy of one, null where it is not set yet. */
    @Nullable
    Object key(EntityPersister persister, EntityHome.Sharded home, Object entity) {
        var lazy = HibernateProxy.extractLazyInitializer(entity);
        if (lazy == null) {
            if (!home.partOfId()) {
                Hibernate.initialize(entity); // one that is its own proxy has its id alone
            }
            return reader(persister, home).key(entity, null);
        }
        return home.partOfId()
                ? reader(persister, home).key(null, lazy.getInternalIdentifier())
                : reader(persister, home).key(lazy.getImplementation(), null);
    }

    private KeyReader reader(EntityPersister persister, EntityHome.Sharded home) {
        var known = readers.get(persister.getEntityName());
        return known != null
                ? known
                : readers.computeIfAbsent(persister.getEntityName(), name -> new KeyReader(persister, home));
    }

    EntityHome home(EntityPersister persister) {
        var home = runtime.model().home(persister.getEntityName());
        if (home == null) {
            throw new ShardloomException(persister.getEntityName() + " is no entity of this unit.");
        }
        return home;
    }

    private List<Node> nodesOf(String group) {
        return sharding().shardMap().nodesOf(group).stream()
                .map(sharding()::node)
                .toList();
    }

    private Sharding sharding() {
        return runtime.sharding();
    }
}
