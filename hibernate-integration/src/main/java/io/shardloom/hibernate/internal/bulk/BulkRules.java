package io.shardloom.hibernate.internal.bulk;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.ArrayList;
import java.util.List;
import org.hibernate.metamodel.mapping.EntityIdentifierMapping;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.hibernate.query.sqm.tree.update.SqmSetClause;
import org.hibernate.query.sqm.tree.update.SqmUpdateStatement;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcOperationQueryMutation;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bulk statements of HQL and Criteria that the key predicate cannot hold back, before their SQL is made: what
 * would change one node's copy of a reference table, write from a session of a whole node, or give rows another key.
 * Inserts get the key.
 */
public final class BulkRules {
    private BulkRules() {}

    /**
     * Returns the statement to translate.
     *
     * @param statement what the caller has written; it is not changed
     * @param persister of the entity it writes
     * @param ofNode whether the session is of a whole node
     * @throws WrongShardKeyException if no session, or not this one, may run the statement
     */
    public static SqmDmlStatement<?> keyed(SqmDmlStatement<?> statement, EntityPersister persister, boolean ofNode) {
        var runtime = persister.getFactory().getServiceRegistry().requireService(ShardingRuntime.class);
        var entity = simpleName(persister.getEntityName());
        var home = home(runtime, persister);
        if (home instanceof EntityHome.Reference) {
            throw new WrongShardKeyException(
                    "Cannot write " + entity + ": it is a reference table, and a session of one"
                            + " key or node would change one node's copy only. Write it by a script that runs on every node.");
        }
        if (home instanceof EntityHome.Local local && !ofNode) {
            throw new WrongShardKeyException("Cannot write " + entity + ": its table is on node " + local.node()
                    + " only. Use Shardloom.of(emf).inNodeTransaction(\"" + local.node() + "\", …).");
        }
        if (!(home instanceof EntityHome.Sharded sharded)) {
            return statement;
        }
        if (ofNode) {
            throw new WrongShardKeyException("Cannot write " + entity + ": it is sharded by " + sharded.attribute()
                    + " in group '" + sharded.group() + "', and the session is bound to a node. Open a session for each"
                    + " key: Shardloom.of(emf).inTransaction(key, …).");
        }
        if (statement instanceof SqmUpdateStatement<?> update) {
            checkAssigned(update.getSetClause(), persister, sharded);
        }
        return statement instanceof SqmInsertStatement<?> insert
                ? KeyedInsert.of(insert, persister, sharded, runtime)
                : statement;
    }

    /**
     * Refuses a statement that gives its rows another key than the session's, before it is prepared.
     *
     * @param statement ready to be sent
     * @param bindings what its parameters are set to
     * @param context has the session
     * @throws WrongShardKeyException if a key differs
     */
    public static void checkKeys(
            JdbcOperationQueryMutation statement, JdbcParameterBindings bindings, ExecutionContext context) {
        for (var parameter : statement.getParameterBinders()) {
            if (parameter instanceof GivenKeyParameter given) {
                given.check(bindings, context);
            }
        }
    }

    private static @Nullable EntityHome home(ShardingRuntime runtime, EntityPersister persister) {
        return runtime.enabled() ? runtime.model().home(persister.getEntityName()) : null;
    }

    /** Refuses to set the key, or an attribute that has it among its columns. */
    static void checkAssigned(@Nullable SqmSetClause set, EntityPersister persister, EntityHome.Sharded home) {
        if (set == null) {
            return;
        }
        var entity = simpleName(persister.getEntityName());
        for (var assignment : set.getAssignments()) {
            var target = assignment.getTargetPath().getNavigablePath();
            if (target.getLocalName().equals(home.attribute())) {
                throw new WrongShardKeyException(
                        "Cannot set " + home.attribute() + " of " + entity + ": the shard key of"
                                + " a row never changes. Insert the row under its new key and delete the old one.");
            }
            if (columns(persister, target).contains(home.keyColumn())) {
                throw new WrongShardKeyException("Cannot set " + name(target) + " of " + entity
                        + " by a query: the shard key is among its columns, and that"
                        + " of a row never changes. Load the rows and set it there.");
            }
        }
    }

    /** Returns the columns of an attribute, in order; none where the path is not one. */
    static List<String> columns(EntityPersister persister, NavigablePath path) {
        var columns = new ArrayList<String>();
        var name = name(path);
        ModelPart part = name.isEmpty() ? persister.getIdentifierMapping() : persister.findByPath(name);
        if (part == null && (name.equals("id") || name.equals(EntityIdentifierMapping.ID_ROLE_NAME))) {
            part = persister.getIdentifierMapping();
        }
        if (part != null) {
            part.forEachSelectable((position, column) -> columns.add(column.getSelectionExpression()));
        }
        return columns;
    }

    private static String name(NavigablePath path) {
        var name = new StringBuilder();
        for (var part = path; part != null && part.getParent() != null; part = part.getParent()) {
            name.insert(0, name.isEmpty() ? part.getLocalName() : part.getLocalName() + ".");
        }
        return name.toString();
    }

    static String simpleName(String entity) {
        return entity.substring(entity.lastIndexOf('.') + 1);
    }
}
