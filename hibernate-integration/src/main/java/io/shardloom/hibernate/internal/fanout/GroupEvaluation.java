package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.query.sqm.NodeBuilder;
import org.hibernate.query.sqm.SqmQuerySource;
import org.hibernate.query.sqm.function.SelfRenderingSqmAggregateFunction;
import org.hibernate.query.sqm.tree.domain.SqmBasicValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmEmbeddedValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmEntityValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.from.SqmFromClause;
import org.hibernate.query.sqm.tree.jpa.ParameterCollector;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmWhereClause;
import org.hibernate.query.sqm.tree.select.SqmOrderByClause;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectClause;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;
import org.jspecify.annotations.Nullable;

/**
 * Makes the statement by which a server computes what a query says of its groups. In the query's own expressions the aggregates and the values
 * that it groups by become columns of the rows that the server is given.
 */
final class GroupEvaluation {
    private final SqmSelectStatement<?> select;
    private final GroupColumns groupColumns;
    private final List<SqmSelectableNode<?>> groups;
    private final ValueOrders orders;
    private final NodeBuilder builder;
    private final List<SqmExpression<?>> nodes = new ArrayList<>();
    private final List<GivenColumn> columns = new ArrayList<>();
    private final List<SqmExpression<?>> computed = new ArrayList<>();
    private @Nullable SqmPredicate condition;
    private final List<SqmSortSpecification> order = new ArrayList<>();

    GroupEvaluation(
            SqmSelectStatement<?> select,
            GroupColumns groupColumns,
            List<SqmSelectableNode<?>> groups,
            ValueOrders orders) {
        this.select = select;
        this.groupColumns = groupColumns;
        this.groups = groups;
        this.orders = orders;
        this.builder = select.nodeBuilder();
    }

    /** Adds a value to compute; returns its place among them. */
    int select(SqmExpression<?> expression) {
        collect(expression);
        computed.add(expression);
        return computed.size() - 1;
    }

    void where(SqmPredicate predicate) {
        predicate.accept(new Collector());
        condition = predicate;
    }

    void sort(SqmSortSpecification sort) {
        collect(sort.getSortExpression());
        order.add(sort);
    }

    private void collect(SqmExpression<?> expression) {
        if (groups.contains(expression)) {
            column(expression);
        } else {
            expression.accept(new Collector());
        }
    }

    private int column(SqmExpression<?> node) {
        int place = nodes.indexOf(node);
        if (place >= 0) {
            return place;
        }
        var term = groups.contains(node)
                ? groupColumns.same((SqmSelectableNode<?>) node)
                : groupColumns.aggregate((SqmFunction<?>) node);
        var column = groups.contains(node)
                ? GivenColumn.of(node, term, orders.collated(node))
                : aggregate((SqmFunction<?>) node, term);
        if (column == null || orders.isRead(node)) {
            throw Refusals.part(
                    "it computes something of '" + node.toHqlString() + "', merged over keys",
                    "Shardloom does not know for certain which type the server gives it; select it as it is");
        }
        nodes.add(node);
        columns.add(column);
        return nodes.size() - 1;
    }

    private @Nullable GivenColumn aggregate(SqmFunction<?> function, Term term) {
        var collation = orders.collated(GroupColumns.isExtreme(function) ? GroupColumns.extremeOf(function) : function);
        return groupColumns.isRanked(function)
                ? GivenColumn.extreme(function, term, collation)
                : GivenColumn.of(function, term, collation);
    }

    /** Finds what is to become a column: aggregates and groups; any other value of the rows cannot be had. */
    private final class Collector extends SelectWalker {
        @Override
        public Object visitFunction(SqmFunction<?> function) {
            if (groups.contains(function) || function instanceof SelfRenderingSqmAggregateFunction<?>) {
                column(function);
                return function;
            }
            return super.visitFunction(function);
        }

        @Override
        public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
            return grouped(path);
        }

        @Override
        public Object visitEmbeddableValuedPath(SqmEmbeddedValuedSimplePath<?> path) {
            return grouped(path);
        }

        @Override
        public Object visitEntityValuedPath(SqmEntityValuedSimplePath<?> path) {
            return grouped(path);
        }

        private Object grouped(SqmPath<?> path) {
            if (!groups.contains(path)) {
                throw Refusals.part(
                        "it computes something of '" + path.toHqlString() + "' beside aggregates over keys",
                        "groups of several nodes have but the values that they are grouped by; group by it");
            }
            column(path);
            return path;
        }

        @Override
        public Object visitSubQueryExpression(SqmSubQuery<?> query) {
            query.getQueryPart().accept(new Uncorrelated());
            return query;
        }
    }

    /** Lets sub-queries be that look at nothing of the outer rows. */
    private final class Uncorrelated extends SelectWalker {
        @Override
        public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
            SqmPath<?> root = path;
            while (root.getLhs() != null) {
                root = root.getLhs();
            }
            if (select.getQuerySpec().getFromClause().getRoots().contains(root)) {
                throw Refusals.part(
                        "a sub-query beside aggregates over keys looks at '" + path.toHqlString() + "'",
                        "groups of several nodes are not the rows of a server");
            }
            return path;
        }
    }

    /** Makes the statement. */
    Evaluation made() {
        var root = GivenRows.root(columns.stream().map(GivenColumn::column).toList(), builder);
        var context = new Substitution(nodes, root, select);
        var spec = new SqmQuerySpec<Object>(builder);
        var from = new SqmFromClause(1);
        from.addRoot(root);
        spec.setFromClause(from);
        var clause = new SqmSelectClause(false, builder);
        clause.addSelection(new SqmSelection<>(root.get(GivenRows.PLACE), builder));
        computed.forEach(expression ->
                clause.addSelection(new SqmSelection<>((SqmSelectableNode<?>) context.of(expression), builder)));
        spec.setSelectClause(clause);
        if (condition != null) {
            spec.setWhereClause(new SqmWhereClause(condition.copy(context), builder));
        }
        if (!order.isEmpty()) {
            var sorted = new SqmOrderByClause();
            order.forEach(sort -> sorted.addSortSpecification(new SqmSortSpecification(
                    context.of(sort.getSortExpression()),
                    sort.getSortDirection(),
                    sort.getNullPrecedence(),
                    sort.isIgnoreCase())));
            spec.setOrderByClause(sorted);
        }
        var statement = new SqmSelectStatement<>(
                spec, Object.class, SetPlanner.named(select), select.getQuerySource(), builder);
        if (select.getQuerySource() == SqmQuerySource.HQL) {
            ParameterCollector.collectParameters(statement).forEach(statement::addParameter);
        }
        return new Evaluation(
                "@" + UUID.randomUUID(), NodeSelection.interpreted(statement), new ConcurrentHashMap<>(), columns);
    }
}
