package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.hibernate.internal.fanout.ValueOrders.Typed;
import io.shardloom.merge.Aggregate;
import io.shardloom.merge.Numerics;
import io.shardloom.merge.SortKey;
import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.hibernate.query.sqm.tree.SqmTypedNode;
import org.hibernate.query.sqm.tree.expression.SqmAggregateFunction;
import org.hibernate.query.sqm.tree.expression.SqmDistinct;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.expression.SqmLiteral;
import org.hibernate.query.sqm.tree.expression.SqmOrderedSetAggregateFunction;
import org.hibernate.query.sqm.tree.predicate.SqmPredicate;
import org.hibernate.query.sqm.tree.select.SqmOrderByClause;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSortSpecification;
import org.hibernate.type.descriptor.java.JavaType;
import org.jspecify.annotations.Nullable;

/** What a node is to select of its groups, and how the parts of the nodes are merged. */
final class GroupColumns {
    private final ShardSessionFactory factory;
    private final ValueOrders orders;
    private final NumberKinds kinds;
    private final CoLocation rows;
    private final List<SqmSelectableNode<?>> columns = new ArrayList<>();
    private final List<Aggregate> merged = new ArrayList<>();
    private final Map<SqmFunction<?>, Term> known = new LinkedHashMap<>();

    GroupColumns(ShardSessionFactory factory, ValueOrders orders, NumberKinds kinds, CoLocation rows) {
        this.factory = factory;
        this.orders = orders;
        this.kinds = kinds;
        this.rows = rows;
    }

    List<SqmSelectableNode<?>> columns() {
        return columns;
    }

    List<Aggregate> merged() {
        return merged;
    }

    int column(SqmSelectableNode<?> node) {
        int place = columns.indexOf(node);
        if (place < 0) {
            columns.add(node);
            place = columns.size() - 1;
        }
        return place;
    }

    /** Returns a value that is the same on every node that has the group. */
    Term same(SqmSelectableNode<?> node) {
        var stored = orders.stored(node);
        if (stored != null) {
            return Term.read(stored, same(stored));
        }
        return term(kind(node), orders.of(node), new Aggregate.Same(column(node)));
    }

    private @Nullable NumberKind kind(SqmTypedNode<?> node) {
        return node instanceof SqmExpression<?> expression ? kinds.of(expression) : null;
    }

    /** Tells whether a server that is given the values of an expression surely takes them for what they are. */
    boolean isOfKnownType(SqmExpression<?> node) {
        var stored = orders.stored(node);
        var type = stored == null ? orders.of(node) : stored.type();
        var kind = stored == null ? kind(node) : stored.kind();
        var unknown = new Term(kind, type, (group, parameters) -> null);
        return GivenColumn.of(node, unknown, collated(node)) != null;
    }

    /** Returns the collation of texts, as the database has them. */
    @Nullable
    Collated collated(SqmTypedNode<?> node) {
        var stored = orders.stored(node);
        return stored == null ? orders.collated(node) : stored.collated();
    }

    /** Returns the value that the database has of it. */
    Term same(Stored stored) {
        return term(stored.kind(), stored.type(), new Aggregate.Same(column(stored.expression())));
    }

    private Term term(@Nullable NumberKind kind, @Nullable Typed type, Aggregate aggregate) {
        merged.add(aggregate);
        int slot = merged.size() - 1;
        return new Term(kind, type, (group, parameters) -> group[slot]);
    }

    Term aggregate(SqmFunction<?> function) {
        var term = known.get(function);
        if (term == null) {
            term = make(function);
            known.put(function, term);
        }
        return term;
    }

