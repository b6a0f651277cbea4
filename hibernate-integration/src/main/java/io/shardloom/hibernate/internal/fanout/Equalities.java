package io.shardloom.hibernate.internal.fanout;

import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmTuple;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.predicate.SqmComparisonPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Draws from conditions which elements have the same key.
 *
 * @param paths what paths stand for
 * @param proof what is proved
 * @param pins which keys are constants
 */
record Equalities(Paths paths, Proof proof, Pins pins) {

    /** Draws what a condition proves; of the predicate of an outer join only what it says of the joined rows. */
    void prove(SqmPredicate condition, @Nullable SqmFrom<?, ?> joined) {
        if (condition instanceof SqmComparisonPredicate comparison
                && !comparison.isNegated()
                && (comparison.getSqmOperator() == ComparisonOperator.EQUAL
                        || comparison.getSqmOperator() == ComparisonOperator.NOT_DISTINCT_FROM)) {
            proveEqual(comparison.getLeftHandExpression(), comparison.getRightHandExpression(), joined);
        }
    }

    /** Draws what the equality of two values proves. */
    void proveEqual(SqmExpression<?> a, SqmExpression<?> b, @Nullable SqmFrom<?, ?> joined) {
        if (a instanceof SqmTuple<?> left && b instanceof SqmTuple<?> right) {
            var lefts = left.getGroupedExpressions();
            var rights = right.getGroupedExpressions();
            for (int i = 0; i < Math.min(lefts.size(), rights.size()); i++) {
                proveEqual(lefts.get(i), rights.get(i), joined);
            }
            return;
        }
        var left = paths.key(a);
        var right = paths.key(b);
        if (left == null && right == null) {
            left = paths.row(a);
            right = paths.row(b);
        }
        if (left != null && right != null) {
            if ((joined == null || left.from() == joined || right.from() == joined)
                    && left.group().equals(right.group())) {
                proof.same(left.from(), right.from());
            }
        } else if (left != null) {
            pin(left, b, joined);
        } else if (right != null) {
            pin(right, a, joined);
        }
    }

    private void pin(Paths.Key key, SqmExpression<?> value, @Nullable SqmFrom<?, ?> joined) {
        var constant = Constants.identity(value);
        if (constant != null && (joined == null || key.from() == joined)) {
            pins.add(key, constant, joined == null);
        }
    }
}
