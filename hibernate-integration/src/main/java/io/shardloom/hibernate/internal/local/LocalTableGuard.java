package io.shardloom.hibernate.internal.local;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.spi.MappingMetamodelImplementor;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/**
 * Refuses, before it is sent, a statement on a local table from a session whose node does not have the table; PostgreSQL
 * would say that there is no such relation, and end the transaction. Thread-safe.
 */
public final class LocalTableGuard {
    private record Local(String table, String entity, String node) {}

    private final ShardingRuntime runtime;
    private volatile @Nullable List<Local> locals;

    /**
     * Creates the guard of one persistence unit.
     *
     * @param runtime the unit's sharding
     */
    public LocalTableGuard(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    /**
     * Refuses a statement that its session's node has no table for.
     *
     * @param tables the tables it reads or writes, as Hibernate names them; null where it does not know them
     * @param session that is to send it
     * @throws WrongShardKeyException if one of the tables is on another node only
     */
    public void check(@Nullable Set<String> tables, SharedSessionContractImplementor session) {
        if (tables == null) {
            return;
        }
        var known = locals;
        if (known == null) {
            known = read(session.getFactory());
            locals = known;
        }
        for (int i = 0; i < known.size(); i++) { // without an iterator: every statement comes here
            if (tables.contains(known.get(i).table)) {
                check(known.get(i), session.getTenantIdentifierValue());
            }
        }
    }

    private void check(Local local, Object tenant) {
        var node = tenant instanceof GroupKey key
                ? runtime.sharding().nodeOf(key).name()
                : tenant instanceof NodeScope scope ? scope.node() : local.node;
        if (!node.equals(local.node)) {
            throw new WrongShardKeyException("Cannot read " + local.entity + ": its table " + local.table
                    + " is on node " + local.node + " only, and the session, bound to " + tenant + ", works on node "
                    + node + ". Read it with Shardloom.of(emf).query(…), or make it a"
                    + " @ReferenceTable, whose rows every node has.");
        }
    }

    private List<Local> read(SessionFactoryImplementor factory) {
        var found = new ArrayList<Local>();
        MappingMetamodelImplementor metamodel = factory.getMappingMetamodel();
        metamodel.forEachEntityDescriptor(entity -> {
            for (var table : entity.getQuerySpaces()) {
                add(found, table.toString(), entity);
            }
        });
        metamodel.forEachCollectionDescriptor(collection -> {
            for (var table : collection.getCollectionSpaces()) {
                add(found, table.toString(), collection.getOwnerEntityPersister());
            }
        });
        return List.copyOf(found);
    }

    private void add(List<Local> found, String table, EntityPersister owner) {
        if (runtime.model().home(owner.getEntityName()) instanceof EntityHome.Local local
                && found.stream().noneMatch(known -> known.table.equals(table))) {
            var name = owner.getEntityName();
            found.add(new Local(table, name.substring(name.lastIndexOf('.') + 1), local.node()));
        }
    }
}
