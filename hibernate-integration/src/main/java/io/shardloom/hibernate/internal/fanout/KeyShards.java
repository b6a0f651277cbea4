package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.id.ShardedUuids;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.DefaultBound;
import io.shardloom.strategy.PartitionBound.HashBound;
import io.shardloom.strategy.PartitionBound.ListBound;
import io.shardloom.strategy.PartitionBound.RangeBound;
import io.shardloom.strategy.StrategyKind;
import io.shardloom.topology.Shard;
import io.shardloom.topology.ShardGroup;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.BitSet;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.hibernate.query.sqm.ComparisonOperator;
import org.jspecify.annotations.Nullable;

/**
 * The shards of a group that can hold rows of which something is known.
 *
 * @param group the group
 */
record KeyShards(ShardGroup group) {

    /** Returns the shards whose keys can stand in this relation to a value; null if that is not known. */
    @Nullable
    BitSet matching(ComparisonOperator operator, @Nullable Object value) {
        if (value == null) {
            return operator == ComparisonOperator.NOT_DISTINCT_FROM ? null : new BitSet();
        }
        var key = canonical(value);
        if (key == null) {
            return null;
        }
        return switch (operator) {
            case EQUAL, NOT_DISTINCT_FROM -> holding(key);
            case LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN, GREATER_THAN_OR_EQUAL -> inOrder(operator, key);
            case NOT_EQUAL, DISTINCT_FROM -> null;
        };
    }

    private BitSet holding(Object key) {
        var shards = new BitSet();
        int index = group.strategy().indexFor(key);
        if (index >= 0) {
            shards.set(index);
        }
        return shards;
    }

    /** Texts are left out: the condition follows the collation of the column, the bounds may follow another. */
    private @Nullable BitSet inOrder(ComparisonOperator operator, Object key) {
        return group.kind() == StrategyKind.HASH || group.keyType() == KeyType.TEXT
                ? null
                : where(shard -> mayHold(shard, operator, key));
    }

    /**
     * A condition that bounds the key.
     *
     * @param operator how the key stands to the value
     * @param value the value
     */
    record Bound(ComparisonOperator operator, @Nullable Object value) {}

    /** Tells whether each shard has a range of keys whose order is known. */
    boolean areRanges() {
        return group.kind() == StrategyKind.RANGE && group.keyType() != KeyType.TEXT;
    }

    /** Returns all shards but the default one where one range takes every key between bounds; null where that is not so. */
    @Nullable
    BitSet between(List<Bound> bounds) {
        if (!areRanges()) {
            return null;
        }
        for (var shard : group.shards()) {
            if (shard.bound() instanceof RangeBound range
                    && bounds.stream().anyMatch(bound -> keepsAbove(bound, range))
                    && bounds.stream().anyMatch(bound -> keepsBelow(bound, range))) {
                return where(other -> !(other.bound() instanceof DefaultBound));
            }
        }
        return null;
    }

    private boolean keepsAbove(Bound bound, RangeBound range) {
        var from = range.from().key();
        var key = canonical(bound.value());
        boolean bounds = bound.operator() == ComparisonOperator.GREATER_THAN
                || bound.operator() == ComparisonOperator.GREATER_THAN_OR_EQUAL
                || bound.operator() == ComparisonOperator.EQUAL;
        return from.isEmpty() || (bounds && key != null && group.keyType().compare(from.get(), key) <= 0);
    }

    private boolean keepsBelow(Bound bound, RangeBound range) {
        var to = range.to().key();
        var key = canonical(bound.value());
        if (to.isEmpty() || key == null) {
            return to.isEmpty();
        }
        int order = group.keyType().compare(key, to.get());
        return switch (bound.operator()) {
            case LESS_THAN -> order <= 0;
            case LESS_THAN_OR_EQUAL, EQUAL -> order < 0;
            default -> false;
        };
    }

    private @Nullable Object canonical(@Nullable Object value) {
        try {
            return value == null ? null : group.keyType().canonical(ofJavaTime(value));
        } catch (InvalidShardKeyException e) {
            return null;
        }
    }

    /** Literals in JDBC's notation are JDBC's own types. */
    private Object ofJavaTime(Object value) {
        boolean zoned = group.keyType() == KeyType.TIMESTAMPTZ;
        if (value instanceof java.sql.Date date) {
            return date.toLocalDate();
        }
        if (value instanceof java.sql.Timestamp time) {
            return zoned ? time.toInstant() : time.toLocalDateTime();
        }
        if (zoned && value instanceof ZonedDateTime time) {
            return time.toInstant();
        }
        return zoned && value instanceof OffsetDateTime time ? time.toInstant() : value;
    }

    private boolean mayHold(Shard shard, ComparisonOperator operator, Object key) {
        var type = group.keyType();
        boolean below = operator == ComparisonOperator.LESS_THAN || operator == ComparisonOperator.LESS_THAN_OR_EQUAL;
        boolean orEqual = operator == ComparisonOperator.LESS_THAN_OR_EQUAL
                || operator == ComparisonOperator.GREATER_THAN_OR_EQUAL;
        if (shard.bound() instanceof ListBound list) {
            return list.values().stream().anyMatch(value -> {
                int order = type.compare(value, key);
                return order == 0 ? orEqual : below == (order < 0);
            });
        }
        if (shard.bound() instanceof RangeBound range) {
            if (below) {
                var from = range.from().key();
                return from.isEmpty() || type.compare(from.get(), key) < (orEqual ? 1 : 0);
            }
            var to = range.to().key();
            return to.isEmpty() || type.compare(to.get(), key) > 0;
        }
        return true;
    }

    /** Returns the shards whose keys can have the hash that a UUID carries; null if UUIDs tell nothing of this group. */
    @Nullable
    BitSet carriedBy(@Nullable Object uuid) {
        if (group.kind() != StrategyKind.HASH || !(uuid instanceof UUID id)) {
            return null;
        }
        int bits = ShardedUuids.hashBits(id);
        var carried = new BitSet();
        var all = group.shards();
        for (int i = 0; i < all.size(); i++) {
            var shard = all.get(i);
            if (!(shard.bound() instanceof HashBound bound) || mayCarry(bits, bound)) {
                carried.set(shard.number());
            }
        }
        return carried;
    }

    private static boolean mayCarry(int bits, HashBound bound) {
        int known = Math.min(Integer.lowestOneBit(bound.modulus()), 1 << ShardedUuids.HASH_BITS);
        return bits % known == bound.remainder() % known;
    }

    private BitSet where(Predicate<Shard> holds) {
        var shards = new BitSet();
        for (var shard : group.shards()) {
            if (holds.test(shard)) {
                shards.set(shard.number());
            }
        }
        return shards;
    }
}
