package io.shardloom.hibernate.internal.fanout;

import jakarta.persistence.criteria.Predicate.BooleanOperator;
import java.util.function.Consumer;
import org.hibernate.query.sqm.tree.predicate.SqmGroupedPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmJunctionPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.jspecify.annotations.Nullable;

/** Takes a predicate apart into the conditions that all hold where it holds. */
final class Conditions {
    private Conditions() {}

    static void forEach(@Nullable SqmPredicate predicate, Consumer<SqmPredicate> condition) {
        if (predicate instanceof SqmGroupedPredicate group) {
            forEach(group.getSubPredicate(), condition);
        } else if (predicate instanceof SqmJunctionPredicate junction
                && junction.getOperator() == BooleanOperator.AND) {
            junction.getPredicates().forEach(part -> forEach(part, condition));
        } else if (predicate != null) {
            condition.accept(predicate);
        }
    }
}
