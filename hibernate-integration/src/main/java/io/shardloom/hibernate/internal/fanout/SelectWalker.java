package io.shardloom.hibernate.internal.fanout;

import java.util.List;
import org.hibernate.query.sqm.spi.BaseSemanticQueryWalker;
import org.hibernate.query.sqm.tree.domain.SqmIndexedCollectionAccessPath;
import org.hibernate.query.sqm.tree.expression.SqmAliasedNodeRef;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;

/** Walks through every expression of a select; positions and aliases of selections, which have no visit, are left out. */
class SelectWalker extends BaseSemanticQueryWalker {
    @Override
    public Object visitSortSpecification(SqmSortSpecification sort) {
        return sort.getSortExpression() instanceof SqmAliasedNodeRef ? sort : super.visitSortSpecification(sort);
    }

    @Override
    public Object visitGroupByClause(List<SqmExpression<?>> groups) {
        for (var group : groups) {
            if (!(group instanceof SqmAliasedNodeRef)) {
                group.accept(this);
            }
        }
        return groups;
    }

    @Override
    public Object visitIndexedPluralAccessPath(SqmIndexedCollectionAccessPath<?> path) {
        path.getSelectorExpression().accept(this);
        return path;
    }
}