    private Term make(SqmFunction<?> function) {
        var name = function.getFunctionName().toLowerCase(Locale.ROOT);
        var arguments = function.getArguments();
        var first = arguments.isEmpty() ? null : arguments.get(0);
        if (first instanceof SqmDistinct<?> distinct
                && arguments.size() == 1
                && !name.equals("min")
                && !name.equals("max")) {
            return distinct(name, function, distinct);
        }
        return switch (name) {
            case "count" -> number(NumberKind.INT8, new Aggregate.Count(column(function)));
            case "sum" -> sum(function, kind(function));
            case "avg" -> average(function, kind(function));
            case "min", "max" -> extreme(name, function);
            case "every", "bool_and", "all" -> term(null, null, new Aggregate.Truth(column(function), true));
            case "any", "some", "bool_or" -> term(null, null, new Aggregate.Truth(column(function), false));
            case "stddev", "stddev_samp" -> deviation(function, true, true);
            case "stddev_pop" -> deviation(function, false, true);
            case "variance", "var_samp" -> deviation(function, true, false);
            case "var_pop" -> deviation(function, false, false);
            case "listagg", "string_agg", "array_agg" -> list(name, function);
            default -> throw refused(function, "Shardloom does not know how its parts on several nodes are merged");
        };
    }

    private Term number(NumberKind kind, Aggregate aggregate) {
        return term(kind, null, aggregate);
    }

    private NumberKind kind(SqmFunction<?> function) {
        var kind = function.getArguments().get(0) instanceof SqmExpression<?> argument ? computed(argument) : null;
        if (kind == null || orders.isRead(function)) {
            throw refused(function, "Shardloom does not know which numeric type the server computes it in");
        }
        return kind;
    }

    /** Returns the type of the numbers of an expression, those of the database where a converter reads them. */
    private @Nullable NumberKind computed(SqmExpression<?> value) {
        var stored = orders.isRead(value) ? orders.stored(value) : null;
        return stored == null ? kinds.of(value) : stored.kind();
    }

    private Term sum(SqmFunction<?> function, NumberKind kind) {
        int sum = column(
                kind == NumberKind.NUMERIC && function.getJavaType() != BigDecimal.class
                        ? exactSum(function.getArguments(), function)
                        : function);
        return number(NumberKinds.ofSum(kind), new Aggregate.Sum(sum, kind == NumberKind.FLOAT4));
    }

    private Term average(SqmFunction<?> function, NumberKind kind) {
        var value = (SqmExpression<?>) function.getArguments().get(0);
        int sum = column(
                kind == NumberKind.NUMERIC
                        ? exactSum(List.of(value), function)
                        : call(
                                "sum",
                                List.of(kind == NumberKind.FLOAT4 ? cast(value, Double.class) : value),
                                function));
        int count = column(call("count", List.of(value), function));
        return kind.isFloat()
                ? number(NumberKind.FLOAT8, new Aggregate.FloatAverage(sum, count))
                : number(NumberKind.NUMERIC, new Aggregate.Average(sum, count));
    }

    /** Tells whether it is the first or last of texts whose order servers know and Java does not. */
    boolean isRanked(SqmFunction<?> function) {
        return isExtreme(function)
                && orders.sortable(extremeOf(function)) == null
                && orders.collated(extremeOf(function)) != null;
    }

    static boolean isExtreme(SqmFunction<?> function) {
        var name = function.getFunctionName().toLowerCase(Locale.ROOT);
        return name.equals("min") || name.equals("max");
    }

    /** Returns what it is the first or last of. */
    static SqmTypedNode<?> extremeOf(SqmFunction<?> function) {
        var argument = function.getArguments().get(0);
        return argument instanceof SqmDistinct<?> distinct ? distinct.getExpression() : argument;
    }

    private Term extreme(String name, SqmFunction<?> function) {
        var argument = extremeOf(function);
        var stored = orders.stored(argument);
        if (stored != null && stored.type().sortable()) {
            int column = column(call(name, List.of(stored.expression()), function));
            var first = new Aggregate.Extreme(column, stored.type().comparator(), name.equals("max"));
            return Term.read(stored, term(stored.kind(), stored.type(), first));
        }
        var type = orders.sortable(argument);
        if (type == null && isRanked(function)) {
            return term(null, null, new Aggregate.Values(column(function)));
        }
        if (type == null) {
            throw refused(function, "Shardloom does not know in which order the server puts the values of its type");
        }
        return term(
                kind(argument), type, new Aggregate.Extreme(column(function), type.comparator(), name.equals("max")));
    }

