package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.fanout.Grouping.Output;
import io.shardloom.merge.SortKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.select.SqmDynamicInstantiation;
import org.hibernate.query.sqm.tree.select.SqmDynamicInstantiationArgument;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectClause;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.jspecify.annotations.Nullable;

/** Splits a query whose groups reach over nodes: parts of the aggregates on the nodes, the rest in Java. */
final class GroupPlanner {
    private final Paths paths;
    private final ValueOrders orders;
    private final SqmQuerySpec<?> spec;
    private final GroupColumns columns;
    private final List<SqmSelectableNode<?>> groups = new ArrayList<>();

    GroupPlanner(ShardSessionFactory factory, Paths paths, SqmQuerySpec<?> spec, CoLocation rows) {
        this.paths = paths;
        this.orders = new ValueOrders(paths);
        this.spec = spec;
        this.columns = new GroupColumns(factory, orders, new NumberKinds(orders), rows);
        spec.getGroupByClauseExpressions().forEach(group -> groups.add(NodeColumns.selected(spec, group)));
    }

    /** Plans it, and makes the select that of the nodes. */
    Grouping plan() {
        var keys = new ArrayList<DistinctValue>();
        groups.forEach(group -> keys.add(key(group)));
        var terms = new GroupTerms(spec, columns, groups);
        var selected = new ArrayList<Output>();
        var comparators = new ArrayList<@Nullable Comparator<Object>>();
        for (var selection : spec.getSelectClause().getSelections()) {
            select(selection.getSelectableNode(), terms, selected, comparators);
        }
        var sorted = new ArrayList<Output>();
        var order = order(terms, sorted);
        var condition = spec.getHavingClausePredicate();
        Term.Value having =
                condition == null ? (group, parameters) -> true : new GroupConditions(terms).condition(condition);
        boolean distinct = spec.getSelectClause().isDistinct();
        if (distinct && comparators.contains(null)) {
            throw Refusals.part(
                    "it wants distinct rows of groups",
                    "Shardloom does not know which of their values the server takes for equal");
        }
        rewrite();
        return new Grouping(keys, columns.merged(), having, selected, sorted, order, distinct);
    }

    int width() {
        return columns.columns().size();
    }

    private DistinctValue key(SqmSelectableNode<?> group) {
        int column = columns.column(group);
        var type = orders.of(group);
        if (type != null) {
            return new DistinctValue.Basic(column, type);
        }
        var entity = group instanceof SqmPath<?> path ? paths.entity(path) : null;
        if (entity == null) {
            throw Refusals.part(
                    "it groups by '" + NodeColumns.text(group) + "'",
                    "Shardloom does not know which values of its type the server takes for equal");
        }
        return new DistinctValue.Row(column, entity);
    }

    private void select(
            SqmSelectableNode<?> node,
            GroupTerms terms,
            List<Output> selected,
            List<@Nullable Comparator<Object>> comparators) {
        if (node instanceof SqmDynamicInstantiation<?> made) {
            var arguments = made.getArguments().stream()
                    .map(SqmDynamicInstantiationArgument::getSelectableNode)
                    .toList();
            var outputs = arguments.stream()
                    .map(argument -> output(argument, terms.term(argument)))
                    .toList();
            var aliases = made.getArguments().stream()
                    .map(SqmDynamicInstantiationArgument::getAlias)
                    .toList();
            var target = made.getInstantiationTarget();
            var shape = RowShape.of(
                    target.getNature(),
                    target.getTargetTypeDescriptor().getJavaTypeClass(),
                    arguments,
                    aliases,
                    made.nodeBuilder().getTypeConfiguration());
            selected.add((group, parameters) -> shape.make(
                    outputs.stream().map(output -> output.of(group, parameters)).toArray()));
            comparators.add(null);
        } else {
            var term = terms.term(node);
            selected.add(output(node, term));
            comparators.add(term.order());
        }
    }

    /** Numbers are read in the class that Hibernate gives the expression; all else is as the nodes gave it. */
    private static Output output(SqmSelectableNode<?> node, Term term) {
        var java = node.getNodeJavaType();
        if (term.kind() == null || java == null) {
            return term.value()::of;
        }
        var type = java.getJavaTypeClass();
        return (group, parameters) -> {
            var value = term.value().of(group, parameters);
            return value == null ? null : NumberKind.read(value, type);
        };
    }

    private List<SortKey> order(GroupTerms terms, List<Output> sorted) {
        var keys = new ArrayList<SortKey>();
        var clause = spec.getOrderByClause();
        if (clause != null) {
            for (var sort : clause.getSortSpecifications()) {
                var node = NodeColumns.selected(spec, sort.getSortExpression());
                var term = terms.term(node);
                var order = term.isSortable() ? term.order() : term.type() != null ? orders.collated(node) : null;
                if (order == null || sort.isIgnoreCase()) {
                    throw Refusals.part(
                            "its groups are sorted by '" + NodeColumns.text(node) + "'",
                            "Shardloom does not know in which order the server puts its values");
                }
                sorted.add(term.value()::of);
                keys.add(NodeColumns.sortKey(sort, sorted.size() - 1, order));
            }
        }
        return keys;
    }

    private void rewrite() {
        var clause = new SqmSelectClause(false, spec.nodeBuilder());
        for (var column : columns.columns()) {
            clause.addSelection(new SqmSelection<>(column, spec.nodeBuilder()));
        }
        spec.setSelectClause(clause);
        var expressions = new ArrayList<SqmExpression<?>>();
        groups.forEach(group -> expressions.add((SqmExpression<?>) group));
        spec.setGroupByClauseExpressions(expressions);
        spec.setHavingClausePredicate(null);
        spec.setOrderByClause(null);
    }
}
