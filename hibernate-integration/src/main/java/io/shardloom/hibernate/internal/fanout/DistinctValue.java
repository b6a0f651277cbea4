package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import java.util.Arrays;
import java.util.List;
import org.hibernate.persister.entity.EntityPersister;
import org.jspecify.annotations.Nullable;

/** Tells the values of one column apart as the server does. */
sealed interface DistinctValue {
    /** The place of the value in a row. */
    int column();

    /** Returns the form of a value that is equal for values the server takes for equal. */
    @Nullable
    Object normal(@Nullable Object value);

    /** Returns what is equal for rows whose values the server takes for equal. */
    static Object normal(List<DistinctValue> values, @Nullable Object[] row) {
        var normal = new @Nullable Object[values.size()];
        for (int i = 0; i < normal.length; i++) {
            normal[i] = values.get(i).normal(row[values.get(i).column()]);
        }
        return Arrays.asList(normal);
    }

    /** A value of a basic type. */
    record Basic(int column, Typed type) implements DistinctValue {
        @Override
        public @Nullable Object normal(@Nullable Object value) {
            return type.normal(value);
        }
    }

    /** An entity, of which each node's session has an instance of its own. */
    record Row(int column, EntityPersister entity) implements DistinctValue {
        @Override
        public @Nullable Object normal(@Nullable Object value) {
            return value == null ? null : entity.getIdentifier(value);
        }
    }
}
