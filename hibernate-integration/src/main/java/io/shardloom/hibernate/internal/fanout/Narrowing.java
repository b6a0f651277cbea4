package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ShardedUuid;
import io.shardloom.hibernate.internal.fanout.KeyShards.Bound;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.hibernate.internal.write.KeyReader;
import io.shardloom.topology.ShardGroup;
import jakarta.persistence.criteria.Predicate.BooleanOperator;
import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import org.hibernate.metamodel.mapping.AttributeMapping;
import org.hibernate.persister.entity.EntityPersister;
import org.hibernate.query.sqm.ComparisonOperator;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.predicate.SqmBetweenPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmComparisonPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmGroupedPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmInListPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmJunctionPredicate;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shards that can hold rows of a query from what its conditions say of keys and ids. What a path stands for is looked up
 * at the first run, and later runs only look at values. Thread-safe.
 */
final class Narrowing {
    private final Paths paths;
    private final CoLocation rows;
    private final KeyShards shards;
    private final List<SqmPredicate> conditions;
    private final List<List<Narrowing>> derived = new ArrayList<>();
    private volatile @Nullable Known known;

    Narrowing(Paths paths, CoLocation rows, ShardGroup group) {
        this.paths = paths;
        this.rows = rows;
        this.shards = new KeyShards(group);
        this.conditions = List.copyOf(rows.conditions());
        for (var selects : rows.derived().required()) {
            derived.add(selects.stream()
                    .map(select -> new Narrowing(paths, select, group))
                    .toList());
        }
    }

    /** What a condition says of the shards of its rows: those that can hold them, null for all. */
    private interface Condition {
        Condition SILENT = parameters -> null;

        @Nullable
        BitSet shards(Map<Object, @Nullable Object> parameters);
    }

    /** What is known of the rows in whose place a path stands to a value. */
    private interface Subject {
        Subject UNKNOWN = (operator, value) -> null;

        @Nullable
        BitSet shards(ComparisonOperator operator, @Nullable Object value);
    }

    /** A condition that bounds the key by a constant. */
    private record Limit(ComparisonOperator operator, SqmExpression<?> value) {}

    /** What the conditions say, ready for the values of a run. */
    private record Known(List<Condition> conditions, List<Limit> limits) {}

    private Known known() {
        var ready = known;
        if (ready == null) {
            ready = new Known(conditions.stream().map(this::condition).toList(), limits());
            known = ready;
        }
        return ready;
    }

    /** Returns the shards to ask, null for all. */
    @Nullable
    BitSet shards(Map<Object, @Nullable Object> parameters) {
        var ready = known();
        @Nullable BitSet left = null;
        for (var condition : ready.conditions()) {
            left = both(left, condition.shards(parameters));
        }
        if (left != null && !ready.limits().isEmpty()) {
            left = both(left, shards.between(bounds(ready.limits(), parameters)));
        }
        for (var selects : derived) {
            left = both(left, anyOf(selects, parameters));
        }
        return left;
    }

    /** Returns the shards that can hold rows of one of several selects, null for all. */
    static @Nullable BitSet anyOf(List<Narrowing> selects, Map<Object, @Nullable Object> parameters) {
        if (selects.size() == 1) {
            return selects.get(0).shards(parameters);
        }
        @Nullable BitSet any = new BitSet();
        for (var select : selects) {
            any = either(any, select.shards(parameters));
        }
        return any;
    }

    private static List<Bound> bounds(List<Limit> limits, Map<Object, @Nullable Object> parameters) {
        return limits.stream()
                .map(limit -> new Bound(limit.operator(), Constants.value(limit.value(), parameters)))
                .toList();
    }

    /** Returns the conditions that bound the key from below or above, where that tells more than each by itself. */
    private List<Limit> limits() {
        if (!shards.areRanges()) {
            return List.of();
        }
        var limits = new ArrayList<Limit>();
        for (var condition : conditions) {
            if (condition instanceof SqmComparisonPredicate comparison && !comparison.isNegated()) {
                var left = comparison.getLeftHandExpression();
                var right = comparison.getRightHandExpression();
                addLimit(limits, left, comparison.getSqmOperator(), right);
                addLimit(limits, right, comparison.getSqmOperator().invert(), left);
            } else if (condition instanceof SqmBetweenPredicate between && !between.isNegated()) {
                var key = between.getExpression();
                addLimit(limits, key, ComparisonOperator.GREATER_THAN_OR_EQUAL, between.getLowerBound());
                addLimit(limits, key, ComparisonOperator.LESS_THAN_OR_EQUAL, between.getUpperBound());
            }
        }
        return limits;
    }

    private void addLimit(
            List<Limit> limits, SqmExpression<?> key, ComparisonOperator operator, SqmExpression<?> value) {
        if (key instanceof SqmPath<?> path
                && rows.isOfCarrier(path)
                && paths.key(key) != null
                && Constants.isConstant(value)) {
            limits.add(new Limit(operator, value));
        }
    }

