package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.Numerics;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.hibernate.query.sqm.BinaryArithmeticOperator;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.Nullable;

/** The numeric types of PostgreSQL, each with the Java class in which its values are computed. */
enum NumberKind {
    /** smallint, in {@code Long}. */
    INT2,
    /** integer, in {@code Long}. */
    INT4,
    /** bigint, in {@code Long}. */
    INT8,
    /** numeric, in {@code BigDecimal}. */
    NUMERIC,
    /** real, in {@code Double}. */
    FLOAT4,
    /** double precision, in {@code Double}. */
    FLOAT8;

    static @Nullable NumberKind of(int sqlType) {
        return switch (sqlType) {
            case SqlTypes.TINYINT, SqlTypes.SMALLINT -> INT2;
            case SqlTypes.INTEGER -> INT4;
            case SqlTypes.BIGINT -> INT8;
            case SqlTypes.NUMERIC, SqlTypes.DECIMAL -> NUMERIC;
            case SqlTypes.REAL -> FLOAT4;
            case SqlTypes.FLOAT, SqlTypes.DOUBLE -> FLOAT8;
            default -> null;
        };
    }

    boolean isWhole() {
        return this == INT2 || this == INT4 || this == INT8;
    }

    boolean isFloat() {
        return this == FLOAT4 || this == FLOAT8;
    }

    /** Returns the type both sides of an operator are brought to; null where that is not computed here. */
    static @Nullable NumberKind common(NumberKind a, NumberKind b) {
        if (a == FLOAT4 || b == FLOAT4) {
            return a == b ? null : FLOAT8;
        }
        return a.compareTo(b) >= 0 ? a : b;
    }

    /** Brings a number into the class of this type. */
    Object of(Object number) {
        if (isWhole()) {
            return ((Number) number).longValue();
        }
        if (isFloat()) {
            return ((Number) number).doubleValue();
        }
        return decimal(number);
    }

    static BigDecimal decimal(Object number) {
        if (number instanceof BigDecimal decimal) {
            return decimal;
        }
        if (number instanceof BigInteger integer) {
            return new BigDecimal(integer);
        }
        if (number instanceof Double || number instanceof Float) {
            return new BigDecimal(number.toString());
        }
        return BigDecimal.valueOf(((Number) number).longValue());
    }

    /** Computes as the server does for values of this type. */
    Object compute(BinaryArithmeticOperator operator, Object a, Object b) {
        if (isFloat()) {
            return floating(operator, ((Number) a).doubleValue(), ((Number) b).doubleValue());
        }
        return this == NUMERIC
                ? numeric(operator, decimal(a), decimal(b))
                : checked(whole(operator, ((Number) a).longValue(), ((Number) b).longValue()));
    }

    private Long checked(long value) {
        boolean fits =
                switch (this) {
                    case INT2 -> value == (short) value;
                    case INT4 -> value == (int) value;
                    default -> true;
                };
        if (!fits) {
            throw new ArithmeticException((this == INT2 ? "smallint" : "integer") + " out of range");
        }
        return value;
    }

    private static long whole(BinaryArithmeticOperator operator, long a, long b) {
        return switch (operator) {
            case ADD -> Math.addExact(a, b);
            case SUBTRACT -> Math.subtractExact(a, b);
            case MULTIPLY -> Math.multiplyExact(a, b);
            case DIVIDE, DIVIDE_PORTABLE, QUOT -> quotient(a, b);
            case MODULO -> a % notZero(b);
        };
    }

    private static long quotient(long a, long b) {
        if (a == Long.MIN_VALUE && b == -1) {
            throw new ArithmeticException("bigint out of range");
        }
        return a / notZero(b);
    }

    private static long notZero(long divisor) {
        if (divisor == 0) {
            throw new ArithmeticException("division by zero");
        }
        return divisor;
    }

    private static BigDecimal numeric(BinaryArithmeticOperator operator, BigDecimal a, BigDecimal b) {
        return switch (operator) {
            case ADD -> a.add(b);
            case SUBTRACT -> a.subtract(b);
            case MULTIPLY -> a.multiply(b);
            case DIVIDE, DIVIDE_PORTABLE, QUOT -> Numerics.divide(a, b);
            case MODULO -> Numerics.remainder(a, b);
        };
    }

    private static double floating(BinaryArithmeticOperator operator, double a, double b) {
        return switch (operator) {
            case ADD -> a + b;
            case SUBTRACT -> a - b;
            case MULTIPLY -> a * b;
            case DIVIDE, DIVIDE_PORTABLE, QUOT -> {
                if (b == 0) {
                    throw new ArithmeticException("division by zero");
                }
                yield a / b;
            }
            case MODULO -> throw new IllegalStateException("modulo of floating numbers");
        };
    }

    /** Compares numbers of any two types. */
    static int compare(Object a, Object b) {
        if (a instanceof Double || b instanceof Double) {
            return io.shardloom.merge.ValueOrder.FLOAT.compare(a, b);
        }
        return decimal(a).compareTo(decimal(b));
    }

    /** Reads a number as the driver reads a column of its type. */
    static Object read(Object number, Class<?> type) {
        if (type == Long.class) {
            return number instanceof BigDecimal decimal
                    ? decimal.toBigInteger().longValueExact()
                    : ((Number) number).longValue();
        }
        if (type == Integer.class) {
            return number instanceof BigDecimal decimal
                    ? decimal.toBigInteger().intValueExact()
                    : Math.toIntExact(((Number) number).longValue());
        }
        if (type == Short.class) {
            return (short) Math.toIntExact(((Number) number).longValue());
        }
        if (type == Double.class) {
            return ((Number) number).doubleValue();
        }
        if (type == Float.class) {
            return ((Number) number).floatValue();
        }
        if (type == BigDecimal.class) {
            return decimal(number);
        }
        if (type == BigInteger.class) {
            return decimal(number).toBigInteger();
        }
        return number;
    }

    /** Casts as the server does; null where that is not done here. */
    static @Nullable Object cast(Object number, NumberKind to) {
        if (to.isFloat()) {
            return ((Number) number).doubleValue();
        }
        if (to == NUMERIC) {
            return null;
        }
        return number instanceof Double floating
                ? to.checked(BigDecimal.valueOf(Math.rint(floating)).longValueExact())
                : to.checked(decimal(number).setScale(0, RoundingMode.HALF_UP).longValueExact());
    }
}
