package io.shardloom.hibernate.internal.persister;

import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.bulk.KeyColumn;
import io.shardloom.hibernate.internal.bulk.SessionKeyParameter;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import java.util.Objects;
import java.util.function.Consumer;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.ComparisonPredicate;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The restriction of one entity's rows to the session's key.
 *
 * @param home where the entity's rows live, or null where they are not spread by a key
 */
record KeyPredicate(EntityPersister persister, EntityHome.@Nullable Sharded home) {
    /** Returns the predicate of an entity. */
    static KeyPredicate of(EntityPersister persister) {
        var runtime = persister.getFactory().getServiceRegistry().requireService(ShardingRuntime.class);
        return new KeyPredicate(
                persister,
                runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded sharded ? sharded : null);
    }

    /** Tells whether there is anything to add to a statement. */
    boolean restricts() {
        return home != null;
    }

    /** Tells whether the id alone does not name one row, because the key stands beside it. */
    boolean isBesideId() {
        return home != null && !home.partOfId();
    }

    /** Returns {@code key column = ?} for a statement on one table, without an alias. */
    String sql() {
        return keyColumn(Objects.requireNonNull(home)).getSelectionExpression() + "=?";
    }

    /** Returns the parameter of {@link #sql()}. */
    SessionKeyParameter parameter() {
        var sharded = Objects.requireNonNull(home);
        return new SessionKeyParameter(keyColumn(sharded).getJdbcMapping(), sharded.group(), persister.getEntityName());
    }

    /** Adds {@code key column = the session's key}, but not to statements of a node session, which see every key. */
    void apply(Consumer<Predicate> out, @Nullable TableGroup rows, boolean useQualifier, SqlAstCreationState state) {
        if (home == null
                || rows == null
                || state.getLoadQueryInfluencers().getEnabledFilter(TenantIdBinder.FILTER_NAME) != null) {
            return;
        }
        var column = keyColumn(home);
        var table = rows.resolveTableReference(column.getContainingTableExpression());
        var qualifier = useQualifier && table.getIdentificationVariable() != null
                ? table.getIdentificationVariable()
                : table.getTableId();
        out.accept(
                new ComparisonPredicate(new ColumnReference(qualifier, column), ComparisonOperator.EQUAL, parameter()));
    }

    private SelectableMapping keyColumn(EntityHome.Sharded home) {
        return KeyColumn.of(persister, home);
    }
}
