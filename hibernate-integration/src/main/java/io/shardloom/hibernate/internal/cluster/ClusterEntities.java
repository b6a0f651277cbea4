package io.shardloom.hibernate.internal.cluster;

import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.ReadOnlyException;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.topology.Node;
import jakarta.persistence.EntityNotFoundException;
import org.hibernate.bytecode.enhance.spi.interceptor.EnhancementAsProxyLazinessInterceptor;
import org.hibernate.engine.spi.PersistentAttributeInterceptable;
import org.hibernate.engine.spi.SessionImplementor;
import org.hibernate.generator.BeforeExecutionGenerator;
import org.hibernate.generator.EventType;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.proxy.HibernateProxy;
import org.jspecify.annotations.Nullable;

/** Sends each entity of a unit of work to the session of its own node. Not thread-safe. */
final class ClusterEntities {
    private final NodeSessions sessions;
    private final IdRoutes routes;

    ClusterEntities(NodeSessions sessions, IdRoutes routes) {
        this.sessions = sessions;
        this.routes = routes;
    }

    void persist(Object entity) {
        var persister = persister(entity);
        if (routes.home(persister) instanceof EntityHome.Sharded home && home.partOfId()) {
            makeKey(persister, home, entity);
        }
        on(persister, entity, "persist").persist(entity);
    }

    @SuppressWarnings("unchecked")
    <T> T merge(T entity) {
        var persister = persister(entity);
        var id = idOfStranger(entity);
        return (T)
                (id != null && routes.home(persister) instanceof EntityHome.Sharded home && !home.partOfId()
                        ? found(persister, id)
                        : on(persister, entity, "merge").merge((Object) entity));
    }

    /** Returns the id of an object that stands for a row it has never loaded, nor can load; null for any other. */
    private static @Nullable Object idOfStranger(@Nullable Object entity) {
        var lazy = HibernateProxy.extractLazyInitializer(entity);
        if (lazy != null) {
            return lazy.isUninitialized() && lazy.getSession() == null ? lazy.getInternalIdentifier() : null;
        }
        return entity instanceof PersistentAttributeInterceptable enhanced
                        && enhanced.$$_hibernate_getInterceptor() instanceof EnhancementAsProxyLazinessInterceptor self
                        && self.getLinkedSession() == null
                ? self.getIdentifier()
                : null;
    }

    /** It has nothing to copy, and where the key is beside the id nothing that tells its node: its row is looked for. */
    private Object found(EntityPersister persister, Object id) {
        requireWritable(persister, "merge");
        for (var node : routes.nodesOf(persister, id)) {
            var row = sessions.on(node).find(persister.getMappedClass(), id);
            if (row != null) {
                return row;
            }
        }
        throw new EntityNotFoundException(
                "Cannot merge " + simpleName(persister) + " " + id + ": it was never loaded, and no node has its row.");
    }

    void remove(Object entity) {
        var persister = persister(entity);
        var session = on(persister, entity, "remove");
        if (routes.isReference(persister) && !session.contains(entity)) {
            var id = persister.getIdentifier(entity);
            var own = id == null ? null : session.find(persister.getMappedClass(), id);
            if (own != null) {
                session.remove(own);
            }
        } else {
            session.remove(entity);
        }
    }

    /** An id that is the key is made first: it says where the row goes. */
    private void makeKey(EntityPersister persister, EntityHome.Sharded home, Object entity) {
        if (routes.key(persister, home, entity) == null
                && persister.getGenerator() instanceof BeforeExecutionGenerator generator) {
            var session = sessions.onAny(); // sends nothing
            if (generator.generatedBeforeExecution(entity, session)) {
                var id = generator.generate(session, entity, persister.getIdentifier(entity), EventType.INSERT);
                persister.setIdentifier(entity, id, session);
            }
        }
    }

    private SessionImplementor on(EntityPersister persister, Object entity, String verb) {
        requireWritable(persister, verb);
        return sessions.on(node(persister, entity, verb));
    }

    private void requireWritable(EntityPersister persister, String verb) {
        if (sessions.readOnly()) {
            throw new ReadOnlyException("Cannot " + verb + " " + simpleName(persister)
                    + ": the cluster session is read-only. Use Shardloom.of(emf).inCluster(…).");
        }
    }

    private Node node(EntityPersister persister, Object entity, String verb) {
        var home = routes.home(persister);
        var runtime = sessions.factory().runtime();
        if (home instanceof EntityHome.Local local) {
            return runtime.sharding().node(local.node());
        }
        if (!(home instanceof EntityHome.Sharded sharded)) {
            return runtime.firstNode();
        }
        var key = routes.key(persister, sharded, entity);
        if (key == null) {
            throw new MissingShardKeyException("Cannot " + verb + " " + simpleName(persister) + ": its "
                    + sharded.attribute() + " is null, so nothing says on which node it belongs. Set it.");
        }
        return runtime.nodeOfRow(sharded.group(), key);
    }

    private EntityPersister persister(@Nullable Object entity) {
        if (entity == null) {
            throw new IllegalArgumentException("The entity is null. Give an object.");
        }
        var metamodel = sessions.factory().getMappingMetamodel();
        var lazy = HibernateProxy.extractLazyInitializer(entity);
        var persister = lazy == null
                ? metamodel.findEntityDescriptor(entity.getClass())
                : metamodel.findEntityDescriptor(lazy.getEntityName());
        if (persister == null) {
            throw new IllegalArgumentException(entity.getClass().getName() + " is no entity of this unit.");
        }
        return persister;
    }

    private static String simpleName(EntityPersister persister) {
        var name = persister.getEntityName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
