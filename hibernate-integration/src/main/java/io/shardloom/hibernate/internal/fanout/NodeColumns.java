package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.SortKey;
import jakarta.persistence.criteria.Nulls;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hibernate.query.SortDirection;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmAliasedNodeRef;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.select.SqmDynamicInstantiation;
import org.hibernate.query.sqm.tree.select.SqmJpaCompoundSelection;
import org.hibernate.query.sqm.tree.select.SqmOrderByClause;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectClause;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;

/** What a node is to select: what the query selects, and behind it what the rows are merged by. */
final class NodeColumns {
    private final Paths paths;
    private final ValueOrders orders;
    private final SqmQuerySpec<?> spec;
    private final List<SqmSelectableNode<?>> columns = new ArrayList<>();

    NodeColumns(Paths paths, SqmQuerySpec<?> spec) {
        this.paths = paths;
        this.orders = new ValueOrders(paths);
        this.spec = spec;
        spec.getSelectClause().getSelections().forEach(selection -> columns.add(selection.getSelectableNode()));
    }

    /** Writes out what a Criteria query selects: its root where it says nothing, the parts of a compound selection. */
    static void expand(SqmQuerySpec<?> spec) {
        var clause = spec.getSelectClause();
        if (clause.getSelections().isEmpty()) {
            var root = spec.getFromClause().getRoots().get(0);
            clause.addSelection(new SqmSelection<>(root, root.getAlias(), spec.nodeBuilder()));
        } else if (clause.getSelections().size() == 1
                && clause.getSelections().get(0).getSelectableNode() instanceof SqmJpaCompoundSelection<?> compound) {
            var expanded = new SqmSelectClause(clause.isDistinct(), spec.nodeBuilder());
            for (var item : compound.getSelectionItems()) {
                expanded.addSelection(
                        new SqmSelection<>((SqmSelectableNode<?>) item, item.getAlias(), spec.nodeBuilder()));
            }
            spec.setSelectClause(expanded);
        }
    }

    /** Tells whether every group lies within one key. */
    static boolean isGroupedByKey(SqmQuerySpec<?> spec, CoLocation rows) {
        return spec.getGroupByClauseExpressions().stream().anyMatch(group -> rows.tellsNode(selected(spec, group)));
    }

    int width() {
        return columns.size();
    }

    /** Tells whether rows that are equal can only be of one node. */
    boolean tellNode(CoLocation rows) {
        return columns.stream()
                .anyMatch(column -> column instanceof SqmDynamicInstantiation<?> made
                        ? made.getArguments().stream()
                                .anyMatch(argument -> rows.tellsNode(argument.getSelectableNode()))
                        : rows.tellsNode(column));
    }

    /** Returns what tells the rows apart; parts of a {@code select new} are selected once more. */
    List<DistinctValue> distinct() {
        var values = new ArrayList<DistinctValue>();
        for (var column : List.copyOf(columns)) {
            if (column instanceof SqmDynamicInstantiation<?> made) {
                made.getArguments()
                        .forEach(argument ->
                                values.add(distinct(argument.getSelectableNode(), add(argument.getSelectableNode()))));
            } else {
                values.add(distinct(column, columns.indexOf(column)));
            }
        }
        return values;
    }

    private DistinctValue distinct(SqmSelectableNode<?> node, int column) {
        var type = orders.of(node);
        if (type != null) {
            return new DistinctValue.Basic(column, type);
        }
        var stored = orders.stored(node);
        if (stored != null) {
            return new DistinctValue.Basic(add(stored.expression()), stored.type());
        }
        if (node instanceof SqmPath<?> path) {
            var entity = paths.entity(path);
            if (entity != null) {
                return new DistinctValue.Row(column, entity);
            }
        }
        throw Refusals.part(
                "it wants distinct rows by '" + text(node) + "'",
                "Shardloom does not know which values of its type the server takes for equal");
    }

