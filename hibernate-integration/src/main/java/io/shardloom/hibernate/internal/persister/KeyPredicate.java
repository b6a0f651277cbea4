package io.shardloom.hibernate.internal.persister;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.bulk.KeyColumn;
import io.shardloom.hibernate.internal.bulk.SessionKeyParameter;
import io.shardloom.hibernate.internal.find.KeyedId;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.key.GroupKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.hibernate.binder.internal.TenantIdBinder;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.ModelPart;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.sql.ast.spi.SqlAstCreationState;
import org.hibernate.sql.ast.tree.expression.ColumnReference;
import org.hibernate.sql.ast.tree.expression.Expression;
import org.hibernate.sql.ast.tree.from.TableGroup;
import org.hibernate.sql.ast.tree.predicate.ComparisonPredicate;
import org.hibernate.sql.ast.tree.predicate.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The restriction of one entity's rows to the session's key.
 *
 * @param home where the entity's rows live, or null where they are not spread by a key
 * @param id the entity's id
 */
record KeyPredicate(EntityPersister persister, EntityHome.@Nullable Sharded home, KeyedId id) {
    /** Returns the predicate of an entity. */
    static KeyPredicate of(EntityPersister persister) {
        var runtime = persister.getFactory().getServiceRegistry().requireService(ShardingRuntime.class);
        var home =
                runtime.model().home(persister.getEntityName()) instanceof EntityHome.Sharded sharded ? sharded : null;
        return new KeyPredicate(persister, home, KeyedId.of(persister, home));
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
        return new RowKeyParameter(keyColumn(sharded).getJdbcMapping(), sharded.group(), persister.getEntityName());
    }

    /** Returns the key of a row that a session has loaded, null where it is not known. */
    @Nullable
    GroupKey ofLoaded(Object whole, SharedSessionContractImplementor session) {
        if (home == null) {
            return null;
        }
        var entity = home.partOfId()
                ? null
                : session.getPersistenceContextInternal().getEntity(session.generateEntityKey(whole, persister));
        var key = home.partOfId()
                ? id.key(whole)
                : entity == null ? null : persister.getPropertyValue(entity, home.attribute());
        return key == null
                ? null
                : persister
                        .getFactory()
                        .getServiceRegistry()
                        .requireService(ShardingRuntime.class)
                        .sharding()
                        .key(home.group(), key);
    }

    /** Refuses to look for a row of another key, of which a session does not even learn whether it is there. */
    void requireOwn(Object whole, SharedSessionContractImplementor session) {
        if (home == null || !home.partOfId() || !(session.getTenantIdentifierValue() instanceof GroupKey bound)) {
            return;
        }
        var other = id.key(whole);
        if (other != null
                && bound.group().equals(home.group())
                && !bound.value().equals(bound.type().canonical(other))) {
            var name = persister.getEntityName();
            throw new WrongShardKeyException("Cannot look for " + name.substring(name.lastIndexOf('.') + 1) + " with "
                    + home.attribute() + " = " + other + ": the session is bound to " + bound + ", and neither reads"
                    + " rows of another key nor points to them. Keep the other's id in a plain attribute, and find it"
                    + " in a session of its own key.");
        }
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

    /**
     * Returns {@code key column = the session's key} for columns that stand for those of a model part, such as the id;
     * null where the key is not one of them.
     */
    @Nullable
    Predicate among(List<? extends Expression> columns, ModelPart part) {
        if (home == null) {
            return null;
        }
        var key = keyColumn(home);
        var found = new ArrayList<Predicate>(1);
        part.forEachSelectable((position, column) -> {
            if (column.getSelectionExpression().equals(key.getSelectionExpression())) {
                found.add(new ComparisonPredicate(columns.get(position), ComparisonOperator.EQUAL, parameter()));
            }
        });
        return found.isEmpty() ? null : found.get(0);
    }

    private SelectableMapping keyColumn(EntityHome.Sharded home) {
        return KeyColumn.of(persister, home);
    }
}
