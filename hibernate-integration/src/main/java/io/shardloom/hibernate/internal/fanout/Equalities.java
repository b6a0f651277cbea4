package io.shardloom.hibernate.internal.fanout;

import java.util.function.Predicate;
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
 * @param isNeverNull tells whether no row lacks a key
 */
record Equalities(Paths paths, Proof proof, Pins pins, Predicate<Paths.Key> isNeverNull) {

    /** Draws what a condition proves; of the predicate of an outer join only what it says of the joined rows. */
    void prove(SqmPredicate condition, @Nullable SqmFrom<?, ?> joined) {
        if (condition instanceof SqmComparisonPredicate comparison && !comparison.isNegated()) {
            var operator = comparison.getSqmOperator();
            boolean alike = operator == ComparisonOperator.NOT_DISTINCT_FROM;
            if (alike || operator == ComparisonOperator.EQUAL) {
                prove(comparison.getLeftHandExpression(), comparison.getRightHandExpression(), joined, alike);
            }
        }
    }

    /** Draws what the equality of two values proves. */
    void proveEqual(SqmExpression<?> a, SqmExpression<?> b, @Nullable SqmFrom<?, ?> joined) {
        prove(a, b, joined, false);
    }

    /** Two nulls are not distinct, and are in rows of all keys; so one of the values must never be null. */
    private void prove(SqmExpression<?> a, SqmExpression<?> b, @Nullable SqmFrom<?, ?> joined, boolean alike) {
        if (a instanceof SqmTuple<?> left && b instanceof SqmTuple<?> right) {
            var lefts = left.getGroupedExpressions();
            var rights = right.getGroupedExpressions();
            for (int i = 0; i < Math.min(lefts.size(), rights.size()); i++) {
                prove(lefts.get(i), rights.get(i), joined, alike);
            }
            return;
        }
        var left = paths.key(a);
        var right = paths.key(b);
        if (left == null && right == null) {
            left = paths.row(a);
            right = paths.row(b);
        }
        if (alike && !isNeverNull(left) && !isNeverNull(right)) {
            return;
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

    private boolean isNeverNull(Paths.@Nullable Key key) {
        return key != null && isNeverNull.test(key);
    }

    private void pin(Paths.Key key, SqmExpression<?> value, @Nullable SqmFrom<?, ?> joined) {
        var constant = Constants.identity(value);
        if (constant != null && (joined == null || key.from() == joined)) {
            pins.add(key, constant, joined == null);
        }
    }
}
