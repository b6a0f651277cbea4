package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.ValueOrder;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.hibernate.metamodel.mapping.BasicEntityIdentifierMapping;
import org.hibernate.metamodel.mapping.BasicValuedModelPart;
import org.hibernate.metamodel.mapping.CollectionPart;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.query.sqm.SqmExpressible;
import org.hibernate.query.sqm.tree.SqmTypedNode;
import org.hibernate.query.sqm.tree.domain.SqmElementAggregateFunction;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmBinaryArithmetic;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.from.SqmFrom;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tuple.TupleType;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.converter.spi.BasicValueConverter;
import org.hibernate.type.descriptor.converter.spi.JpaAttributeConverter;
import org.hibernate.type.descriptor.java.JavaType;
import org.hibernate.type.descriptor.jdbc.JdbcType;
import org.jspecify.annotations.Nullable;

/** How the server orders the values of an expression. */
final class ValueOrders {
    /** Functions whose values are floating numbers to Hibernate, and numerics to the server if it is given such. */
    private static final Set<String> REALS = Set.of("extract", "sqrt", "exp", "ln", "power");

    private final Paths paths;
    private final NumberKinds kinds = new NumberKinds(this);

    ValueOrders(Paths paths) {
        this.paths = paths;
    }

    /** A basic type, the order its values have in the database, and whether Java can sort by it or only tell them apart. */
    record Typed(JdbcMapping mapping, ValueOrder order, boolean sortable) {
        /** Tells whether entities have the values in another form than the database. */
        boolean isConverted() {
            return mapping.getValueConverter() != null
                    || mapping.getMappedJavaType().getJavaTypeClass().isEnum();
        }

        /** Returns the order of values as entities have them. */
        Comparator<Object> comparator() {
            return (a, b) -> order.compare(Objects.requireNonNull(stored(a)), Objects.requireNonNull(stored(b)));
        }

        /** Returns the form of a value that is equal for values the server takes for equal. */
        @Nullable
        Object normal(@Nullable Object value) {
            var stored = stored(value);
            return stored == null ? null : order.normal(stored);
        }

        /** Returns the form a value has in the database. */
        @SuppressWarnings("EnumOrdinal") // what the database has of an enum that is not kept by name
        @Nullable
        Object stored(@Nullable Object value) {
            if (value == null) {
                return null;
            }
            var relational = mapping.convertToRelationalValue(value);
            if (relational instanceof Enum<?> constant) {
                return order == ValueOrder.TEXT ? constant.name() : constant.ordinal();
            }
            return relational;
        }
    }

    boolean isDerived(SqmPath<?> path) {
        return paths.isDerived(path);
    }

    List<SqmSelectableNode<?>> sources(SqmPath<?> path) {
        return paths.sources(path);
    }

    /** Returns the id of an entity if it is one value, null for anything else. */
    @Nullable
    SqmExpression<?> id(SqmTypedNode<?> node) {
        var entity = node instanceof SqmPath<?> path && !paths.isDerived(path) ? paths.entity(path) : null;
        var id = entity == null ? null : entity.getIdentifierMapping();
        return id instanceof BasicEntityIdentifierMapping basic
                ? ((SqmPath<?>) node).get(basic.getAttributeName())
                : null;
    }

    /** Returns the basic type of an expression, null if it has none. */
    @Nullable
    JdbcMapping mapping(SqmTypedNode<?> node) {
        if (node instanceof SqmPath<?> path && Paths.isOfFunction(path)) {
            return null;
        }
        if (node instanceof SqmPath<?> path
                && !(node instanceof SqmElementAggregateFunction<?>)
                && paths.part(path) instanceof BasicValuedModelPart part) {
            return part.getJdbcMapping();
        }
        var element = element(node);
        var expressible = element == null ? node.getExpressible() : element;
        return expressible != null && expressible.getSqmType() instanceof JdbcMapping mapping ? mapping : null;
    }

    /** Returns the type of the values that a function in the from clause returns as rows, null for anything else. */
    private static @Nullable SqmExpressible<?> element(SqmTypedNode<?> node) {
        return node instanceof SqmFrom<?, ?> from
                        && Derived.isFunction(from)
                        && from.getReferencedPathSource() instanceof TupleType<?> rows
                ? rows.get(CollectionPart.Nature.ELEMENT.getName())
                : null;
    }

    /** Tells whether a converter of the application stands between the values and those of the database. */
    boolean isRead(SqmTypedNode<?> node) {
        if (node instanceof SqmPath<?> path && paths.isDerived(path)) {
            return paths.sources(path).stream().anyMatch(this::isRead);
        }
        var mapping = mapping(node);
        return mapping != null && mapping.getValueConverter() instanceof JpaAttributeConverter<?, ?>;
    }

