package io.shardloom.hibernate.internal.persister;

import java.util.Set;
import org.hibernate.LockOptions;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.RowLockStrategy;
import org.hibernate.spi.NavigablePath;
import org.hibernate.sql.ast.internal.PessimisticLockKind;
import org.hibernate.sql.ast.internal.StandardLockingClauseStrategy;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.from.TableGroupJoin;
import org.hibernate.sql.ast.tree.from.UnionTableReference;

/**
 * Hibernate's choice of how to lock the rows of a query. PostgreSQL refuses to lock rows of a union, as it does on the
 * outer side of a join, for which Hibernate locks the rows in their tables after it has loaded them.
 */
public final class UnionFollowOn extends StandardLockingClauseStrategy {
    private boolean ofUnion;

    /**
     * Called by the dialect.
     *
     * @param dialect itself
     * @param kind for share or for update
     * @param rows what to name in the clause
     * @param options of the query
     * @param roots what the query selects
     */
    @SuppressWarnings("removal") // LockOptions are what Hibernate hands over
    public UnionFollowOn(
            Dialect dialect,
            PessimisticLockKind kind,
            RowLockStrategy rows,
            LockOptions options,
            Set<NavigablePath> roots) {
        super(dialect, kind, rows, options, roots);
    }

    @Override
    protected void trackRoot(TableGroup root) {
        super.trackRoot(root);
        note(root);
    }

    @Override
    protected void trackJoin(TableGroupJoin join) {
        super.trackJoin(join);
        note(join.getJoinedGroup());
    }

    private void note(TableGroup rows) {
        ofUnion |= rows.getPrimaryTableReference() instanceof UnionTableReference table
                && table.getTableExpression().startsWith("(");
    }

    @Override
    public boolean containsOuterJoins() {
        return ofUnion || super.containsOuterJoins();
    }
}
