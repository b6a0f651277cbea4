package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import java.util.Comparator;
import java.util.function.UnaryOperator;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.jspecify.annotations.Nullable;

/**
 * A value as the database has it, where Hibernate makes another one of it: by a converter of the application, or because it reads a number
 * without its fraction. Two values of the database may be one then, so nodes' rows are merged by these.
 *
 * @param expression what selects it
 * @param type its own type
 * @param collated the order of texts that only the servers know, null for any other
 * @param kind the type of a number, null for any other, and where it is not known for certain
 * @param converted whether a converter of the application reads it
 * @param reader makes what Hibernate returns, of null too
 */
record Stored(
        SqmExpression<?> expression,
        Typed type,
        @Nullable Collated collated,
        @Nullable NumberKind kind,
        boolean converted,
        UnaryOperator<@Nullable Object> reader) {

    /** Returns the order of the values, null if Java can only tell them apart. */
    @Nullable
    Comparator<Object> order() {
        return type.sortable() ? type.comparator() : collated;
    }

    /** Returns what Hibernate would. */
    @Nullable
    Object read(@Nullable Object value) {
        return reader.apply(value);
    }
}
