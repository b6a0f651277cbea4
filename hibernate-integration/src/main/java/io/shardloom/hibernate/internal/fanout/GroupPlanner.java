package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.RefusedQueryException;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.fanout.Grouping.Output;
import io.shardloom.merge.SortKey;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmAggregateFunction;
import org.hibernate.query.sqm.tree.expression.SqmAliasedNodeRef;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.expression.SqmLiteral;
import org.hibernate.query.sqm.tree.select.SqmDynamicInstantiation;
import org.hibernate.query.sqm.tree.select.SqmDynamicInstantiationArgument;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectClause;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;
import org.jspecify.annotations.Nullable;

/** Splits a query whose groups reach over nodes: parts of the aggregates on the nodes, the rest in Java. */
final class GroupPlanner {
    private final Paths paths;
    private final ValueOrders orders;
    private final SqmSelectStatement<?> select;
    private final SqmQuerySpec<?> spec;
    private final Supplier<GroupColumns> none;
    private final List<SqmSelectableNode<?>> groups = new ArrayList<>();
    private final GroupedReferences references;
    private GroupColumns columns;

    GroupPlanner(ShardSessionFactory factory, Paths paths, SqmSelectStatement<?> select, CoLocation rows) {
        this.paths = paths;
        this.orders = new ValueOrders(paths);
        this.select = select;
        this.spec = select.getQuerySpec();
        this.none = () -> new GroupColumns(factory, orders, new NumberKinds(orders), rows);
        this.columns = none.get();
        this.references = new GroupedReferences(spec, orders);
        spec.getGroupByClauseExpressions()
                .forEach(group -> groups.add(references.known(NodeColumns.selected(spec, group))));
    }

    /** Plans it, and makes the select that of the nodes. What Java does not compute exactly a server does, at the price of a round trip. */
    Grouping plan() {
        Grouping grouping;
        try {
            grouping = inMemory();
        } catch (RefusedQueryException e) {
            columns = none.get();
            grouping = onServer();
        }
        rewrite();
        return grouping;
    }

    private Grouping onServer() {
        var keys = new ArrayList<DistinctValue>();
        groups.forEach(group -> keys.add(key(group)));
        var evaluation = new GroupEvaluation(select, columns, groups);
        var selected = new ArrayList<Output>();
        boolean distinct = spec.getSelectClause().isDistinct();
        for (var selection : spec.getSelectClause().getSelections()) {
            selected.add(evaluated(selection.getSelectableNode(), evaluation, distinct));
        }
        var condition = spec.getHavingClausePredicate();
        if (condition != null) {
            evaluation.where(condition);
        }
        var clause = spec.getOrderByClause();
        if (clause != null) {
            clause.getSortSpecifications()
                    .forEach(sort -> evaluation.sort(new SqmSortSpecification(
                            (SqmExpression<?>) references.grouped(NodeColumns.selected(spec, sort.getSortExpression())),
                            sort.getSortDirection(),
                            sort.getNullPrecedence(),
                            sort.isIgnoreCase())));
        }
        var made = evaluation.made();
        return new Grouping(
                keys, columns.merged(), (group, parameters) -> true, selected, List.of(), List.of(), distinct, made);
    }

    private Output evaluated(SqmSelectableNode<?> node, GroupEvaluation evaluation, boolean distinct) {
        if (node instanceof SqmDynamicInstantiation<?> made) {
            if (distinct) {
                throw unknownEquality();
            }
            return made(made, argument -> evaluated(argument, evaluation, false));
        }
        boolean group = groups.contains(node) || (!(node instanceof SqmLiteral<?>) && !GroupTerms.hasAggregate(node));
        if (group || (node instanceof SqmAggregateFunction<?> && !columns.isRanked((SqmFunction<?>) node))) {
            var term = group ? columns.same(node) : columns.aggregate((SqmFunction<?>) node);
            if (distinct && term.order() == null) {
                throw unknownEquality();
            }
            return output(node, term);
        }
        var type = distinct ? orders.of(node) : null;
        if (distinct && (type == null || node.getJavaType() == BigDecimal.class)) {
            throw unknownEquality();
        }
        int place = evaluation.select((SqmExpression<?>) node);
        var own = columns;
        return (values, parameters) -> values[own.merged().size() + place];
    }

    private static RefusedQueryException unknownEquality() {
        return Refusals.part(
                "it wants distinct rows of groups",
                "Shardloom does not know which of their values the server takes for equal");
    }

    private static Output made(SqmDynamicInstantiation<?> made, Function<SqmSelectableNode<?>, Output> outputOf) {
        var arguments = made.getArguments().stream()
                .map(SqmDynamicInstantiationArgument::getSelectableNode)
                .toList();
        var outputs = arguments.stream().map(outputOf).toList();
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
        return (group, parameters) -> shape.make(
                outputs.stream().map(output -> output.of(group, parameters)).toArray());
    }

    private Grouping inMemory() {
        var keys = new ArrayList<DistinctValue>();
        groups.forEach(group -> keys.add(key(group)));
        var terms = new GroupTerms(spec, columns, groups, references);
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
            throw unknownEquality();
        }
        return new Grouping(keys, columns.merged(), having, selected, sorted, order, distinct, null);
    }

    int width() {
        return columns.columns().size();
    }

    private DistinctValue key(SqmSelectableNode<?> group) {
        var stored = orders.stored(group);
        if (stored != null) {
            return new DistinctValue.Basic(columns.column(stored.expression()), stored.type());
        }
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
            selected.add(made(made, argument -> output(argument, terms.term(argument))));
            comparators.add(null);
        } else {
            var term = terms.term(node);
            selected.add(output(node, term));
            comparators.add(term.order());
        }
    }

    /** Computed numbers are read in the class that Hibernate gives the expression; all else is as the nodes gave it. */
    private static Output output(SqmSelectableNode<?> node, Term term) {
        var java = node.getNodeJavaType();
        if (term.kind() == null || term.type() != null || java == null) {
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
                var node = references.grouped(NodeColumns.selected(spec, sort.getSortExpression()));
                var stored = GroupTerms.hasAggregate(node) ? null : orders.stored(node);
                var term = stored != null ? columns.same(stored) : terms.term(node);
                var order = stored != null
                        ? stored.order()
                        : term.isSortable() ? term.order() : term.type() != null ? orders.collated(node) : null;
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

    /** A computed value that was given by its position is given so again, because it may have parameters. */
    private SqmExpression<?> group(SqmExpression<?> given, SqmSelectableNode<?> group) {
        var stored = orders.stored(group);
        return given instanceof SqmAliasedNodeRef && !(group instanceof SqmPath<?>)
                ? new SqmAliasedNodeRef(
                        columns.column(stored == null ? group : stored.expression()) + 1,
                        spec.nodeBuilder().getIntegerType(),
                        spec.nodeBuilder())
                : (SqmExpression<?>) group;
    }

    private void rewrite() {
        var clause = new SqmSelectClause(false, spec.nodeBuilder());
        for (var column : columns.columns()) {
            clause.addSelection(new SqmSelection<>(column, spec.nodeBuilder()));
        }
        spec.setSelectClause(clause);
        var given = spec.getGroupByClauseExpressions();
        spec.setGroupByClauseExpressions(IntStream.range(0, groups.size())
                .<SqmExpression<?>>mapToObj(i -> group(given.get(i), groups.get(i)))
                .toList());
        spec.setHavingClausePredicate(null);
        spec.setOrderByClause(null);
    }
}
