package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import org.hibernate.query.sqm.spi.BaseSemanticQueryWalker;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;

/** The one place that decides how a query over all nodes is answered, or that it is refused. */
final class QueryPlanner {
    private final ShardingRuntime runtime;

    QueryPlanner(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    @SuppressWarnings("unchecked")
    <R> QueryPlan<R> plan(SqmSelectStatement<?> select, Class<R> result) {
        if (!(select.getQueryPart() instanceof SqmQuerySpec<?> spec)
                || !select.getCteStatements().isEmpty()) {
            throw refused("set operations and common table expressions");
        }
        if (spec.getSelectClause().isDistinct()
                || !spec.getGroupByClauseExpressions().isEmpty()
                || spec.getHavingClausePredicate() != null
                || spec.getOrderByClause() != null
                || spec.getFetchExpression() != null
                || spec.getOffsetExpression() != null) {
            throw refused("distinct, group by, having, order by, limit and offset");
        }
        if (spec.getFromClause().getRoots().size() != 1) {
            throw refused("more than one root");
        }
        var root = spec.getFromClause().getRoots().get(0);
        if (!root.getJoins().isEmpty()) {
            throw refused("joins");
        }
        spec.accept(new Simple());
        if (!(runtime.model().home(root.getEntityName()) instanceof EntityHome.Sharded home)) {
            throw refused(root.getEntityName() + ", which is not sharded,");
        }
        var sharding = runtime.sharding();
        var nodes = sharding.shardMap().nodesOf(home.group()).stream()
                .map(sharding::node)
                .toList();
        return new QueryPlan<>((SqmSelectStatement<R>) select, result, nodes);
    }

    private static RefusedQueryException refused(String part) {
        return new RefusedQueryException("A query over all nodes with " + part + " is not answered yet.");
    }

    private static final class Simple extends BaseSemanticQueryWalker {
        @Override
        public Object visitSubQueryExpression(SqmSubQuery<?> expression) {
            throw refused("sub-queries");
        }

        @Override
        public Object visitFunction(SqmFunction<?> function) {
            throw refused("functions");
        }
    }
}
