package io.shardloom.hibernate.internal.fanout;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hibernate.query.sqm.tree.domain.SqmElementAggregateFunction;
import org.hibernate.query.sqm.tree.domain.SqmPath;
import org.hibernate.query.sqm.tree.expression.SqmBinaryArithmetic;
import org.hibernate.query.sqm.tree.expression.SqmCaseSearched;
import org.hibernate.query.sqm.tree.expression.SqmCaseSimple;
import org.hibernate.query.sqm.tree.expression.SqmCastTarget;
import org.hibernate.query.sqm.tree.expression.SqmCoalesce;
import org.hibernate.query.sqm.tree.expression.SqmCollectionSize;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmExtractUnit;
import org.hibernate.query.sqm.tree.expression.SqmFunction;
import org.hibernate.query.sqm.tree.expression.SqmHqlNumericLiteral;
import org.hibernate.query.sqm.tree.expression.SqmLiteral;
import org.hibernate.query.sqm.tree.expression.SqmUnaryOperation;
import org.hibernate.query.sqm.tree.select.SqmSelectableNode;
import org.hibernate.query.sqm.tree.select.SqmSubQuery;
import org.hibernate.type.descriptor.java.StringJavaType;
import org.jspecify.annotations.Nullable;

/** The numeric types in which the server computes expressions, which are not always those of Hibernate. */
final class NumberKinds {
    private final ValueOrders orders;

    NumberKinds(ValueOrders orders) {
        this.orders = orders;
    }

    /** Returns the type of an expression, null if it is no number or its type is not known for certain. */
    @Nullable
    NumberKind of(SqmExpression<?> expression) {
        if (expression instanceof SqmElementAggregateFunction<?>) {
            return null;
        }
        if (expression instanceof SqmPath<?> path && orders.isDerived(path)) {
            return same(orders.sources(path));
        }
        if (expression instanceof SqmPath<?>) {
            var mapping = orders.mapping(expression);
            return mapping == null
                            || mapping.getValueConverter() != null
                            || !Number.class.isAssignableFrom(
                                    mapping.getMappedJavaType().getJavaTypeClass())
                    ? null
                    : NumberKind.of(mapping.getJdbcType().getDefaultSqlTypeCode());
        }
        if (expression instanceof SqmLiteral<?> literal) {
            return kindOfLiteral(literal);
        }
        if (expression instanceof SqmUnaryOperation<?> sign) {
            return of(sign.getOperand());
        }
        if (expression instanceof SqmBinaryArithmetic<?> arithmetic) {
            return common(of(arithmetic.getLeftHandOperand()), of(arithmetic.getRightHandOperand()));
        }
        if (expression instanceof SqmCaseSearched<?> choice) {
            @Nullable NumberKind kind = choice.getOtherwise() == null ? null : of(choice.getOtherwise());
            boolean first = choice.getOtherwise() == null;
            for (var when : choice.getWhenFragments()) {
                kind = first ? of(when.getResult()) : common(kind, of(when.getResult()));
                first = false;
            }
            return kind;
        }
        if (expression instanceof SqmCaseSimple<?, ?> choice) {
            var kinds = new ArrayList<@Nullable NumberKind>();
            choice.getWhenFragments().forEach(when -> kinds.add(of(when.getResult())));
            if (choice.getOtherwise() != null) {
                kinds.add(of(choice.getOtherwise()));
            }
            return kinds.stream().reduce(NumberKinds::common).orElse(null);
        }
        if (expression instanceof SqmCoalesce<?> coalesce) {
            return coalesce.getArguments().stream()
                    .map(this::of)
                    .reduce(NumberKinds::common)
                    .orElse(null);
        }
        if (expression instanceof SqmSubQuery<?> query) {
            var columns = Derived.selects(query.getQueryPart()).stream()
                    .map(Derived::columns)
                    .toList();
            return columns.stream().anyMatch(each -> each.size() != 1)
                    ? null
                    : same(columns.stream()
                            .<SqmSelectableNode<?>>map(each -> each.get(0))
                            .toList());
        }
        if (expression instanceof SqmCollectionSize) {
            return NumberKind.INT8;
        }
        return expression instanceof SqmFunction<?> function ? ofFunction(function) : null;
    }

    /** Returns the type of a column that several selects have, null if they have it in different types. */
    private @Nullable NumberKind same(List<SqmSelectableNode<?>> nodes) {
        var kinds = nodes.stream()
                .map(node -> node instanceof SqmExpression<?> expression ? of(expression) : null)
                .distinct()
                .toList();
        return kinds.size() == 1 ? kinds.get(0) : null;
    }

    private @Nullable NumberKind argument(SqmFunction<?> function, int place) {
        return function.getArguments().get(place) instanceof SqmExpression<?> value ? of(value) : null;
    }

    /** Returns the type of what the server computes in double precision unless it is given decimal numbers. */
    private static @Nullable NumberKind real(@Nullable NumberKind kind) {
        return kind == null || kind == NumberKind.NUMERIC ? kind : NumberKind.FLOAT8;
    }

