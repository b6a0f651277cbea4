package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import java.util.Comparator;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.type.descriptor.converter.spi.BasicValueConverter;
import org.jspecify.annotations.Nullable;

/**
 * A value as the database has it, where a converter of the application makes another one of it. Two values of the database may be
 * one to entities, so nodes' rows are merged by these.
 *
 * @param expression what selects it
 * @param type its own type
 * @param collated the order of texts that only the servers know, null for any other
 * @param entities the type that entities have
 */
record Stored(
        SqmExpression<?> expression, Typed type, @Nullable Collated collated, JdbcMapping entities) {

    /** Returns the order of the values, null if Java can only tell them apart. */
    @Nullable
    Comparator<Object> order() {
        return type.sortable() ? type.comparator() : collated;
    }

    /** Returns what entities have, of null too. */
    @SuppressWarnings("unchecked")
    @Nullable
    Object read(@Nullable Object value) {
        return ((BasicValueConverter<Object, Object>) entities.getValueConverter()).toDomainValue(value);
    }
}
