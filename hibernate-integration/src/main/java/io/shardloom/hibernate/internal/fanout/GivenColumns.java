package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import org.hibernate.query.sqm.function.SelfRenderingSqmAggregateFunction;
import org.hibernate.query.sqm.tree.domain.SqmBasicValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmEmbeddedValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmEntityValuedSimplePath;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.domain.SqmPluralValuedSimplePath;
import org.hibernate.query.sqm.tree.expression.SqmBinaryArithmetic;
import org.hibernate.query.sqm.tree.expression.SqmByUnit;
import org.hibernate.query.sqm.tree.expression.SqmCaseSearched;
import org.hibernate.query.sqm.tree.expression.SqmCaseSimple;
import org.hibernate.query.sqm.tree.expression.SqmCoalesce;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.expression.SqmUnaryOperation;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;
import org.jspecify.annotations.Nullable;

/**
 * Finds what a server is given of the groups: aggregates, what the query groups by, and what each node has computed of that, attributes of
 * a grouped row among it.
 */
final class GivenColumns extends SelectWalker {
    private final GroupColumns groupColumns;
    private final List<SqmSelectableNode<?>> groups;
    private final Elements elements;
    private final List<SqmExpression<?>> nodes = new ArrayList<>();
    private final List<GivenColumn> columns = new ArrayList<>();

    GivenColumns(SqmQuerySpec<?> spec, GroupColumns groupColumns, List<SqmSelectableNode<?>> groups) {
        this.elements = new Elements(spec);
        this.groupColumns = groupColumns;
        this.groups = groups;
    }

    /** Returns the expressions that stand for the columns. */
    List<SqmExpression<?>> nodes() {
        return nodes;
    }

    List<GivenColumn> columns() {
        return columns;
    }

    void collect(SqmExpression<?> expression) {
        if (!isColumn(expression)) {
            expression.accept(this);
        }
    }

    private boolean isColumn(SqmExpression<?> node) {
        boolean given = groups.contains(node)
                || node instanceof SelfRenderingSqmAggregateFunction<?>
                || (Substitution.isPossible(node) && OfGroups.is(node) && groupColumns.isOfKnownType(node));
        if (given && !nodes.contains(node)) {
            nodes.add(node);
            columns.add(column(node));
        }
        return given;
    }

    private GivenColumn column(SqmExpression<?> node) {
        var column = node instanceof SelfRenderingSqmAggregateFunction<?> function && !groups.contains(node)
                ? aggregate(function)
                : GivenColumn.of(node, groupColumns.same((SqmSelectableNode<?>) node), groupColumns.collated(node));
        if (column == null) {
            throw Refusals.part(
                    "it computes something of '" + node.toHqlString() + "', merged over keys",
                    "Shardloom does not know for certain which type the server gives it; select it as it is");
        }
        return column;
    }

    private @Nullable GivenColumn aggregate(SqmFunction<?> function) {
        var term = groupColumns.aggregate(function);
        var collation =
                groupColumns.collated(GroupColumns.isExtreme(function) ? GroupColumns.extremeOf(function) : function);
        return groupColumns.isRanked(function)
                ? GivenColumn.extreme(function, term, collation)
                : GivenColumn.of(function, term, collation);
    }

    @Override
    public Object visitFunction(SqmFunction<?> function) {
        return isColumn(function) ? function : super.visitFunction(function);
    }

    @Override
    public Object visitBinaryArithmeticExpression(SqmBinaryArithmetic<?> arithmetic) {
        return isColumn(arithmetic) ? arithmetic : super.visitBinaryArithmeticExpression(arithmetic);
    }

    @Override
    public Object visitUnaryOperationExpression(SqmUnaryOperation<?> sign) {
        return isColumn(sign) ? sign : super.visitUnaryOperationExpression(sign);
    }

    @Override
    public Object visitSearchedCaseExpression(SqmCaseSearched<?> choice) {
        return isColumn(choice) ? choice : super.visitSearchedCaseExpression(choice);
    }

    @Override
    public Object visitSimpleCaseExpression(SqmCaseSimple<?, ?> choice) {
        return isColumn(choice) ? choice : super.visitSimpleCaseExpression(choice);
    }

    @Override
    public Object visitCoalesce(SqmCoalesce<?> coalesce) {
        return isColumn(coalesce) ? coalesce : super.visitCoalesce(coalesce);
    }

    @Override
    public Object visitByUnit(SqmByUnit duration) {
        return isColumn(duration) ? duration : super.visitByUnit(duration);
    }

    @Override
    public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
        return required(path);
    }

    @Override
    public Object visitEmbeddableValuedPath(SqmEmbeddedValuedSimplePath<?> path) {
        return required(path);
    }

    @Override
    public Object visitEntityValuedPath(SqmEntityValuedSimplePath<?> path) {
        return required(path);
    }

    @Override
    public Object visitPluralValuedPath(SqmPluralValuedSimplePath<?> path) {
        return required(path);
    }

    private Object required(SqmPath<?> path) {
        if (!isColumn(path)) {
            throw Refusals.part(
                    "it computes something of '" + path.toHqlString() + "' beside aggregates over keys",
                    "Shardloom does not know for certain which type the server gives it; group by one of its attributes");
        }
        return path;
    }

    @Override
    public Object visitSubQueryExpression(SqmSubQuery<?> query) {
        query.getQueryPart().accept(new Uncorrelated());
        return query;
    }

    /** Lets sub-queries be that look at nothing of the outer rows. */
    private final class Uncorrelated extends SelectWalker {
        @Override
        public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
            var from = Paths.start(path);
            if (elements.all().stream().anyMatch(element -> element.from == from)) {
                throw Refusals.part(
                        "a sub-query beside aggregates over keys looks at '" + path.toHqlString() + "'",
                        "groups of several nodes are not the rows of a server");
            }
            return path;
        }
    }

    /** Finds values of the rows in expressions that a node computes of its groups alone. */
    private static final class OfGroups extends SelectWalker {
        private boolean ofRows;

        /** Tells whether it is computed of attributes, without an aggregate or a sub-query. */
        static boolean is(SqmExpression<?> node) {
            if (GroupTerms.hasAggregate((SqmSelectableNode<?>) node)) {
                return false;
            }
            var found = new OfGroups();
            node.accept(found);
            return found.ofRows;
        }

        @Override
        public Object visitBasicValuedPath(SqmBasicValuedSimplePath<?> path) {
            ofRows = true;
            return path;
        }

        @Override
        public Object visitSubQueryExpression(SqmSubQuery<?> query) {
            return query;
        }
    }
}