    private Condition condition(SqmPredicate condition) {
        if (condition instanceof SqmGroupedPredicate group) {
            return condition(group.getSubPredicate());
        }
        if (condition instanceof SqmJunctionPredicate junction) {
            return junction(junction);
        }
        if (condition instanceof SqmComparisonPredicate comparison && !comparison.isNegated()) {
            var left = comparison.getLeftHandExpression();
            var right = comparison.getRightHandExpression();
            var operator = comparison.getSqmOperator();
            return Constants.isConstant(right)
                    ? comparison(left, operator, right)
                    : Constants.isConstant(left) ? comparison(right, operator.invert(), left) : Condition.SILENT;
        }
        if (condition instanceof SqmInListPredicate<?> in && !in.isNegated()) {
            return in(in);
        }
        if (condition instanceof SqmBetweenPredicate between && !between.isNegated()) {
            var from = bound(between, ComparisonOperator.GREATER_THAN_OR_EQUAL, between.getLowerBound());
            var to = bound(between, ComparisonOperator.LESS_THAN_OR_EQUAL, between.getUpperBound());
            return parameters -> both(from.shards(parameters), to.shards(parameters));
        }
        return Condition.SILENT;
    }

    private Condition comparison(SqmExpression<?> path, ComparisonOperator operator, SqmExpression<?> constant) {
        var subject = subject(path);
        return parameters -> subject.shards(operator, Constants.value(constant, parameters));
    }

    private Condition bound(SqmBetweenPredicate between, ComparisonOperator operator, SqmExpression<?> value) {
        return Constants.isConstant(value) ? comparison(between.getExpression(), operator, value) : Condition.SILENT;
    }

    private Condition junction(SqmJunctionPredicate junction) {
        var parts = junction.getPredicates().stream().map(this::condition).toList();
        boolean all = junction.getOperator() == BooleanOperator.AND;
        return parameters -> {
            @Nullable BitSet result = null;
            boolean first = true;
            for (var part : parts) {
                var of = part.shards(parameters);
                result = all ? both(result, of) : first ? of : either(result, of);
                first = false;
            }
            return result;
        };
    }

    private Condition in(SqmInListPredicate<?> in) {
        var subject = subject(in.getTestExpression());
        var values = List.<SqmExpression<?>>copyOf(in.getListExpressions());
        if (!values.stream().allMatch(Constants::isConstant)) {
            return Condition.SILENT;
        }
        return parameters -> {
            var result = new BitSet();
            for (var expression : values) {
                for (var value : Constants.values(expression, parameters)) {
                    var of = subject.shards(ComparisonOperator.EQUAL, value);
                    if (of == null) {
                        return null;
                    }
                    result.or(of);
                }
            }
            return result;
        };
    }

    private Subject subject(SqmExpression<?> expression) {
        if (!(expression instanceof SqmPath<?> path) || !rows.isOfCarrier(path)) {
            return Subject.UNKNOWN;
        }
        if (paths.key(expression) != null) {
            return shards::matching;
        }
        if (paths.row(expression) != null) {
            return paths.isDerived(path) ? Subject.UNKNOWN : row(path);
        }
        return paths.part(path) instanceof AttributeMapping attribute && isShardedUuid(attribute)
                ? (operator, value) -> operator == ComparisonOperator.EQUAL ? shards.carriedBy(value) : null
                : Subject.UNKNOWN;
    }

    private Subject row(SqmPath<?> path) {
        var entity = paths.owner(path);
        var home = entity == null ? null : paths.home(entity);
        var reader =
                entity != null && home instanceof EntityHome.Sharded sharded ? new KeyReader(entity, sharded) : null;
        return (operator, value) ->
                operator == ComparisonOperator.EQUAL ? shards.matching(operator, keyOf(entity, reader, value)) : null;
    }

    private static @Nullable Object keyOf(
            @Nullable EntityPersister entity, @Nullable KeyReader reader, @Nullable Object rowOrId) {
        if (rowOrId == null || entity == null || reader == null) {
            return null;
        }
        return entity.getMappedClass().isInstance(rowOrId) ? reader.key(rowOrId, null) : reader.key(null, rowOrId);
    }

    private static boolean isShardedUuid(AttributeMapping attribute) {
        return attribute.getPropertyAccess().getGetter().getMember() instanceof AnnotatedElement member
                && member.isAnnotationPresent(ShardedUuid.class);
    }

    private static @Nullable BitSet both(@Nullable BitSet a, @Nullable BitSet b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        var both = (BitSet) a.clone();
        both.and(b);
        return both;
    }

    private static @Nullable BitSet either(@Nullable BitSet a, @Nullable BitSet b) {
        if (a == null || b == null) {
            return null;
        }
        var either = (BitSet) a.clone();
        either.or(b);
        return either;
    }
}
