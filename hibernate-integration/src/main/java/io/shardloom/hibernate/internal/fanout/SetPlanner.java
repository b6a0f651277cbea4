package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import io.shardloom.merge.SortKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.hibernate.query.sqm.SetOperator;
import org.hibernate.query.sqm.SqmQuerySource;
import org.hibernate.query.sqm.tree.cte.SqmCteStatement;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmAliasedNodeRef;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQueryPart;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectClause;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;
import org.jspecify.annotations.Nullable;

/**
 * Decides how a set operation is answered: by the nodes, if equal rows are on one node; else each of its parts is a query over
 * the nodes of its own, and their merged rows are put together in memory.
 */
final class SetPlanner {
    private final Paths paths;
    private final ValueOrders orders;
    private final SqmSelectStatement<?> select;
    private final SqmQueryGroup<?> group;
    private final List<List<SqmSelectableNode<?>>> columns = new ArrayList<>();
    private final List<SqmSelectableNode<?>> written;
    private final int width;

    SetPlanner(Paths paths, SqmSelectStatement<?> select, SqmQueryGroup<?> group) {
        this.paths = paths;
        this.orders = new ValueOrders(paths);
        this.select = select;
        this.group = group;
        if (select.containsCollectionFetches()) {
            throw Refusals.part(
                    "it fetches a collection in a set operation",
                    "the rows of one owner would not be told from those of another");
        }
        for (var spec : Derived.selects(group)) {
            NodeColumns.expand(spec);
            columns.add(Derived.columns(spec));
        }
        this.written = List.copyOf(columns.get(0));
        this.width = group.getFirstQuerySpec().getSelectClause().getSelections().size();
    }

    /**
     * Plans it.
     *
     * @param shape what each row is made into
     * @param spread says where rows are
     * @param plan plans a statement of its own
     */
    <R> QueryPlan<R> plan(
            RowShape<R> shape, Function<NodePart, Spread> spread, Function<SqmSelectStatement<?>, QueryPlan<?>> plan) {
        var readers = unread();
        var offset = group.getOffsetExpression();
        var limit = group.getFetchExpression();
        group.setOffsetExpression(null);
        group.setFetchExpression(null);
        var operator = group.getSetOperator();
        var name = "@" + UUID.randomUUID();
        var proved = new IdentityHashMap<SqmQuerySpec<?>, CoLocation>();
        Derived.selects(group).forEach(spec -> proved.put(spec, CoLocation.of(paths, spec)));
        var parts = group.getQueryParts().stream()
                .map(part -> NodePart.of(part, proved::get))
                .toList();
        var rows = NodePart.of(operator == SetOperator.UNION ? SetOperator.UNION_ALL : operator, parts);
        boolean oneNode = rows.group() == null || rows.pin() != null;
        Derived.selects(group).forEach(spec -> resolve(paths, spec));
        if (rows.refusal() == null || rows.pin() != null) {
            boolean mayRepeat =
                    operator == SetOperator.UNION && !oneNode && rows.tells().isEmpty();
            return new QueryPlan<>(
                    name,
                    NodeSelection.interpreted(select),
                    width,
                    spread.apply(rows),
                    null,
                    oneNode ? List.of() : order(),
                    mayRepeat ? distinct() : null,
                    offset,
                    limit,
                    shape.reading(readers),
                    null);
        }
        checkTypes();
        var order = order();
        boolean bags = operator == SetOperator.UNION_ALL || operator == null;
        var sets = new SetMerge(operator, bags ? List.of() : distinct(), width, plans(plan));
        return new QueryPlan<>(
                name,
                NodeSelection.interpreted(select),
                width,
                new Spread.Everywhere(),
                null,
                order,
                null,
                offset,
                limit,
                shape.reading(readers),
                sets);
    }

    /** Selects values as the database has them where Hibernate makes others of them; returns how to do that with the merged ones. */
    private Map<Integer, Stored> unread() {
        var readers = new HashMap<Integer, Stored>();
        for (int column = 0; column < width && columns.get(0).size() == width; column++) {
            int place = column;
            var nodes = columns.stream().map(part -> part.get(place)).toList();
            if (nodes.stream().anyMatch(node -> orders.stored(node) != null) && areOfOneType(column)) {
                var stored = nodes.stream().map(this::stored).toList();
                if (stored.stream().allMatch(Objects::nonNull)) {
                    stored.forEach(each -> readers.putIfAbsent(place, each));
                    IntStream.range(0, nodes.size()).forEach(part -> columns.get(part)
                            .set(place, stored.get(part).expression()));
                }
            }
        }
        if (!readers.isEmpty()) {
            var specs = Derived.selects(group);
            IntStream.range(0, specs.size()).forEach(part -> select(specs.get(part), columns.get(part)));
        }
        return readers;
    }

    private @Nullable Stored stored(SqmSelectableNode<?> node) {
        var stored = orders.stored(node);
        return stored != null || orders.isRead(node) ? stored : orders.number(node);
    }

    private static void select(SqmQuerySpec<?> spec, List<SqmSelectableNode<?>> nodes) {
        var given = spec.getSelectClause();
        var clause = new SqmSelectClause(given.isDistinct(), spec.nodeBuilder());
        for (int i = 0; i < nodes.size(); i++) {
            clause.addSelection(new SqmSelection<>(
                    nodes.get(i), given.getSelections().get(i).getAlias(), spec.nodeBuilder()));
        }
        spec.setSelectClause(clause);
    }

