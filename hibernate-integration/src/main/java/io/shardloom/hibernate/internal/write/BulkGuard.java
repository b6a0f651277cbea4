package io.shardloom.hibernate.internal.write;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.connection.ClusterScope;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.HashSet;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.engine.spi.LoadQueryInfluencers;
import org.hibernate.internal.FilterImpl;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.spi.QueryOptions;
import org.hibernate.query.spi.QueryParameterBindings;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.sql.SqmTranslator;
import org.hibernate.query.sqm.sql.StandardSqmTranslatorFactory;
import org.hibernate.query.sqm.tree.SqmDmlStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.hibernate.query.sqm.tree.update.SqmUpdateStatement;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.spi.SqlAstCreationContext;
import org.hibernate.sql.ast.tree.MutationStatement;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bulk statements of HQL and Criteria that the key predicate cannot hold back, before their SQL is made: what
 * would change one node's copy of a reference table, write from a session of a whole node, or give rows another key.
 */
public final class BulkGuard extends StandardSqmTranslatorFactory {
    @Override
    public SqmTranslator<? extends MutationStatement> createMutationTranslator(
            SqmDmlStatement<?> statement,
            QueryOptions options,
            DomainParameterXref parameters,
            QueryParameterBindings bindings,
            LoadQueryInfluencers influencers,
            SqlAstCreationContext context) {
        var mark = influencers.getEnabledFilter(TenantIdBinder.FILTER_NAME);
        boolean ofCluster = mark instanceof FilterImpl filter
                && filter.getParameter(TenantIdBinder.PARAMETER_NAME) instanceof ClusterScope;
        var entity = statement.getTarget().getEntityName();
        var persister = context.getMappingMetamodel().getEntityDescriptor(entity);
        var runtime = persister.getFactory().getServiceRegistry().requireService(ShardingRuntime.class);
        check(
                statement,
                entity.substring(entity.lastIndexOf('.') + 1),
                runtime.model().home(entity),
                persister,
                mark != null,
                ofCluster);
        return super.createMutationTranslator(statement, options, parameters, bindings, influencers, context);
    }

    private static void check(
            SqmDmlStatement<?> statement,
            String entity,
            @Nullable EntityHome home,
            EntityPersister persister,
            boolean ofNode,
            boolean ofCluster) {
        if (home instanceof EntityHome.Reference && !ofCluster) {
            throw new WrongShardKeyException(
                    "Cannot write " + entity + ": it is a reference table, and a session of one"
                            + " key or node would change one node's copy only. Write it in a cluster session:"
                            + " Shardloom.of(emf).inCluster(…).");
        }
        if (home instanceof EntityHome.Local local && !ofNode) {
            throw new WrongShardKeyException("Cannot write " + entity + ": its table is on node " + local.node()
                    + " only. Use Shardloom.of(emf).inNodeTransaction(\"" + local.node() + "\", …).");
        }
        if (!(home instanceof EntityHome.Sharded sharded)) {
            return;
        }
        if (ofNode && !ofCluster) {
            throw new WrongShardKeyException("Cannot write " + entity + ": it is sharded by " + sharded.attribute()
                    + " in group '" + sharded.group() + "', and the session is bound to a node. Open a session for each"
                    + " key: Shardloom.of(emf).inTransaction(key, …), or use execute of a cluster session.");
        }
        if (statement instanceof SqmInsertStatement) {
            throw new WrongShardKeyException("Cannot insert " + entity + " by a query: the key of its rows cannot be"
                    + " checked before they are written. Use persist, or insert of a StatelessSession.");
        }
        if (statement instanceof SqmUpdateStatement<?> update && update.getSetClause() != null) {
            for (var assignment : update.getSetClause().getAssignments()) {
                checkAssigned(assignment.getTargetPath().getNavigablePath(), entity, sharded, persister);
            }
        }
    }

    private static void checkAssigned(
            NavigablePath target, String entity, EntityHome.Sharded sharded, EntityPersister persister) {
        if (target.getLocalName().equals(sharded.attribute())) {
            throw new WrongShardKeyException(
                    "Cannot set " + sharded.attribute() + " of " + entity + ": the shard key of"
                            + " a row never changes. Insert the row under its new key and delete the old one.");
        }
        var name = target.getLocalName();
        for (var part = target.getParent(); part != null && part.getParent() != null; part = part.getParent()) {
            name = part.getLocalName() + "." + name;
        }
        var columns = new HashSet<String>();
        ModelPart attribute = persister.findByPath(name);
        if (attribute != null) {
            attribute.forEachSelectable((position, column) -> columns.add(column.getSelectionExpression()));
        }
        if (columns.contains(sharded.keyColumn())) {
            throw new WrongShardKeyException(
                    "Cannot set " + name + " of " + entity + " by a query: the shard key is among its columns, and that"
                            + " of a row never changes. Load the rows and set it there.");
        }
    }
}