    private @Nullable NumberKind ofFunction(SqmFunction<?> function) {
        var arguments = function.getArguments();
        return switch (function.getFunctionName().toLowerCase(Locale.ROOT)) {
            case "abs" -> arguments.get(0) instanceof SqmExpression<?> value ? of(value) : null;
            case "length", "character_length" -> NumberKind.INT4;
            case "avg", "stddev", "stddev_samp", "stddev_pop", "variance", "var_samp", "var_pop" -> {
                var kind = argument(function, 0);
                yield kind == null ? null : kind.isFloat() ? NumberKind.FLOAT8 : NumberKind.NUMERIC;
            }
            case "floor", "ceiling", "sqrt", "exp", "ln", "sign" -> real(argument(function, 0));
            case "round" -> {
                var kind = argument(function, 0);
                yield arguments.size() == 1 ? real(kind) : kind == NumberKind.NUMERIC ? kind : null;
            }
            case "power" -> real(common(argument(function, 0), argument(function, 1)));
            case "mod", "greatest", "least" -> {
                @Nullable NumberKind kind = argument(function, 0);
                for (int i = 1; i < arguments.size(); i++) {
                    kind = common(kind, argument(function, i));
                }
                yield kind;
            }
            case "count" -> NumberKind.INT8;
            case "extract" -> arguments.get(0) instanceof SqmExtractUnit<?> ? NumberKind.NUMERIC : null;
            case "cast" -> ofCast(function);
            case "sql" -> ofColumn(function);
            case "sum", "min", "max" -> {
                var kind = arguments.get(0) instanceof SqmExpression<?> value ? of(value) : null;
                yield kind == null || !function.getFunctionName().equalsIgnoreCase("sum") ? kind : ofSum(kind);
            }
            case "coalesce", "nullif" -> {
                @Nullable NumberKind kind = null;
                for (int i = 0; i < arguments.size(); i++) {
                    var of = arguments.get(i) instanceof SqmExpression<?> value ? of(value) : null;
                    kind = i == 0 ? of : common(kind, of);
                }
                yield kind;
            }
            default -> null;
        };
    }

    /** Tells whether it is a part of a time that is a whole number, although the server has it as a numeric. */
    static boolean isWhole(SqmExpression<?> expression) {
        return expression instanceof SqmFunction<?> function
                && function.getFunctionName().equalsIgnoreCase("extract")
                && function.getArguments().get(0) instanceof SqmExtractUnit<?> field
                && switch (field.getUnit()) {
                    case YEAR, QUARTER, MONTH, DAY, DAY_OF_MONTH, DAY_OF_WEEK, DAY_OF_YEAR, WEEK, HOUR, MINUTE -> true;
                    default -> false;
                };
    }

    /** Returns the type of what is selected as the database has it. */
    private @Nullable NumberKind ofColumn(SqmFunction<?> function) {
        var mapping = orders.isRead(function.getArguments().get(1)) ? orders.mapping(function) : null;
        return mapping == null
                ? argument(function, 1)
                : NumberKind.of(mapping.getJdbcType().getDefaultSqlTypeCode());
    }

    private @Nullable NumberKind ofCast(SqmFunction<?> function) {
        boolean exact = argument(function, 0) != null
                || function.getArguments().get(0).getNodeJavaType() instanceof StringJavaType;
        return exact && function.getArguments().get(1) instanceof SqmCastTarget<?> target ? castTo(target) : null;
    }

    /** Returns the type that a cast to a number gives, null for any other. */
    static @Nullable NumberKind castTo(SqmCastTarget<?> target) {
        var java = target.getType() == null ? null : target.getType().getJavaType();
        return java == Integer.class
                ? NumberKind.INT4
                : java == Long.class ? NumberKind.INT8 : java == Double.class ? NumberKind.FLOAT8 : null;
    }

    static @Nullable NumberKind common(@Nullable NumberKind a, @Nullable NumberKind b) {
        return a == null || b == null ? null : NumberKind.common(a, b);
    }

    static @Nullable NumberKind kindOfLiteral(SqmLiteral<?> literal) {
        var number = number(literal);
        if (number == null) {
            return null;
        }
        if (number.scale() > 0 || !isWhole(literal)) {
            return NumberKind.NUMERIC;
        }
        int bits = number.toBigInteger().bitLength();
        return bits < 32 ? NumberKind.INT4 : bits < 64 ? NumberKind.INT8 : NumberKind.NUMERIC;
    }

    private static boolean isWhole(SqmLiteral<?> literal) {
        var value = Constants.literal(literal);
        return value instanceof Integer
                || value instanceof Long
                || value instanceof Short
                || value instanceof BigInteger;
    }

    /** Returns a literal's number as the server reads it, null if it is none. */
    static @Nullable BigDecimal number(SqmLiteral<?> literal) {
        if (literal instanceof SqmHqlNumericLiteral<?> numeric) {
            var text = numeric.getUnparsedLiteralValue().replaceAll("[a-zA-Z&&[^eE]]+$", "");
            boolean floating = !isWhole(literal) && !(Constants.literal(literal) instanceof BigDecimal);
            var shown = floating && !text.matches(".*[.eE].*") ? text + ".0" : text;
            var number = new BigDecimal(shown);
            return number.scale() < 0 ? number.setScale(0) : number;
        }
        return Constants.literal(literal) instanceof Number value && isWhole(literal)
                ? new BigDecimal(value.toString())
                : null;
    }

    /** Returns the type of the sum of values of a type. */
    static NumberKind ofSum(NumberKind kind) {
        return switch (kind) {
            case INT2, INT4 -> NumberKind.INT8;
            case INT8, NUMERIC -> NumberKind.NUMERIC;
            case FLOAT4 -> NumberKind.FLOAT4;
            case FLOAT8 -> NumberKind.FLOAT8;
        };
    }
}