    /** Returns the values of an expression as the database has them if Hibernate makes others of them, else null. */
    @Nullable
    Stored stored(SqmTypedNode<?> node) {
        var type = node instanceof SqmExpression<?> ? known(node) : null;
        if (type == null) {
            return null;
        }
        return isRead(node) ? unconverted((SqmExpression<?>) node, type) : isRounded(node) ? number(node) : null;
    }

    private @Nullable Stored unconverted(SqmExpression<?> node, Typed type) {
        var first = node instanceof SqmFunction<?> function && GroupColumns.isExtreme(function)
                ? GroupColumns.extremeOf(function)
                : node;
        boolean isNumber = type.order() == ValueOrder.INTEGER
                || type.order() == ValueOrder.NUMERIC
                || type.order() == ValueOrder.FLOAT;
        if (isNumber && !(first instanceof SqmPath<?>)) {
            return null; // who knows in which type the server computes it
        }
        var mapping = type.mapping();
        var column = unread(node, mapping.getJdbcJavaType(), mapping.getJdbcType());
        var raw = new Typed((JdbcMapping) Objects.requireNonNull(column.getNodeType()), type.order(), type.sortable());
        var collation = type.order() == ValueOrder.TEXT ? paths.collations().collation(node, paths) : null;
        return new Stored(
                column,
                raw,
                collation == null ? null : new Collated(raw, collation),
                NumberKind.of(mapping.getJdbcType().getDefaultSqlTypeCode()),
                true,
                value -> read(mapping, value));
    }

    @SuppressWarnings("unchecked")
    private static @Nullable Object read(JdbcMapping mapping, @Nullable Object value) {
        return ((BasicValueConverter<Object, Object>) mapping.getValueConverter()).toDomainValue(value);
    }

    /**
     * Tells whether the server may compute a number in a type with more digits than the one that Hibernate reads: {@code day(…) / 7} is a
     * numeric and an {@code Integer}.
     */
    private boolean isRounded(SqmTypedNode<?> node) {
        var mapping = node instanceof SqmExpression<?> ? mapping(node) : null;
        if (mapping == null
                || mapping.getValueConverter() != null
                || !Number.class.isAssignableFrom(mapping.getMappedJavaType().getJavaTypeClass())
                || (node instanceof SqmPath<?> path && !paths.isDerived(path))
                || Constants.isConstant((SqmExpression<?>) node)) {
            return false;
        }
        var kind = kinds.of((SqmExpression<?>) node);
        return switch (Objects.requireNonNullElse(order(mapping), ValueOrder.NUMERIC)) {
            case INTEGER -> (kind == null || !kind.isWhole()) && !NumberKinds.isWhole((SqmExpression<?>) node);
            case FLOAT -> kind == NumberKind.NUMERIC && hasItsType(node);
            default -> false;
        };
    }

    /** Tells whether Hibernate reads an expression in the type that it has in the query, and not in that of a part of it. */
    private static boolean hasItsType(SqmTypedNode<?> node) {
        return node instanceof SqmBinaryArithmetic<?>
                || (node instanceof SqmFunction<?> function
                        && REALS.contains(function.getFunctionName().toLowerCase(Locale.ROOT)));
    }

    /** Returns a number with all its digits. */
    Stored number(SqmTypedNode<?> node) {
        var expression = (SqmExpression<?>) node;
        var read = Objects.requireNonNull(mapping(node)).getMappedJavaType().getJavaTypeClass();
        var kind = kinds.of(expression);
        boolean isFloat = kind != null && kind.isFloat();
        var basic = expression
                .nodeBuilder()
                .getTypeConfiguration()
                .getBasicTypeForJavaType(isFloat ? Double.class : BigDecimal.class);
        var column = unread(expression, basic.getJdbcJavaType(), basic.getJdbcType());
        var type = new Typed(
                (JdbcMapping) Objects.requireNonNull(column.getNodeType()),
                isFloat ? ValueOrder.FLOAT : ValueOrder.NUMERIC,
                true);
        return new Stored(
                column, type, null, kind, false, value -> value == null ? null : NumberKind.read(value, read));
    }

    /** Returns the same column with the type that the database's values have; a cast could take digits from them. */
    private static SqmExpression<?> unread(SqmExpression<?> expression, JavaType<?> java, JdbcType jdbc) {
        var builder = expression.nodeBuilder();
        var engine = builder.getQueryEngine();
        var type = builder.getTypeConfiguration().getBasicTypeRegistry().resolve(java, jdbc);
        return Objects.requireNonNull(engine.getSqmFunctionRegistry().findFunctionDescriptor("sql"))
                .generateSqmExpression(List.of(builder.literal("?"), expression), type, engine);
    }

    /** Returns the order of an expression's values, null if Java does not know it, or only that of those which the database has. */
    @Nullable
    Typed of(SqmTypedNode<?> node) {
        return isRead(node) || isRounded(node) ? null : known(node);
    }

