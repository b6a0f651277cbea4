package io.shardloom.hibernate.internal.bulk;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.topology.Layout;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.hibernate.metamodel.mapping.SelectableMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.query.sqm.internal.NoParamSqmCopyContext;
import org.hibernate.query.sqm.tree.domain.SqmEmbeddedValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmParameter;
import org.hibernate.query.sqm.tree.from.SqmEntityJoin;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.from.SqmRoot;
import org.hibernate.query.sqm.tree.insert.SqmConflictClause;
import org.hibernate.query.sqm.tree.insert.SqmInsertSelectStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertStatement;
import org.hibernate.query.sqm.tree.insert.SqmInsertValuesStatement;
import org.hibernate.query.sqm.tree.insert.SqmValues;
import org.hibernate.query.sqm.tree.jpa.AbstractJpaSelection;
import org.hibernate.query.sqm.tree.predicate.SqmComparisonPredicate;
import org.hibernate.query.sqm.tree.select.SqmJpaCompoundSelection;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQueryPart;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectClause;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.jspecify.annotations.Nullable;

/** An {@code insert} of HQL or Criteria whose rows all get the session's key. */
final class KeyedInsert {
    private final EntityPersister persister;
    private final EntityHome.Sharded home;
    private final ShardingRuntime runtime;
    private final SelectableMapping column;
    private final String entity;
    private final SqmInsertStatement<?> statement;
    private final SqmPath<?> keyPath;
    private int target = -1;
    private int position;
    private int columns;

    private KeyedInsert(
            SqmInsertStatement<?> statement,
            EntityPersister persister,
            EntityHome.Sharded home,
            ShardingRuntime runtime) {
        this.persister = persister;
        this.home = home;
        this.runtime = runtime;
        this.column = KeyColumn.of(persister, home);
        this.entity = BulkRules.simpleName(persister.getEntityName());
        this.statement = statement;
        SqmPath<?> path = statement.getTarget();
        for (var part : home.path()) {
            path = (SqmPath<?>) path.get(part);
        }
        this.keyPath = path;
    }

    /** Returns the statement with the key; the given one, which Hibernate may share, stays as it is. */
    static SqmInsertStatement<?> of(
            SqmInsertStatement<?> statement,
            EntityPersister persister,
            EntityHome.Sharded home,
            ShardingRuntime runtime) {
        var copy = copy(statement);
        new KeyedInsert(copy, persister, home, runtime).fill();
        return copy;
    }

    private static SqmInsertStatement<?> copy(SqmInsertStatement<?> statement) {
        if (statement instanceof SqmInsertValuesStatement<?> rows) {
            return rows.copyWithoutValues(new Copies()).values(rows.getValuesList()); // their own copy may have no end
        }
        return statement.copy(new Copies());
    }

    /** A statement with a subquery is copied once more from within, because the subquery names its statement. */
    private static final class Copies extends NoParamSqmCopyContext {
        private final IdentityHashMap<Object, Object> made = new IdentityHashMap<>();

        @Override
        @SuppressWarnings("unchecked") // a copy is of its original's class
        public <T> @Nullable T getCopy(T original) {
            return original instanceof SqmParameter ? original : (T) made.get(original);
        }

        @Override
        public <T> T registerCopy(T original, T copy) {
            made.put(original, copy);
            return copy;
        }
    }

    private void fill() {
        findTarget();
        if (statement instanceof SqmInsertValuesStatement<?> rows) {
            rows.values(rows.getValuesList().stream().map(this::filled).toList());
        } else if (statement instanceof SqmInsertSelectStatement<?> rows) {
            fill(rows.getSelectQueryPart());
        }
        if (target < 0) {
            var paths = new ArrayList<SqmPath<?>>(statement.getInsertionTargetPaths());
            paths.add(keyPath);
            statement.setInsertionTargetPaths(paths);
        }
        InsertedId.check(statement, persister);
        var conflict = statement.getConflictClause();
        if (conflict != null) {
            restrict(conflict);
        }
    }

    /** Finds the attribute that writes the key column: the key, the id that has it, or an association that shares it. */
    private void findTarget() {
        var paths = statement.getInsertionTargetPaths();
        for (int i = 0; i < paths.size(); i++) {
            var names = BulkRules.columns(persister, paths.get(i).getNavigablePath());
            int found = names.indexOf(home.keyColumn());
            if (found >= 0 && target >= 0) {
                throw new WrongShardKeyException("Cannot insert " + entity + " with both " + name(target) + " and "
                        + name(i) + " by a query: the shard key is a column of both. Name one of them.");
            }
            if (found >= 0) {
                target = i;
                position = found;
                columns = names.size();
            }
        }
    }

    private String name(int path) {
        return statement.getInsertionTargetPaths().get(path).getNavigablePath().getLocalName();
    }

    private SqmValues filled(SqmValues row) {
        var values = new ArrayList<SqmExpression<?>>(row.getExpressions());
        if (target < 0) {
            values.add(sessionKey());
        } else {
            var given = values.get(target);
            if (!KeyExpression.isKnown(given)) {
                throw unknown();
            }
            values.set(target, checked(given));
        }
        return new SqmValues(values);
    }

