package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.query.sqm.NodeBuilder;
import org.hibernate.query.sqm.SqmQuerySource;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
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
import org.jspecify.annotations.Nullable;

/**
 * Makes the statement by which a server computes what a query says of its groups. In the query's own expressions the aggregates and the values
 * that it groups by become columns of the rows that the server is given.
 */
final class GroupEvaluation {
    private final SqmSelectStatement<?> select;
    private final NodeBuilder builder;
    private final GivenColumns given;
    private final List<SqmExpression<?>> computed = new ArrayList<>();
    private @Nullable SqmPredicate condition;
    private final List<SqmSortSpecification> order = new ArrayList<>();

    GroupEvaluation(SqmSelectStatement<?> select, GroupColumns groupColumns, List<SqmSelectableNode<?>> groups) {
        this.select = select;
        this.builder = select.nodeBuilder();
        this.given = new GivenColumns(select.getQuerySpec(), groupColumns, groups);
    }

    /** Adds a value to compute; returns its place among them. */
    int select(SqmExpression<?> expression) {
        given.collect(expression);
        computed.add(expression);
        return computed.size() - 1;
    }

    void where(SqmPredicate predicate) {
        predicate.accept(given);
        condition = predicate;
    }

    void sort(SqmSortSpecification sort) {
        given.collect(sort.getSortExpression());
        order.add(sort);
    }

    /** Makes the statement. */
    Evaluation made() {
        var root =
                GivenRows.root(given.columns().stream().map(GivenColumn::column).toList(), builder);
        var context = new Substitution(given.nodes(), root, select);
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
                "@" + UUID.randomUUID(),
                NodeSelection.interpreted(statement),
                new ConcurrentHashMap<>(),
                given.columns());
    }
}