    /** Returns the order that an expression's values have in the database, also where entities have others. */
    @Nullable
    Typed known(SqmTypedNode<?> node) {
        if (node instanceof SqmPath<?> path && paths.isDerived(path)) {
            return common(paths.sources(path));
        }
        var mapping = mapping(node);
        var order = mapping == null ? null : order(mapping);
        if (mapping == null || order == null) {
            return null;
        }
        if (order != ValueOrder.TEXT) {
            return new Typed(mapping, order, true);
        }
        if (element(node) != null) {
            return null;
        }
        var collations = paths.collations();
        return collations.areDeterministic(node, paths)
                ? new Typed(mapping, order, collations.areSortedByCodePoints(node, paths))
                : null;
    }

    /** Returns the order of the values of a column that several selects have, null if Java does not know it. */
    @Nullable
    Typed ofAll(List<? extends SqmTypedNode<?>> nodes) {
        return nodes.stream().anyMatch(node -> isRead(node) || isRounded(node)) ? null : common(nodes);
    }

    private @Nullable Typed common(List<? extends SqmTypedNode<?>> nodes) {
        @Nullable Typed common = null;
        for (var node : nodes) {
            var type = known(node);
            if (type == null || (common != null && !areAlike(common.mapping(), type.mapping()))) {
                return null;
            }
            common = common == null
                    ? type
                    : new Typed(common.mapping(), common.order(), common.sortable() && type.sortable());
        }
        return common;
    }

    /** Tells whether values of two types have the same form in the database and are read the same way. */
    static boolean areAlike(JdbcMapping a, JdbcMapping b) {
        return a.getMappedJavaType().getJavaTypeClass() == b.getMappedJavaType().getJavaTypeClass()
                && a.getJdbcType().getDefaultSqlTypeCode() == b.getJdbcType().getDefaultSqlTypeCode()
                && Objects.equals(a.getValueConverter(), b.getValueConverter());
    }

    /** Returns the order of an expression's values if Java can sort by it, else null. */
    @Nullable
    Typed sortable(SqmTypedNode<?> node) {
        var type = of(node);
        return type == null || !type.sortable() ? null : type;
    }

    /** Returns the order of texts that only the servers know; null where they may differ in it, or there is none. */
    @Nullable
    Collated collated(SqmTypedNode<?> node) {
        var mapping = mapping(node);
        if (mapping == null || order(mapping) != ValueOrder.TEXT || isRead(node)) {
            return null;
        }
        var collation = paths.collations().collation(node, paths);
        return collation == null ? null : new Collated(new Typed(mapping, ValueOrder.TEXT, false), collation);
    }

    private static @Nullable ValueOrder order(JdbcMapping mapping) {
        var java = mapping.getJdbcJavaType().getJavaTypeClass();
        return switch (mapping.getJdbcType().getDefaultSqlTypeCode()) {
            case SqlTypes.BOOLEAN, SqlTypes.BIT -> java == Boolean.class ? ValueOrder.BOOLEAN : null;
            case SqlTypes.TINYINT, SqlTypes.SMALLINT, SqlTypes.INTEGER, SqlTypes.BIGINT ->
                Number.class.isAssignableFrom(java) || java.isEnum() ? ValueOrder.INTEGER : null;
            case SqlTypes.NUMERIC, SqlTypes.DECIMAL -> Number.class.isAssignableFrom(java) ? ValueOrder.NUMERIC : null;
            case SqlTypes.REAL, SqlTypes.FLOAT, SqlTypes.DOUBLE ->
                Number.class.isAssignableFrom(java) ? ValueOrder.FLOAT : null;
            case SqlTypes.VARCHAR, SqlTypes.LONGVARCHAR, SqlTypes.LONG32VARCHAR, SqlTypes.CHAR ->
                java == String.class || java == Character.class || java.isEnum() ? ValueOrder.TEXT : null;
            case SqlTypes.UUID -> java == UUID.class ? ValueOrder.UUID : null;
            case SqlTypes.BINARY, SqlTypes.VARBINARY -> java == byte[].class ? ValueOrder.BYTES : null;
            case SqlTypes.TIMESTAMP_WITH_TIMEZONE,
                    SqlTypes.TIMESTAMP_UTC,
                    SqlTypes.INSTANT,
                    SqlTypes.OFFSET_DATE_TIME,
                    SqlTypes.ZONED_DATE_TIME -> java.getName().startsWith("java.time.") ? ValueOrder.INSTANT : null;
            case SqlTypes.DATE,
                    SqlTypes.TIME,
                    SqlTypes.TIMESTAMP,
                    SqlTypes.LOCAL_DATE,
                    SqlTypes.LOCAL_TIME,
                    SqlTypes.LOCAL_DATE_TIME ->
                java.getName().startsWith("java.time.Local") ? ValueOrder.TEMPORAL : null;
            default -> null;
        };
    }
}
