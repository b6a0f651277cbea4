package io.shardloom.hibernate.internal.fanout;

import jakarta.persistence.Tuple;
import jakarta.persistence.TupleElement;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.hibernate.InstantiationException;
import org.hibernate.query.QueryTypeMismatchException;
import org.hibernate.query.sqm.DynamicInstantiationNature;
import org.hibernate.query.sqm.internal.SqmUtil;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSelection;
import org.hibernate.sql.results.internal.RowTransformerCheckingImpl;
import org.hibernate.sql.results.internal.RowTransformerConstructorImpl;
import org.hibernate.sql.results.internal.RowTransformerJpaTupleImpl;
import org.hibernate.sql.results.internal.RowTransformerListImpl;
import org.hibernate.sql.results.internal.RowTransformerMapImpl;
import org.hibernate.sql.results.internal.TupleMetadata;
import org.hibernate.sql.results.spi.RowTransformer;
import org.hibernate.type.descriptor.java.spi.EntityJavaType;
import org.hibernate.type.spi.TypeConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * Makes what a query selects into what its caller asked for, as Hibernate does.
 *
 * @param <R> what each row is
 */
final class RowShape<R> {
    private static final RowTransformer<?> ONLY_VALUE = row -> row[0];
    private static final RowTransformer<?> WHOLE = row -> row;

    private final int width;
    private final RowTransformer<?> transformer;
    private final boolean once;
    private final Map<Integer, Stored> readers;

    private RowShape(int width, RowTransformer<?> transformer, boolean once, Map<Integer, Stored> readers) {
        this.width = width;
        this.transformer = transformer;
        this.once = once;
        this.readers = readers;
    }

    /** Makes the shape of rows that have some values, by their places, as the database has them. */
    RowShape<R> reading(Map<Integer, Stored> values) {
        return new RowShape<>(width, transformer, once, Map.copyOf(values));
    }

    /** Tells whether it makes values of those that the database has. */
    boolean reads() {
        return !readers.isEmpty();
    }

    /** Makes the shape of the results of a query. */
    static <R> RowShape<R> of(SqmSelectStatement<?> select, Class<R> result) {
        var selections =
                select.getQueryPart().getFirstQuerySpec().getSelectClause().getSelections();
        return new RowShape<>(
                selections.size(),
                transformer(selections, boxed(result), select.nodeBuilder().getTypeConfiguration()),
                isOnce(select, selections, result),
                Map.of());
    }

    /** Tells whether Hibernate's lists have each entity once, however many rows it is in. */
    private static boolean isOnce(SqmSelectStatement<?> select, List<SqmSelection<?>> selections, Class<?> result) {
        if (selections.size() != 1 || (select.producesUniqueResults() && !select.containsCollectionFetches())) {
            return false;
        }
        var selected = selections.get(0).getSelectableNode().getNodeJavaType();
        return selected instanceof EntityJavaType<?> && result.isAssignableFrom(selected.getJavaTypeClass());
    }

    /** Leaves out of a list what Hibernate leaves out of it. */
    List<R> listed(List<R> rows) {
        if (!once) {
            return rows;
        }
        var seen = new IdentityHashMap<R, Boolean>();
        var listed = new ArrayList<R>(rows.size());
        for (var row : rows) {
            if (seen.put(row, true) == null) {
                listed.add(row);
            }
        }
        return listed;
    }

    /** Makes the shape of one {@code select new}. */
    static RowShape<Object> of(
            DynamicInstantiationNature nature,
            Class<?> type,
            List<? extends SqmSelectableNode<?>> arguments,
            List<@Nullable String> aliases,
            TypeConfiguration types) {
        var metadata =
                new TupleMetadata(arguments.toArray(TupleElement<?>[]::new), aliases.toArray(new @Nullable String[0]));
        return new RowShape<>(
                arguments.size(),
                switch (nature) {
                    case CLASS -> new RowTransformerConstructorImpl<>(type, metadata, types);
                    case LIST -> row -> new ArrayList<>(Arrays.asList(row));
                    case MAP -> row -> map(aliases, row);
                },
                false,
                Map.of());
    }

    private static Map<String, @Nullable Object> map(List<@Nullable String> aliases, @Nullable Object[] row) {
        var map = new HashMap<String, @Nullable Object>();
        for (int i = 0; i < row.length; i++) {
            var alias = aliases.get(i);
            if (alias == null) {
                throw new IllegalStateException("Map instantiation contained one or more arguments with no alias");
            }
            map.put(alias, row[i]);
        }
        return map;
    }

    @SuppressWarnings("unchecked")
    R make(@Nullable Object[] row) {
        var selected = row.length == width && readers.isEmpty() ? row : Arrays.copyOf(row, width);
        readers.forEach((place, stored) -> selected[place] = stored.read(selected[place]));
        return (R) transformer.transformRow(selected);
    }

    /**
     * Makes the rows of one node's own list.
     *
     * @param rows as Hibernate returns them: a value alone where there is one, else an array
     * @param values how many values each has
     */
    @SuppressWarnings("unchecked")
    List<R> all(List<Object> rows, int values) {
        if (values == width && readers.isEmpty() && transformer == (values == 1 ? ONLY_VALUE : WHOLE)) {
            return (List<R>) rows;
        }
        var made = new ArrayList<R>(rows.size());
        for (var row : rows) {
            made.add(make(values == 1 ? new @Nullable Object[] {row} : (@Nullable Object[]) row));
        }
        return made;
    }

    private static RowTransformer<?> transformer(
            List<SqmSelection<?>> selections, Class<?> result, TypeConfiguration types) {
        boolean single = selections.size() == 1;
        if (result == Object.class) {
            return single ? ONLY_VALUE : WHOLE;
        }
        if (single && SqmUtil.isSelectionAssignableToResultType(selections.get(0), result)) {
            return ONLY_VALUE;
        }
        if (result.isArray()) {
            return WHOLE;
        }
        if (List.class == result) {
            return RowTransformerListImpl.instance();
        }
        var metadata = metadata(selections);
        if (Tuple.class == result) {
            return new RowTransformerJpaTupleImpl(metadata);
        }
        if (Map.class == result) {
            return new RowTransformerMapImpl(metadata);
        }
        if (!single && result.isInterface()) {
            throw new QueryTypeMismatchException(
                    "Result type '" + result.getSimpleName() + "' cannot be used to package the selected expressions");
        }
        if (result.isInterface() || result.isPrimitive()) {
            return new RowTransformerCheckingImpl<>(result);
        }
        try {
            return new RowTransformerConstructorImpl<>(result, metadata, types);
        } catch (InstantiationException e) {
            if (single) {
                return new RowTransformerCheckingImpl<>(result);
            }
            throw e;
        }
    }

    private static TupleMetadata metadata(List<SqmSelection<?>> selections) {
        var elements = selections.stream().map(SqmSelection::getSelectableNode).toArray(TupleElement<?>[]::new);
        var aliases = selections.stream().map(SqmSelection::getAlias).toArray(String[]::new);
        return new TupleMetadata(elements, aliases);
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }
}