    /**
     * Returns the keys by which the nodes' rows are sorted; what is not selected is selected for them.
     *
     * @param merged false where one node has all rows, so that nothing has to be known of their order
     */
    List<SortKey> order(boolean merged) {
        var keys = new ArrayList<SortKey>();
        var clause = spec.getOrderByClause();
        if (clause != null) {
            var resolved = new SqmOrderByClause();
            for (var sort : clause.getSortSpecifications()) {
                resolved.addSortSpecification(resolved(sort));
                if (merged) {
                    keys.add(key(sort));
                }
            }
            spec.setOrderByClause(resolved);
        }
        return keys;
    }

    private SqmSortSpecification resolved(SqmSortSpecification sort) {
        return new SqmSortSpecification(
                resolved(spec, sort.getSortExpression()),
                sort.getSortDirection(),
                sort.getNullPrecedence(),
                sort.isIgnoreCase());
    }

    /** Puts paths in the place of their aliases and positions in a group by. */
    static void resolveGroups(SqmQuerySpec<?> spec) {
        var groups = new ArrayList<SqmExpression<?>>();
        spec.getGroupByClauseExpressions().forEach(group -> groups.add(resolved(spec, group)));
        spec.setGroupByClauseExpressions(groups);
    }

    /** A computed value keeps its position: with a parameter or a sub-query in it, the server takes it for another if it is written again. */
    private static SqmExpression<?> resolved(SqmQuerySpec<?> spec, SqmExpression<?> expression) {
        return selected(spec, expression) instanceof SqmPath<?> path ? path : expression;
    }

    private SortKey key(SqmSortSpecification sort) {
        var expression = selected(spec, sort.getSortExpression());
        var type = orders.sortable(expression);
        var stored = orders.stored(expression);
        Comparator<Object> order =
                type != null ? type.comparator() : stored != null ? stored.order() : orders.collated(expression);
        if (sort.isIgnoreCase()) {
            throw Refusals.part(
                    "it is sorted by '" + text(expression) + "' ignoring case",
                    "the key of a page, and of the merge, is the value as it is; sort by lower(…) of it");
        }
        if (order == null) {
            throw Refusals.part(
                    "it is sorted by '" + text(expression) + "'",
                    "Shardloom does not know in which order the server puts the values of its type");
        }
        return sortKey(sort, add(stored == null ? expression : stored.expression()), order);
    }

    static SortKey sortKey(SqmSortSpecification sort, int column, Comparator<Object> order) {
        boolean descending = sort.getSortDirection() == SortDirection.DESCENDING;
        boolean nullsFirst =
                sort.getNullPrecedence() == Nulls.NONE ? descending : sort.getNullPrecedence() == Nulls.FIRST;
        return new SortKey(column, order, descending, nullsFirst);
    }

    /** Returns the place of a column, selected for the purpose if it is not yet. */
    private int add(SqmSelectableNode<?> node) {
        int place = columns.indexOf(node);
        if (place >= 0) {
            return place;
        }
        columns.add(node);
        spec.getSelectClause().addSelection(new SqmSelection<>(node, spec.nodeBuilder()));
        return columns.size() - 1;
    }

    /** Returns what a position or an alias of a selection stands for, and every other expression as it is. */
    static SqmSelectableNode<?> selected(SqmQuerySpec<?> spec, SqmExpression<?> expression) {
        if (expression instanceof SqmAliasedNodeRef reference) {
            int position = 1;
            for (var selection : spec.getSelectClause().getSelections()) {
                if (selection.getSelectableNode() instanceof SqmDynamicInstantiation<?> made) {
                    for (var argument : made.getArguments()) {
                        if (position == reference.getPosition()) {
                            return argument.getSelectableNode();
                        }
                        position++;
                    }
                } else {
                    if (position == reference.getPosition()) {
                        return selection.getSelectableNode();
                    }
                    position++;
                }
            }
            throw new IllegalArgumentException("There is no selection " + reference.getPosition() + " to sort by.");
        }
        return (SqmSelectableNode<?>) expression;
    }

    static String text(SqmSelectableNode<?> node) {
        return node instanceof SqmExpression<?> expression ? expression.toHqlString() : node.toString();
    }
}
