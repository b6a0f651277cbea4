package io.shardloom.hibernate.internal.fanout;

import java.math.BigInteger;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import org.hibernate.QueryParameterException;
import org.hibernate.query.sqm.tree.expression.NumericTypeCategory;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.hibernate.query.sqm.tree.expression.SqmHqlNumericLiteral;
import org.hibernate.query.sqm.tree.expression.SqmJpaCriteriaParameterWrapper;
import org.hibernate.query.sqm.tree.expression.SqmLiteral;
import org.hibernate.query.sqm.tree.expression.SqmParameter;
import org.hibernate.query.sqm.tree.expression.ValueBindJpaCriteriaParameter;
import org.jspecify.annotations.Nullable;

/** Literals and parameters of a query, whose values are known when it runs. */
final class Constants {
    private Constants() {}

    private record Named(Object nameOrPosition) {}

    private record Value(@Nullable Object value) {}

    /** Returns what is equal for two constants that surely have the same value; null if it is no constant. */
    static @Nullable Object identity(SqmExpression<?> expression) {
        if (expression instanceof SqmLiteral<?> literal) {
            return new Value(literal(literal));
        }
        if (expression instanceof SqmJpaCriteriaParameterWrapper<?> wrapper) {
            return identity(wrapper.getJpaCriteriaParameter());
        }
        if (expression instanceof ValueBindJpaCriteriaParameter<?> bound) {
            return new Value(bound.getValue());
        }
        if (expression instanceof SqmParameter<?> parameter) {
            var name = name(parameter);
            return name == null ? parameter : new Named(name);
        }
        return null;
    }

    static boolean isConstant(SqmExpression<?> expression) {
        return identity(expression) != null;
    }

    /** Returns a parameter's name or position, null if it has none. */
    static @Nullable Object name(SqmParameter<?> parameter) {
        return parameter.getName() != null ? parameter.getName() : parameter.getPosition();
    }

    /** Returns the value of a constant. */
    static @Nullable Object value(SqmExpression<?> expression, Map<Object, @Nullable Object> parameters) {
        if (expression instanceof SqmLiteral<?> literal) {
            return literal(literal);
        }
        if (expression instanceof SqmJpaCriteriaParameterWrapper<?> wrapper) {
            return value(wrapper.getJpaCriteriaParameter(), parameters);
        }
        if (expression instanceof ValueBindJpaCriteriaParameter<?> bound) {
            return bound.getValue();
        }
        if (expression instanceof SqmParameter<?> parameter) {
            return lookup(parameter, parameters);
        }
        throw new IllegalArgumentException(expression + " is no constant");
    }

    /** Returns a literal's value. A whole number that is too large for Hibernate's type of it is of the next larger one, as on the server. */
    static @Nullable Object literal(SqmLiteral<?> literal) {
        if (literal instanceof SqmHqlNumericLiteral<?> number
                && (number.getTypeCategory() == NumericTypeCategory.INTEGER
                        || number.getTypeCategory() == NumericTypeCategory.LONG)) {
            var whole = new BigInteger(number.getUnparsedLiteralValue());
            if (whole.bitLength() >= Long.SIZE) {
                return whole;
            }
            if (whole.bitLength() >= Integer.SIZE) {
                return whole.longValue();
            }
        }
        return literal.getLiteralValue();
    }

    /** Returns the values of a constant that may be a list. */
    static Collection<?> values(SqmExpression<?> expression, Map<Object, @Nullable Object> parameters) {
        var value = value(expression, parameters);
        return value instanceof Collection<?> list ? list : Collections.singletonList(value);
    }

    private static @Nullable Object lookup(SqmParameter<?> parameter, Map<Object, @Nullable Object> parameters) {
        var name = name(parameter);
        var key = name == null ? parameter : name;
        if (!parameters.containsKey(key)) {
            throw new QueryParameterException(
                    "The parameter " + (name == null ? parameter : name) + " has no value. Set it with setParameter.");
        }
        return parameters.get(key);
    }
}