    private void fill(SqmQueryPart<?> part) {
        if (part instanceof SqmQueryGroup<?> group) {
            group.getQueryParts().forEach(this::fill);
            return;
        }
        var rows = (SqmQuerySpec<?>) part;
        var old = rows.getSelectClause();
        var select = new SqmSelectClause(old.isDistinct(), rows.nodeBuilder());
        int index = 0;
        for (var selection : old.getSelections()) {
            for (var node : items(selection)) {
                select.addSelection(index == target ? proven(node) : selected(node));
                index++;
            }
        }
        if (target < 0) {
            select.addSelection(selected(sessionKey()));
        }
        rows.setSelectClause(select);
    }

    /** Criteria selects several values as one. */
    private static List<? extends SqmSelectableNode<?>> items(SqmSelection<?> selection) {
        return selection.getSelectableNode() instanceof SqmJpaCompoundSelection<?> compound
                ? compound.getSelectionItems().stream()
                        .map(item -> (SqmSelectableNode<?>) item)
                        .toList()
                : List.of(selection.getSelectableNode());
    }

    private SqmSelection<?> proven(SqmSelectableNode<?> node) {
        if (KeyExpression.isKnown(node)) {
            return selected(checked((SqmExpression<?>) node));
        }
        if (!isKey(node)) {
            throw unknown();
        }
        return selected(node);
    }

    private SqmSelection<?> selected(SqmSelectableNode<?> node) {
        var alias = node instanceof AbstractJpaSelection<?> aliased ? aliased.getAlias() : null;
        return new SqmSelection<>(node, alias, statement.nodeBuilder());
    }

    /** Tells whether a value comes from the key column of a row that the key predicate restricts. */
    private boolean isKey(SqmSelectableNode<?> node) {
        if (!(node instanceof SqmPath<?> path)) {
            return false;
        }
        @Nullable SqmPath<?> from = path;
        while (from != null && !(from instanceof SqmFrom)) {
            from = from.getLhs();
            if (from != null && !(from instanceof SqmFrom) && !(from instanceof SqmEmbeddedValuedSimplePath)) {
                return false;
            }
        }
        String source;
        if (from != null && from.getClass() == SqmRoot.class) {
            source = ((SqmRoot<?>) from).getEntityName();
        } else if (from instanceof SqmEntityJoin<?, ?> join) {
            source = join.getEntityName();
        } else {
            return false;
        }
        if (!(runtime.model().home(source) instanceof EntityHome.Sharded other)
                || !other.group().equals(home.group())) {
            return false;
        }
        var names = BulkRules.columns(
                persister.getFactory().getMappingMetamodel().getEntityDescriptor(source), path.getNavigablePath());
        return names.size() == columns && names.get(position).equals(other.keyColumn());
    }

    /** A row that is there already is looked for under the session's key, and changed only if it has that key. */
    private void restrict(SqmConflictClause<?> conflict) {
        var paths = conflict.getConstraintPaths();
        if (!paths.isEmpty()) {
            var names = new ArrayList<String>();
            paths.forEach(path -> names.addAll(BulkRules.columns(persister, path.getNavigablePath())));
            if (!names.contains(home.keyColumn()) && isPartOfUniqueKeys(names)) {
                var keyed = new ArrayList<SqmPath<?>>(paths);
                keyed.add(keyPath);
                conflict.conflictOnConstraintPaths(keyed);
            }
        }
        var update = conflict.getConflictAction();
        if (update != null) {
            BulkRules.checkAssigned(update.getSetClause(), persister, home);
            var own = new SqmComparisonPredicate(
                    keyPath, ComparisonOperator.EQUAL, sessionKey(), statement.nodeBuilder());
            var restriction = update.getRestriction();
            update.where(restriction == null ? own : statement.nodeBuilder().and(restriction, own));
        }
    }

    /** Tells whether the database has the key in the unique key of these columns, though the mapping may not say so. */
    private boolean isPartOfUniqueKeys(List<String> names) {
        if (runtime.topology().group(home.group()).layout() == Layout.PARTITIONED) {
            return true;
        }
        return home.partOfId() && List.of(persister.getIdentifierColumnNames()).containsAll(names);
    }

    private KeyExpression<?> sessionKey() {
        return KeyExpression.of(keyPath, column, home, persister.getEntityName());
    }

    private KeyExpression<?> checked(SqmExpression<?> given) {
        return KeyExpression.of(
                statement.getInsertionTargetPaths().get(target),
                column,
                home,
                persister.getEntityName(),
                given,
                position,
                columns);
    }

    private WrongShardKeyException unknown() {
        return new WrongShardKeyException("Cannot insert " + entity + " by a query with a value for " + name(target)
                + " that is not known before the statement runs: it might not have the session's key. Leave "
                + home.attribute() + " out, or give a parameter, a literal, or the key of a " + home.group()
                + " entity that stands in the query's from clause.");
    }
}
