package io.shardloom.hibernate.internal.fanout;

import jakarta.persistence.criteria.Predicate.BooleanOperator;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.predicate.SqmBetweenPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmComparisonPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmGroupedPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmInListPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmJunctionPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmNegatedPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmNullnessPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.jspecify.annotations.Nullable;

/** Turns conditions on groups into truths of three values, as SQL has them. */
final class GroupConditions {
    private final GroupTerms terms;

    GroupConditions(GroupTerms terms) {
        this.terms = terms;
    }

    /** Returns a condition's truth, with null for unknown. */
    Term.Value condition(SqmPredicate predicate) {
        if (predicate instanceof SqmGroupedPredicate group) {
            return condition(group.getSubPredicate());
        }
        if (predicate instanceof SqmNegatedPredicate negated) {
            return negated(condition(negated.getWrappedPredicate()), true);
        }
        if (predicate instanceof SqmJunctionPredicate junction) {
            return junction(junction);
        }
        if (predicate instanceof SqmComparisonPredicate comparison) {
            return negated(
                    compared(
                            comparison.getLeftHandExpression(),
                            comparison.getSqmOperator(),
                            comparison.getRightHandExpression()),
                    comparison.isNegated());
        }
        if (predicate instanceof SqmBetweenPredicate between) {
            var low = compared(
                    between.getExpression(), ComparisonOperator.GREATER_THAN_OR_EQUAL, between.getLowerBound());
            var high =
                    compared(between.getExpression(), ComparisonOperator.LESS_THAN_OR_EQUAL, between.getUpperBound());
            return negated(all(List.of(low, high), false), between.isNegated());
        }
        if (predicate instanceof SqmInListPredicate<?> in) {
            return negated(in(in), in.isNegated());
        }
        if (predicate instanceof SqmNullnessPredicate nullness) {
            var value = terms.nullness((SqmSelectableNode<?>) nullness.getExpression())
                    .value();
            return (group, parameters) -> (value.of(group, parameters) == null) != nullness.isNegated();
        }
        throw Refusals.part(
                "its condition '" + predicate.toHqlString() + "' on groups is not computed in Java", GroupTerms.WHY);
    }

    private Term.Value in(SqmInListPredicate<?> in) {
        var tests = new ArrayList<Term.Value>();
        for (var value : in.getListExpressions()) {
            tests.add(compared(in.getTestExpression(), ComparisonOperator.EQUAL, value));
        }
        return all(tests, true);
    }

    private Term.Value junction(SqmJunctionPredicate junction) {
        return all(
                junction.getPredicates().stream().map(this::condition).toList(),
                junction.getOperator() == BooleanOperator.OR);
    }

    /** Joins truths by and, or by or, where null is unknown. */
    private static Term.Value all(List<Term.Value> parts, boolean or) {
        return (group, parameters) -> {
            boolean unknown = false;
            for (var part : parts) {
                var truth = part.of(group, parameters);
                if (truth == null) {
                    unknown = true;
                } else if ((Boolean) truth == or) {
                    return or;
                }
            }
            return unknown ? null : !or;
        };
    }

    private static Term.Value negated(Term.Value value, boolean negated) {
        return negated
                ? (group, parameters) -> value.of(group, parameters) instanceof Boolean truth ? !truth : null
                : value;
    }

    private Term.Value compared(SqmExpression<?> left, ComparisonOperator operator, SqmExpression<?> right) {
        if (Constants.isConstant(left) && !Constants.isConstant(right)) {
            return compared(right, operator.invert(), left);
        }
        var a = terms.term((SqmSelectableNode<?>) left);
        if (Constants.isConstant(right)) {
            var order = a.order();
            if (order == null || (!a.isSortable() && needsOrder(operator))) {
                throw GroupTerms.refused((SqmSelectableNode<?>) left);
            }
            return (group, parameters) ->
                    any(a.value().of(group, parameters), operator, Constants.values(right, parameters), order);
        }
        var b = terms.term((SqmSelectableNode<?>) right);
        var order = order(a, b, (SqmSelectableNode<?>) left);
        if (needsOrder(operator) && !(a.isSortable() && b.isSortable())) {
            throw GroupTerms.refused((SqmSelectableNode<?>) left);
        }
        return (group, parameters) ->
                truth(a.value().of(group, parameters), operator, b.value().of(group, parameters), order);
    }

    private static boolean needsOrder(ComparisonOperator operator) {
        return switch (operator) {
            case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> true;
            case EQUAL, NOT_EQUAL, DISTINCT_FROM, NOT_DISTINCT_FROM -> false;
        };
    }

    private static @Nullable Boolean any(
            @Nullable Object a, ComparisonOperator operator, Collection<?> values, Comparator<Object> order) {
        boolean unknown = false;
        for (var value : values) {
            var truth = truth(a, operator, value, order);
            if (Boolean.TRUE.equals(truth)) {
                return true;
            }
            unknown |= truth == null;
        }
        return unknown ? null : false;
    }

    private static @Nullable Boolean truth(
            @Nullable Object a, ComparisonOperator operator, @Nullable Object b, Comparator<Object> order) {
        if (operator == ComparisonOperator.DISTINCT_FROM || operator == ComparisonOperator.NOT_DISTINCT_FROM) {
            boolean same = (a == null || b == null) ? a == b : order.compare(a, b) == 0;
            return same == (operator == ComparisonOperator.NOT_DISTINCT_FROM);
        }
        if (a == null || b == null) {
            return null;
        }
        int compared = order.compare(a, b);
        return switch (operator) {
            case EQUAL -> compared == 0;
            case NOT_EQUAL -> compared != 0;
            case LESS_THAN -> compared < 0;
            case LESS_THAN_OR_EQUAL -> compared <= 0;
            case GREATER_THAN -> compared > 0;
            case GREATER_THAN_OR_EQUAL -> compared >= 0;
            case DISTINCT_FROM, NOT_DISTINCT_FROM -> throw new IllegalStateException();
        };
    }

    static Comparator<Object> order(Term a, Term b, SqmSelectableNode<?> node) {
        if (a.kind() != null && b.kind() != null) {
            return NumberKind::compare;
        }
        var left = a.type();
        var right = b.type();
        if (left == null || right == null || left.order() != right.order()) {
            throw GroupTerms.refused(node);
        }
        return left.comparator();
    }
}
