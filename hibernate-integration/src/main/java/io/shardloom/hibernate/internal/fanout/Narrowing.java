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

/** Finds the shards that can hold rows of a query from what its conditions say of keys and ids. Immutable. */
final class Narrowing {
    private final Paths paths;
    private final CoLocation rows;
    private final KeyShards shards;
    private final List<SqmPredicate> conditions;
    private final boolean oneKey;

    Narrowing(Paths paths, CoLocation rows, ShardGroup group) {
        this.paths = paths;
        this.rows = rows;
        this.shards = new KeyShards(group);
        this.conditions = List.copyOf(rows.conditions());
        this.oneKey = rows.isPinned();
    }

    /**
     * Returns the shards to ask, null for all.
     *
     * @throws io.shardloom.failure.RefusedQueryException if the query was planned for one key, and its value does not say
     *     which shard that is on
     */
    @Nullable
    BitSet shards(Map<Object, @Nullable Object> parameters) {
        @Nullable BitSet left = null;
        for (var condition : conditions) {
            left = both(left, of(condition, parameters));
        }
        if (oneKey && (left == null || left.cardinality() > 1)) {
            throw Refusals.part(
                    "the value it gives for the shard key is no "
                            + shards.group().keyType().sqlName(),
                    "it does not say which node has the rows; give it as the type of the attribute");
        }
        return left == null ? null : both(left, shards.between(bounds(parameters)));
    }

    /** Returns the conditions that bound the key from below or above. */
    private List<Bound> bounds(Map<Object, @Nullable Object> parameters) {
        var bounds = new ArrayList<Bound>();
        for (var condition : conditions) {
            if (condition instanceof SqmComparisonPredicate comparison && !comparison.isNegated()) {
                var left = comparison.getLeftHandExpression();
                var right = comparison.getRightHandExpression();
                addBound(bounds, left, comparison.getSqmOperator(), right, parameters);
                addBound(bounds, right, comparison.getSqmOperator().invert(), left, parameters);
            } else if (condition instanceof SqmBetweenPredicate between && !between.isNegated()) {
                var key = between.getExpression();
                addBound(bounds, key, ComparisonOperator.GREATER_THAN_OR_EQUAL, between.getLowerBound(), parameters);
                addBound(bounds, key, ComparisonOperator.LESS_THAN_OR_EQUAL, between.getUpperBound(), parameters);
            }
        }
        return bounds;
    }

    private void addBound(
            List<Bound> bounds,
            SqmExpression<?> key,
            ComparisonOperator operator,
            SqmExpression<?> value,
            Map<Object, @Nullable Object> parameters) {
        if (key instanceof SqmPath<?> path
                && rows.isOfCarrier(path)
                && paths.key(key) != null
                && Constants.isConstant(value)) {
            bounds.add(new Bound(operator, Constants.value(value, parameters)));
        }
    }

    private @Nullable BitSet of(SqmPredicate condition, Map<Object, @Nullable Object> parameters) {
        if (condition instanceof SqmGroupedPredicate group) {
            return of(group.getSubPredicate(), parameters);
        }
        if (condition instanceof SqmJunctionPredicate junction) {
            return junction(junction, parameters);
        }
        if (condition instanceof SqmComparisonPredicate comparison && !comparison.isNegated()) {
            var left = comparison.getLeftHandExpression();
            var right = comparison.getRightHandExpression();
            var operator = comparison.getSqmOperator();
            return Constants.isConstant(right)
                    ? comparison(left, operator, Constants.value(right, parameters))
                    : Constants.isConstant(left)
                            ? comparison(right, operator.invert(), Constants.value(left, parameters))
                            : null;
        }
        if (condition instanceof SqmInListPredicate<?> in && !in.isNegated()) {
            return in(in, parameters);
        }
        if (condition instanceof SqmBetweenPredicate between && !between.isNegated()) {
            return both(
                    bound(between, ComparisonOperator.GREATER_THAN_OR_EQUAL, between.getLowerBound(), parameters),
                    bound(between, ComparisonOperator.LESS_THAN_OR_EQUAL, between.getUpperBound(), parameters));
        }
        return null;
    }

    private @Nullable BitSet bound(
            SqmBetweenPredicate between,
            ComparisonOperator operator,
            SqmExpression<?> value,
            Map<Object, @Nullable Object> parameters) {
        return Constants.isConstant(value)
                ? comparison(between.getExpression(), operator, Constants.value(value, parameters))
                : null;
    }

    private @Nullable BitSet junction(SqmJunctionPredicate junction, Map<Object, @Nullable Object> parameters) {
        @Nullable BitSet result = null;
        boolean first = true;
        for (var part : junction.getPredicates()) {
            var of = of(part, parameters);
            result = junction.getOperator() == BooleanOperator.AND ? both(result, of) : first ? of : either(result, of);
            first = false;
        }
        return result;
    }

    private @Nullable BitSet in(SqmInListPredicate<?> in, Map<Object, @Nullable Object> parameters) {
        var result = new BitSet();
        for (var expression : in.getListExpressions()) {
            if (!Constants.isConstant(expression)) {
                return null;
            }
            for (var value : Constants.values(expression, parameters)) {
                var of = comparison(in.getTestExpression(), ComparisonOperator.EQUAL, value);
                if (of == null) {
                    return null;
                }
                result.or(of);
            }
        }
        return result;
    }

    private @Nullable BitSet comparison(SqmExpression<?> left, ComparisonOperator operator, @Nullable Object value) {
        if (!(left instanceof SqmPath<?> path) || !rows.isOfCarrier(path)) {
            return null;
        }
        if (paths.key(left) != null) {
            return shards.matching(operator, value);
        }
        if (operator != ComparisonOperator.EQUAL) {
            return null;
        }
        if (paths.row(left) != null) {
            return shards.matching(operator, keyOf(path, value));
        }
        return paths.part(path) instanceof AttributeMapping attribute && isShardedUuid(attribute)
                ? shards.carriedBy(value)
                : null;
    }

    private @Nullable Object keyOf(SqmPath<?> path, @Nullable Object rowOrId) {
        var entity = paths.owner(path);
        var home = entity == null ? null : paths.home(entity);
        if (rowOrId == null || entity == null || !(home instanceof EntityHome.Sharded sharded)) {
            return null;
        }
        var reader = new KeyReader(entity, sharded);
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
