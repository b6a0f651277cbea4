package io.shardloom.hibernate.internal.fanout;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.hibernate.query.sqm.tree.domain.SqmBasicValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmEmbeddedValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmEntityValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;
import org.hibernate.spi.NavigablePath;

/**
 * Associations that a query groups by. The server groups by their foreign keys; if a node selected the association itself,
 * Hibernate would join its rows, and groups without one would be lost.
 */
final class GroupedReferences {
    private final ValueOrders orders;

    /** The associations whose rows the query itself joins, because it selects them or what is behind them. */
    private final Set<NavigablePath> joined = new HashSet<>();

    private final Map<NavigablePath, SqmSelectableNode<?>> known = new HashMap<>();

    GroupedReferences(SqmQuerySpec<?> spec, ValueOrders orders) {
        this.orders = orders;
        new Behind().visitSelectClause(spec.getSelectClause());
        spec.getSelectClause().getSelections().forEach(selection -> selected(selection.getSelectableNode()));
        if (spec.getWhereClause() != null) {
            new Behind().visitWhereClause(spec.getWhereClause());
        }
        if (spec.getHavingClausePredicate() != null) {
            spec.getHavingClausePredicate().accept(new Behind());
        }
        new Behind().visitOrderByClause(spec.getOrderByClause());
        new Behind().visitGroupByClause(spec.getGroupByClauseExpressions());
    }

    private void selected(SqmSelectableNode<?> node) {
        if (node instanceof SqmEntityValuedSimplePath<?> path) {
            joined.add(path.getNavigablePath());
        }
    }

    /** Returns what tells the groups of an expression without a join that the query does not have. */
    SqmSelectableNode<?> known(SqmSelectableNode<?> group) {
        if (!(group instanceof SqmEntityValuedSimplePath<?> path) || joined.contains(path.getNavigablePath())) {
            return group;
        }
        var id = orders.id(path);
        if (id != null) {
            known.put(path.getNavigablePath(), (SqmSelectableNode<?>) id);
        } else {
            throw Refusals.part(
                    "it groups by '" + path.toHqlString() + "' and does not select it",
                    "rows that refer to nothing are a group as well; select it, or group by the attributes of its id");
        }
        return grouped(path);
    }

    /** Returns the foreign key in the place of an association that is grouped by so, and anything else as it is. */
    SqmSelectableNode<?> grouped(SqmSelectableNode<?> node) {
        return node instanceof SqmEntityValuedSimplePath<?> path
                ? known.getOrDefault(path.getNavigablePath(), path)
                : node;
    }

    /** Finds the associations that paths go over to more than the id. */
    private final class Behind extends SelectWalker {
        @Override
        public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
            return over(path);
        }

        @Override
        public Object visitEmbeddableValuedPath(SqmEmbeddedValuedSimplePath<?> path) {
            return over(path);
        }

        @Override
        public Object visitEntityValuedPath(SqmEntityValuedSimplePath<?> path) {
            return over(path);
        }

        private Object over(SqmPath<?> path) {
            var at = path;
            for (var above = path.getLhs(); above != null; at = above, above = above.getLhs()) {
                if (above instanceof SqmEntityValuedSimplePath<?> association && !at.equals(orders.id(association))) {
                    joined.add(association.getNavigablePath());
                }
            }
            return path;
        }

        @Override
        public Object visitSubQueryExpression(SqmSubQuery<?> query) {
            return query;
        }
    }
}