    private Term deviation(SqmFunction<?> function, boolean sample, boolean root) {
        var kind = kind(function);
        if (kind.isFloat()) {
            throw refused(function, "of floating numbers its last digits depend on the order of the rows");
        }
        var value = (SqmExpression<?>) function.getArguments().get(0);
        int count = column(call("count", List.of(value), function));
        int sum = column(exactSum(List.of(value), function));
        int squares = column(exactSum(List.of(square(value, kind)), function));
        return number(NumberKind.NUMERIC, new Aggregate.Deviation(count, sum, squares, kind.isWhole(), sample, root));
    }

    @SuppressWarnings("unchecked")
    private static SqmExpression<?> square(SqmExpression<?> value, NumberKind kind) {
        var exact = kind.isWhole() ? cast(value, BigDecimal.class) : (SqmExpression<BigDecimal>) value;
        return (SqmExpression<?>) value.nodeBuilder().prod(exact, exact);
    }

    @SuppressWarnings("unchecked")
    private static <X> SqmExpression<X> cast(SqmExpression<?> value, Class<X> type) {
        return value.nodeBuilder().cast((SqmExpression<Number>) value, type);
    }

    private Term distinct(String name, SqmFunction<?> function, SqmDistinct<?> distinct) {
        var value = distinct.getExpression();
        if (name.equals("count") && rows.tellsNode((SqmSelectableNode<?>) value)) {
            return number(NumberKind.INT8, new Aggregate.Count(column(function)));
        }
        if (name.equals("count") && orders.id(value) != null) {
            return distinct(name, function, new SqmDistinct<>(orders.id(value), value.nodeBuilder()));
        }
        var stored = orders.stored(value);
        var type = stored == null ? orders.of(value) : stored.type();
        if (type == null) {
            throw refused(function, "Shardloom does not know which values of its type the server takes for equal");
        }
        if (name.equals("listagg") || name.equals("string_agg") || name.equals("array_agg")) {
            return list(name, function);
        }
        var all = stored == null ? distinct : new SqmDistinct<>(stored.expression(), value.nodeBuilder());
        int values = column(arrayOf(List.of(all), present(value, function), null));
        var merged = term(null, null, new Aggregate.Merged(List.of(values), GroupColumns::anyOrder, normal(type)));
        return switch (name) {
            case "count" ->
                Term.number(
                        NumberKind.INT8,
                        (group, parameters) -> count(merged.value().of(group, parameters)));
            case "sum" -> {
                var kind = orders.isRead(function) ? null : computed(value);
                if (kind == null || kind.isFloat()) {
                    throw refused(function, "its digits depend on the order of the rows");
                }
                yield Term.number(
                        NumberKinds.ofSum(kind),
                        (group, parameters) -> sum(merged.value().of(group, parameters), kind));
            }
            case "avg" -> {
                var kind = orders.isRead(function) ? null : computed(value);
                if (kind == null || kind.isFloat()) {
                    throw refused(function, "its digits depend on the order of the rows");
                }
                yield Term.number(NumberKind.NUMERIC, (group, parameters) -> {
                    var list = merged.value().of(group, parameters);
                    var sum = sum(list, kind);
                    return sum == null
                            ? null
                            : Numerics.divide(NumberKind.decimal(sum), BigDecimal.valueOf(count(list)));
                });
            }
            default -> throw refused(function, "Shardloom does not merge its distinct values");
        };
    }

