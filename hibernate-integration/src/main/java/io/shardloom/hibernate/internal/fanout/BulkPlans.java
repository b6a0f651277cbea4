package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.topology.Node;
import java.util.List;
import java.util.Map;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.tree.AbstractSqmRestrictedDmlStatement;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.from.SqmFromClause;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectClause;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.hibernate.query.sqm.tree.update.SqmUpdateStatement;
import org.jspecify.annotations.Nullable;

/** Decides where a bulk update or delete is to run, by the proofs of queries, or that it is refused. */
public final class BulkPlans {
    private final ShardSessionFactory factory;
    private final Paths paths;

    /**
     * Creates it.
     *
     * @param factory the unit's factory
     */
    public BulkPlans(ShardSessionFactory factory) {
        this.factory = factory;
        this.paths = new Paths(factory);
    }

    /**
     * Where a statement runs.
     *
     * @param entity whose rows it writes
     * @param nodes where rows of it can be; of a reference table the node whose copy is changed first
     * @param reference whether every other node is then given the same rows
     */
    public record Plan(EntityPersister entity, List<Node> nodes, boolean reference) {
        /** Copies the list. */
        public Plan {
            nodes = List.copyOf(nodes);
        }
    }

    /**
     * Plans a statement.
     *
     * @param statement an update or delete
     * @param parameters by name
     * @throws RefusedQueryException if what it does could depend on how rows are spread
     */
    public Plan plan(SqmDmlStatement<?> statement, Map<Object, @Nullable Object> parameters) {
        if (!(statement instanceof AbstractSqmRestrictedDmlStatement<?> restricted)) {
            throw Refusals.part(
                    "it inserts the rows of a query", "the keys of the rows cannot be seen before they are written");
        }
        if (!restricted.getCteStatements().isEmpty()) {
            throw Refusals.part(
                    "it has a common table expression", "its rows are spread over the nodes in no known way");
        }
        var entity = factory.getMappingMetamodel()
                .getEntityDescriptor(restricted.getTarget().getEntityName());
        var home = paths.home(entity);
        var spec = asSelect(restricted);
        var rows = CoLocation.of(paths, spec);
        if (home instanceof EntityHome.Reference) {
            return new Plan(entity, factory.runtime().configuration().nodes().subList(0, 1), true);
        }
        if (home instanceof EntityHome.Local local) {
            return new Plan(entity, List.of(factory.runtime().sharding().node(local.node())), false);
        }
        var select = new SqmSelectStatement<>(statement.nodeBuilder());
        select.setQueryPart(spec);
        Functions.check(factory, select);
        var group = java.util.Objects.requireNonNull(rows.group());
        var narrowing = new Narrowing(paths, rows, factory.runtime().sharding().group(group));
        var spread = new Spread.Group(group, List.of(narrowing), false);
        return new Plan(entity, spread.nodes(factory.runtime().sharding(), parameters), false);
    }

    /** Returns the select of what the statement looks at: its rows by its conditions, and what it sets them to. */
    private static SqmQuerySpec<Object> asSelect(AbstractSqmRestrictedDmlStatement<?> statement) {
        var builder = statement.nodeBuilder();
        var spec = new SqmQuerySpec<>(builder);
        var from = new SqmFromClause(1);
        from.addRoot(statement.getTarget());
        spec.setFromClause(from);
        var select = new SqmSelectClause(false, builder);
        if (statement instanceof SqmUpdateStatement<?> update && update.getSetClause() != null) {
            for (var assignment : update.getSetClause().getAssignments()) {
                select.addSelection(new SqmSelection<>(assignment.getValue(), builder));
            }
        }
        spec.setSelectClause(select);
        spec.setWhereClause(statement.getWhereClause());
        return spec;
    }
}