    /** Puts expressions in the place of positions and aliases inside the parts. */
    private static void resolve(Paths paths, SqmQuerySpec<?> spec) {
        NodeColumns.resolveGroups(spec);
        new NodeColumns(paths, spec).order(false);
    }

    private List<QueryPlan<?>> plans(Function<SqmSelectStatement<?>, QueryPlan<?>> plan) {
        var plans = new ArrayList<QueryPlan<?>>();
        for (var part : group.getQueryParts()) {
            var planned = plan.apply(statement(part));
            if (planned.shape().reads()) {
                throw Refusals.part(
                        "a part of its set operation is a set operation on values that Hibernate makes others of",
                        "not all other parts have them alike");
            }
            plans.add(planned);
        }
        return plans;
    }

    @SuppressWarnings("unchecked")
    private SqmSelectStatement<?> statement(SqmQueryPart<?> part) {
        var statement = new SqmSelectStatement<>(
                (SqmQueryPart<Object>) part,
                Object.class,
                named(select),
                select.getQuerySource(),
                select.nodeBuilder());
        if (select.getQuerySource() == SqmQuerySource.HQL) {
            select.getSqmParameters().forEach(statement::addParameter);
        }
        return statement;
    }

    /** Returns the common table expressions of a statement by their names. */
    static Map<String, SqmCteStatement<?>> named(SqmSelectStatement<?> select) {
        var named = new LinkedHashMap<String, SqmCteStatement<?>>();
        select.getCteStatements().forEach(cte -> named.put(cte.getCteTable().getCteName(), cte));
        return named;
    }

    /** The server reads a column of all parts in one type; each part that is asked by itself must have that type. */
    private void checkTypes() {
        for (int column = 0; column < columns.get(0).size(); column++) {
            if (!areOfOneType(column)) {
                throw Refusals.part(
                        "the parts of its set operation have different types in '"
                                + NodeColumns.text(columns.get(0).get(column)) + "'",
                        "one server would bring them to one");
            }
        }
    }

    private boolean areOfOneType(int column) {
        var first = columns.get(0).get(column);
        return columns.stream().allMatch(part -> column < part.size() && isSameType(first, part.get(column)));
    }

    private boolean isSameType(SqmSelectableNode<?> a, SqmSelectableNode<?> b) {
        var left = orders.mapping(a);
        var right = orders.mapping(b);
        if (left != null && right != null) {
            return ValueOrders.areAlike(left, right);
        }
        var type = a.getExpressible();
        return left == null && right == null && type != null && type.equals(b.getExpressible());
    }

    private List<SortKey> order() {
        var keys = new ArrayList<SortKey>();
        var clause = group.getOrderByClause();
        if (clause != null) {
            clause.getSortSpecifications().forEach(sort -> keys.add(key(sort)));
        }
        return keys;
    }

    private SortKey key(SqmSortSpecification sort) {
        var expression = sort.getSortExpression();
        int column = -1;
        if (expression instanceof SqmAliasedNodeRef reference) {
            column = reference.getNavigablePath() == null ? reference.getPosition() - 1 : -1;
        } else {
            column = written.indexOf((SqmSelectableNode<?>) expression);
        }
        var type = column < 0 || columns.get(0).size() != width ? null : typed(column);
        Comparator<Object> sorted =
                type != null && type.sortable() ? type.comparator() : column < 0 ? null : collated(column);
        if (sorted == null || sort.isIgnoreCase()) {
            throw Refusals.part(
                    "its set operation is sorted by something that Shardloom cannot sort by",
                    "it does not know in which order the server puts its values; select a basic attribute and sort by it");
        }
        return NodeColumns.sortKey(sort, column, sorted);
    }

    /** Returns the order of texts that all parts have in the same collation. */
    private @Nullable Collated collated(int column) {
        if (columns.get(0).size() != width) {
            return null;
        }
        var orders = columns.stream()
                .map(part -> this.orders.collated(part.get(column)))
                .distinct()
                .toList();
        var first = orders.get(0);
        return first != null && orders.stream().allMatch(each -> each != null && each.isLike(first)) ? first : null;
    }

    private @Nullable Typed typed(int column) {
        return orders.ofAll(columns.stream().map(part -> part.get(column)).toList());
    }

    private List<DistinctValue> distinct() {
        if (columns.get(0).size() != width) {
            throw Refusals.part(
                    "a set operation makes objects of its rows", "equal rows cannot be told; select their values");
        }
        return IntStream.range(0, width).mapToObj(this::distinct).toList();
    }

    private DistinctValue distinct(int column) {
        var type = typed(column);
        if (type != null) {
            return new DistinctValue.Basic(column, type);
        }
        var node = columns.get(0).get(column);
        var entity = node instanceof SqmPath<?> path ? paths.entity(path) : null;
        if (entity != null
                && columns.stream()
                        .allMatch(
                                part -> part.get(column) instanceof SqmPath<?> path && paths.entity(path) == entity)) {
            return new DistinctValue.Row(column, entity);
        }
        throw Refusals.part(
                "its set operation tells rows apart by '" + NodeColumns.text(node) + "'",
                "Shardloom does not know which values of its type the server takes for equal; select the shard key in each"
                        + " part");
    }
}