    /** Leaves out nulls, which do not count, and which an array of a primitive attribute has no place for. */
    private static SqmPredicate present(SqmExpression<?> value, SqmFunction<?> function) {
        var present = value.nodeBuilder().isNotNull(value);
        var filter = filter(function);
        return filter == null ? present : value.nodeBuilder().and(filter, present);
    }

    /** The values of an array are those of the database, also where entities have them in another form. */
    private static UnaryOperator<Object> normal(Typed type) {
        return type.isConverted() ? value -> value : value -> Objects.requireNonNull(type.normal(value));
    }

    @SuppressWarnings("UnusedVariable") // it is a comparator
    private static int anyOrder(@Nullable Object[] a, @Nullable Object[] b) {
        return 0;
    }

    private static long count(@Nullable Object list) {
        return list == null
                ? 0
                : ((List<?>) list).stream().filter(value -> value != null).count();
    }

    private static @Nullable Object sum(@Nullable Object list, NumberKind kind) {
        @Nullable BigDecimal sum = null;
        if (list != null) {
            for (var value : (List<?>) list) {
                if (value != null) {
                    sum = sum == null ? NumberKind.decimal(value) : sum.add(NumberKind.decimal(value));
                }
            }
        }
        return sum == null ? null : kind.isWhole() ? (Object) sum.longValueExact() : sum;
    }

    private Term list(String name, SqmFunction<?> function) {
        var arguments = function.getArguments();
        var first = arguments.get(0);
        boolean distinct = first instanceof SqmDistinct<?>;
        var value = (SqmExpression<?>) (first instanceof SqmDistinct<?> once ? once.getExpression() : first);
        var within = function instanceof SqmOrderedSetAggregateFunction<?> ordered ? ordered.getWithinGroup() : null;
        var stored = orders.stored(value);
        var type = stored == null ? orders.of(value) : stored.type();
        boolean array = name.equals("array_agg");
        if (type == null || (array && distinct && stored != null)) {
            throw refused(function, "Shardloom does not merge lists of its type");
        }
        var places = new ArrayList<Integer>();
        var keys = new ArrayList<SortKey>();
        var typed = array
                ? (SqmTypedNode<?>) first // Hibernate makes its array as it does for the query
                : stored == null
                        ? typed(first, value)
                        : distinct ? new SqmDistinct<>(stored.expression(), value.nodeBuilder()) : stored.expression();
        places.add(column(arrayOf(List.of(typed), filter(function), within)));
        for (var sort : within == null ? List.<SqmSortSpecification>of() : within.getSortSpecifications()) {
            keys.add(key(function, sort, array && stored != null ? null : value, distinct, places, within));
        }
        var merge = new Aggregate.Merged(
                places, keys.isEmpty() ? GroupColumns::anyOrder : SortKey.all(keys), distinct ? normal(type) : null);
        var all = term(null, null, merge);
        return array ? array(function, all) : text(function, all, type, arguments);
    }

    /** Returns what is listed with its type, which a server takes from {@code string_agg} and not from {@code array_agg}. */
    private static SqmTypedNode<?> typed(SqmTypedNode<?> listed, SqmExpression<?> value) {
        if (!(value instanceof SqmLiteral<?>)) {
            return listed;
        }
        var text = cast(value, String.class);
        return listed instanceof SqmDistinct<?> ? new SqmDistinct<>(text, value.nodeBuilder()) : text;
    }

    private SortKey key(
            SqmFunction<?> function,
            SqmSortSpecification sort,
            @Nullable SqmExpression<?> value,
            boolean distinct,
            List<Integer> places,
            @Nullable SqmOrderByClause within) {
        var expression = sort.getSortExpression();
        var stored = orders.stored(expression);
        var type = stored == null ? orders.of(expression) : stored.type();
        if (type == null || !type.sortable()) {
            throw refused(
                    function, "Shardloom does not know in which order the server puts the values it is sorted by");
        }
        int place = 0;
        if (!expression.equals(value)) {
            if (distinct) {
                throw refused(function, "distinct values can be sorted by themselves only");
            }
            places.add(column(
                    arrayOf(List.of(stored == null ? expression : stored.expression()), filter(function), within)));
            place = places.size() - 1;
        }
        return NodeColumns.sortKey(sort, place, type.comparator());
    }

