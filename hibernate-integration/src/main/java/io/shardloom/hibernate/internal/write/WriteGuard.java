package io.shardloom.hibernate.internal.write;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.connection.ShardConnectionProvider;
import io.shardloom.hibernate.internal.connection.Unbound;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.StatelessSession;
import org.hibernate.event.spi.AbstractPreDatabaseOperationEvent;
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
        implements PreInsertEventListener, PreUpdateEventListener, PreDeleteEventListener, PreUpsertEventListener {
    private static final long serialVersionUID = 1L;

    private final transient ShardingRuntime runtime;
    private final transient Map<String, KeyReader> readers = new ConcurrentHashMap<>();
    private final transient Map<String, CarriedHash> hashes = new ConcurrentHashMap<>();

    WriteGuard(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public boolean onPreInsert(PreInsertEvent event) {
        return check("insert", event, event.getEntity(), event.getId());
    }

    @Override
    public boolean onPreUpdate(PreUpdateEvent event) {
        return check("update", event, event.getEntity(), event.getId());
    }

    @Override
    public boolean onPreDelete(PreDeleteEvent event) {
        check("delete", event, event.getEntity(), event.getId());
        if (event.getSession() instanceof StatelessSession
                && event.getPersister().getSoftDeleteMapping() != null) {
            refuseIfKeyIsBesideId("delete", event.getPersister(), "remove of a Session");
        }
        return false;
    }

    @Override
    public boolean onPreUpsert(PreUpsertEvent event) {
        check("upsert", event, event.getEntity(), event.getId());
        refuseIfKeyIsBesideId("upsert", event.getPersister(), "insert or update");
        return false;
    }

    /** Hibernate's statements for these name the key twice, or look for it in a state that was not loaded. */
    private void refuseIfKeyIsBesideId(String verb, EntityPersister persister, String instead) {
        if (runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home && !home.partOfId()) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister)
                    + " in a stateless session: its key " + home.attribute() + " is not part of the id. Use " + instead
                    + ", or make the key part of the id.");
        }
    }

    private boolean check(String verb, AbstractPreDatabaseOperationEvent event, Object entity, @Nullable Object id) {
        var tenant = event.getSession().getTenantIdentifierValue();
        check(verb, event.getPersister(), tenant, entity, id, false);
        if ((verb.equals("insert") || verb.equals("upsert")) && tenant instanceof GroupKey key) {
            checkHash(verb, event.getPersister(), key, entity, id);
        }
        return false;
    }

    private void checkHash(String verb, EntityPersister persister, GroupKey key, Object entity, @Nullable Object id) {
        var hash = runtime.sharding().group(key.group()).strategy().hashOf(key.value());
        if (hash.isPresent() && runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded home) {
            hashes.computeIfAbsent(persister.getEntityName(), name -> new CarriedHash(persister, home))
                    .check(verb, entity, id, hash.getAsLong());
        }
    }

    /**
     * Refuses a write that the session's key does not own.
     *
     * @param id the row's id, or null where it must be read from the entity
     * @param mayLackKey whether a null key is no fault yet, because it is filled in later
     */
    void check(
            String verb,
            EntityPersister persister,
            Object tenant,
            Object entity,
            @Nullable Object id,
            boolean mayLackKey) {
        if (tenant instanceof Unbound) {
            throw ShardConnectionProvider.noKey();
        }
        var home = runtime.model().home(persister.getEntityName());
        if (home instanceof EntityHome.Sharded sharded) {
            checkKey(verb, persister, sharded, tenant, entity, id, mayLackKey);
        } else if (home instanceof EntityHome.Reference) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister)
                    + ": it is a reference table, and a session of one key or node would change one node's copy only."
                    + " Write it by a script that runs on every node.");
        } else if (home instanceof EntityHome.Local local
                && !(tenant instanceof NodeScope scope && scope.node().equals(local.node()))) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister)
                    + ": its table is on node " + local.node() + " only, and the session is bound to " + tenant
                    + ". Use Shardloom.of(emf).inNodeTransaction(\"" + local.node() + "\", …).");
        }
    }

    private void checkKey(
            String verb,
            EntityPersister persister,
            EntityHome.Sharded home,
            Object tenant,
            Object entity,
            @Nullable Object id,
            boolean mayLackKey) {
        if (!(tenant instanceof GroupKey bound) || !bound.group().equals(home.group())) {
            throw new WrongShardKeyException("Cannot " + verb + " " + simpleName(persister) + ": it is sharded by "
                    + home.attribute() + " in group '" + home.group() + "', and the session is bound to " + tenant
                    + ". Open a session for its key: Shardloom.of(emf).inTransaction(key, …).");
        }
        var reader = readers.computeIfAbsent(persister.getEntityName(), name -> new KeyReader(persister, home));
        var key = reader.key(entity, id);
        if (key == null && verb.equals("insert") && !home.partOfId()) {
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
