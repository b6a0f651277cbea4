package io.shardloom.hibernate.internal.write;

import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.connection.ShardConnectionProvider;
import io.shardloom.hibernate.internal.connection.Unbound;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.StatelessSession;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.event.spi.AbstractCollectionEvent;
import org.hibernate.event.spi.AbstractPreDatabaseOperationEvent;
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
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Refuses, before its statement is sent, to write a row that the session's key does not own. */
final class WriteGuard
        implements PreInsertEventListener,
                PreUpdateEventListener,
                PreDeleteEventListener,
                PreUpsertEventListener,
                PreCollectionRecreateEventListener,
                PreCollectionUpdateEventListener,
                PreCollectionRemoveEventListener {
    private static final long serialVersionUID = 1L;

    private final transient ShardingRuntime runtime;
    private final transient KeyReaders readers;
    private final transient References references;
    private final transient Map<String, CarriedHash> hashes = new ConcurrentHashMap<>();

    WriteGuard(ShardingRuntime runtime, KeyReaders readers, References references) {
        this.runtime = runtime;
        this.readers = readers;
        this.references = references;
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
        return check("insert", event, event.getEntity(), event.getId(), event.getState());
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        return check("update", event, event.getEntity(), event.getId(), event.getState());
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        return check("delete", event, event.getEntity(), event.getId(), null);
    }

    @Override
    public boolean onPreUpsert(PreUpsertEvent event) {
        return check("upsert", event, event.getEntity(), event.getId(), event.getState());
    }

    @Override
    public void onPreRecreateCollection(PreCollectionRecreateEvent event) {
        check(event);
    }

    @Override
    public void onPreUpdateCollection(PreCollectionUpdateEvent event) {
        check(event);
    }

    @Override
    public void onPreRemoveCollection(PreCollectionRemoveEvent event) {
        check(event);
    }

    /** A session writes the rows of a collection without a write of their owner; a stateless one never does. */
    private void check(AbstractCollectionEvent event) {
        var collection = event.getCollection();
        boolean stateless = collection != null
                && (collection.getSession() == null || collection.getSession() instanceof StatelessSession);
        var persister = event.getCollectionPersister();
        if (stateless || persister.isInverse()) {
            return;
        }
        var owners = persister.getOwnerEntityPersister();
        var tenant = event.getSession().getTenantIdentifierValue();
        var owner = event.getAffectedOwnerOrNull();
        if (owner != null) {
            check("update", owners, tenant, owner, event.getAffectedOwnerIdOrNull(), false);
            tell(tenant, owners);
        } else if (collection != null) { // of a detached row: what it has there is deleted, as moved to its new owner
            var id = event.getSession().getPersistenceContextInternal().getLoadedCollectionOwnerIdOrNull(collection);
            check("take over a collection of", owners, tenant, null, id, false);
        }
    }

    /** A cluster session is to know which of its nodes are written to. */
    private void tell(Object tenant, EntityPersister persister) {
        if (tenant instanceof ClusterScope scope) {
            if (runtime.model().home(persister.getEntityName()) instanceof EntityHome.Reference) {
                scope.writes().onReference(persister);
            } else {
                scope.writes().onRow();
            }
        }
    }

    private boolean check(
            String verb,
            AbstractPreDatabaseOperationEvent event,
            Object entity,
            @Nullable Object id,
            Object @Nullable [] state) {
        var session = event.getSession();
        var tenant = session.getTenantIdentifierValue();
        check(verb, event.getPersister(), tenant, entity, id, false);
        tell(tenant, event.getPersister());
        if (state != null && session instanceof StatelessSession && tenant instanceof GroupKey bound) {
            for (int i : references.of(event.getPersister())) { // where there is no flush that would do it
                references.check(event.getPersister(), i, state[i], bound, session);
            }
        }
        var hash = verb.equals("insert") || verb.equals("upsert") ? carried(event.getPersister()) : null;
        if (hash != null) {
            var key = tenant instanceof ClusterScope
                    ? references.keyOf(event.getPersister(), entity, id)
                    : tenant instanceof GroupKey bound ? bound : null;
            if (key != null) {
                hash.check(
                        verb,
                        entity,
                        id,
                        runtime.sharding().group(key.group()).strategy().hashOf(key.value()));
            }
        }
        return false;
    }

    /** Returns what an entity's rows carry of their key's hash, null where they carry nothing. */
    private @Nullable CarriedHash carried(EntityPersister persister) {
        var name = persister.getEntityName();
        var known = hashes.get(name);
        if (known == null && runtime.model().home(name) instanceof EntityHome.Sharded home) {
            known = new CarriedHash(persister, home);
            hashes.put(name, known);
        }
        return known == null || known.isEmpty() ? null : known;
    }

    /**
     * Refuses a write that the session's key does not own.
     *
     * @param entity the row, or null where its id must do
     * @param id the row's id, or null where it must be read from the entity
     * @param mayLackKey whether a null key is no fault yet, because it is filled in later
     */
    void check(
            String verb,
            EntityPersister persister,
            Object tenant,
            @Nullable Object entity,
            @Nullable Object id,
            boolean mayLackKey) {
        if (tenant instanceof Unbound) {
            throw ShardConnectionProvider.noKey();
        }
        var home = runtime.model().home(persister.getEntityName());
        if (tenant instanceof ClusterScope scope && !(home instanceof EntityHome.Local)) {
            if (home instanceof EntityHome.Sharded sharded) {
                checkNode(verb, persister, sharded, scope, entity, id, mayLackKey);
            }
            return;
        }
        if (home instanceof EntityHome.Sharded sharded) {
            checkKey(verb, persister, sharded, tenant, entity, id, mayLackKey);
        } else if (home instanceof EntityHome.Reference) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister)
                    + ": it is a reference table, and a session of one key or node would change one node's copy only."
                    + " Write it in a cluster session: Shardloom.of(emf).inCluster(…).");
        } else if (home instanceof EntityHome.Local local
                && !(tenant instanceof NodeScope scope && scope.node().equals(local.node()))) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister)
                    + ": its table is on node " + local.node() + " only, and the session is bound to " + tenant
                    + ". Use Shardloom.of(emf).inNodeTransaction(\"" + local.node() + "\", …).");
        }
    }

    /**
     * Gives a detached entity the session's key where it has none; to be called after {@link #check}.
     *
     * @param entity whose copy is to be looked for
     */
    void fillIn(EntityPersister persister, Object entity, SharedSessionContractImplementor session) {
        if (runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home
                && session.getTenantIdentifierValue() instanceof GroupKey key) {
            readers.of(persister, home).fillIn(entity, key.value(), session);
        }
    }

    /** A cluster session has sent the row to the node of its key; what cascades from another row comes to the other's. */
    private void checkNode(
            String verb,
            EntityPersister persister,
            EntityHome.Sharded home,
            ClusterScope scope,
            @Nullable Object entity,
            @Nullable Object id,
            boolean mayLackKey) {
        var key = readers.of(persister, home).key(entity, id);
        if (key == null) {
            if (mayLackKey && home.partOfId()) {
                return; // asked again when the statement is made
            }
            throw new MissingShardKeyException("Cannot " + verb + " " + simpleName(persister) + ": its "
                    + home.attribute() + " is null, and a cluster session has no key to fill it from. Set it.");
        }
        var node = runtime.nodeOfRow(home.group(), key).name();
        if (!node.equals(scope.node())) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister) + " with "
                    + home.attribute() + " = " + key + ": its key is on node " + node + ", and it comes with a row of"
                    + " node " + scope.node() + ". A row points to rows of its own key only. Keep the other's id in a"
                    + " plain attribute, and give each of them to the cluster session by itself.");
        }
    }

    private void checkKey(
            String verb,
            EntityPersister persister,
            EntityHome.Sharded home,
            Object tenant,
            @Nullable Object entity,
            @Nullable Object id,
            boolean mayLackKey) {
        if (!(tenant instanceof GroupKey bound) || !bound.group().equals(home.group())) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister) + ": it is sharded by "
                    + home.attribute() + " in group '" + home.group() + "', and the session is bound to " + tenant
                    + ". Open a session for its key: Shardloom.of(emf).inTransaction(key, …).");
        }
        var key = readers.of(persister, home).key(entity, id);
        if (key == null && !home.partOfId() && (verb.equals("insert") || verb.equals("upsert"))) {
            return; // filled from the session when the statement is built
        }
        if (key == null && mayLackKey) {
            return;
        }
        if (!bound.value().equals(key == null ? null : bound.type().canonical(key))) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister) + " with "
                    + home.attribute() + " = " + key + ": the session is bound to " + bound
                    + ". Set the session's key, or open a session for the row's own.");
        }
    }

    private static String simpleName(EntityPersister persister) {
        var name = persister.getEntityName();
        return name.substring(name.lastIndexOf('.') + 1);
    }
}