    private static Term array(SqmFunction<?> function, Term all) {
        var expressible = function.getExpressible();
        JavaType<?> java = expressible == null ? null : expressible.getExpressibleJavaType();
        var component = java == null ? null : java.getJavaTypeClass().getComponentType();
        if (component == null) {
            throw refused(function, "Shardloom does not know the class of its array");
        }
        return new Term(
                null,
                null,
                (group, parameters) ->
                        all.value().of(group, parameters) instanceof List<?> list ? array(component, list) : null);
    }

    private static Object array(Class<?> component, List<?> list) {
        var array = Array.newInstance(component, list.size());
        for (int i = 0; i < list.size(); i++) {
            Array.set(array, i, list.get(i));
        }
        return array;
    }

    private static Term text(SqmFunction<?> function, Term all, Typed type, List<? extends SqmTypedNode<?>> arguments) {
        if (arguments.size() < 2
                || !(arguments.get(1) instanceof SqmExpression<?> separator)
                || !Constants.isConstant(separator)) {
            throw refused(function, "its separator is not the same for all rows");
        }
        return new Term(null, null, (group, parameters) -> {
            if (!(all.value().of(group, parameters) instanceof List<?> list)) {
                return null;
            }
            var texts = list.stream()
                    .filter(value -> value != null)
                    .map(value -> String.valueOf(type.stored(value)))
                    .toList();
            var between = Constants.value(separator, parameters);
            return texts.isEmpty() ? null : String.join(between == null ? "" : String.valueOf(between), texts);
        });
    }

    private SqmExpression<?> arrayOf(
            List<? extends SqmTypedNode<?>> arguments,
            @Nullable SqmPredicate filter,
            @Nullable SqmOrderByClause within) {
        return factory.getQueryEngine()
                .getSqmFunctionRegistry()
                .findFunctionDescriptor("array_agg")
                .generateOrderedSetAggregateSqmExpression(arguments, filter, within, null, factory.getQueryEngine());
    }

    private SqmExpression<?> call(String name, List<? extends SqmTypedNode<?>> arguments, SqmFunction<?> function) {
        return factory.getQueryEngine()
                .getSqmFunctionRegistry()
                .findFunctionDescriptor(name)
                .generateAggregateSqmExpression(arguments, filter(function), null, factory.getQueryEngine());
    }

    /** Makes a sum that is read with all its digits, although Hibernate would read that of an average as a {@code Double}. */
    private SqmExpression<?> exactSum(List<? extends SqmTypedNode<?>> arguments, SqmFunction<?> function) {
        return factory.getQueryEngine()
                .getSqmFunctionRegistry()
                .findFunctionDescriptor("sum")
                .generateAggregateSqmExpression(
                        arguments,
                        filter(function),
                        factory.getTypeConfiguration().getBasicTypeForJavaType(BigDecimal.class),
                        factory.getQueryEngine());
    }

    private static @Nullable SqmPredicate filter(SqmFunction<?> function) {
        return function instanceof SqmAggregateFunction<?> aggregate ? aggregate.getFilter() : null;
    }

    private static RuntimeException refused(SqmFunction<?> function, String why) {
        return Refusals.part("it aggregates '" + function.toHqlString() + "' over keys", why);
    }

    static List<@Nullable Object> key(List<DistinctValue> keys, @Nullable Object[] row) {
        var normal = new @Nullable Object[keys.size()];
        for (int i = 0; i < normal.length; i++) {
            normal[i] = keys.get(i).normal(row[keys.get(i).column()]);
        }
        return Arrays.asList(normal);
    }
}
