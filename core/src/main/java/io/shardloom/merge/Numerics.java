package io.shardloom.merge;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * PostgreSQL's arithmetic of numeric where {@link BigDecimal} has another rule for the scale.
 *
 * @see <a href="https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/utils/adt/numeric.c">numeric.c</a>
 */
public final class Numerics {
    private static final int MIN_SIGNIFICANT_DIGITS = 16;
    private static final int MAX_SCALE = 1000;
    private static final int DIGITS = 4;

    private Numerics() {}

    /**
     * Divides as numeric does: with at least 16 significant digits, rounded half away from zero.
     *
     * @param dividend the dividend
     * @param divisor the divisor
     * @return the quotient with PostgreSQL's scale
     * @throws ArithmeticException if the divisor is zero
     */
    public static BigDecimal divide(BigDecimal dividend, BigDecimal divisor) {
        if (divisor.signum() == 0) {
            throw new ArithmeticException("division by zero");
        }
        return dividend.divide(divisor, divisionScale(dividend, divisor), RoundingMode.HALF_UP);
    }

    /**
     * Returns the remainder of a division, with the larger of both scales.
     *
     * @param dividend the dividend
     * @param divisor the divisor
     * @return the remainder, with the sign of the dividend
     * @throws ArithmeticException if the divisor is zero
     */
    public static BigDecimal remainder(BigDecimal dividend, BigDecimal divisor) {
        if (divisor.signum() == 0) {
            throw new ArithmeticException("division by zero");
        }
        return dividend.remainder(divisor)
                .setScale(Math.max(dividend.scale(), divisor.scale()), RoundingMode.UNNECESSARY);
    }

    /** numeric.c, select_div_scale. */
    private static int divisionScale(BigDecimal dividend, BigDecimal divisor) {
        int quotientWeight = weight(dividend) - weight(divisor);
        if (firstDigit(dividend) <= firstDigit(divisor)) {
            quotientWeight--;
        }
        int scale = MIN_SIGNIFICANT_DIGITS - quotientWeight * DIGITS;
        scale = Math.max(scale, Math.max(dividend.scale(), divisor.scale()));
        return Math.min(Math.max(scale, 0), MAX_SCALE);
    }

    /** The power of 10000 of the first digit to the base 10000. */
    private static int weight(BigDecimal value) {
        return value.signum() == 0 ? 0 : Math.floorDiv(exponent(value), DIGITS);
    }

    private static int firstDigit(BigDecimal value) {
        if (value.signum() == 0) {
            return 0;
        }
        return value.abs()
                .movePointLeft(weight(value) * DIGITS)
                .setScale(0, RoundingMode.DOWN)
                .intValueExact();
    }

    /** The power of ten of the first decimal digit. */
    private static int exponent(BigDecimal value) {
        return value.precision() - value.scale() - 1;
    }

    /**
     * Computes a variance or standard deviation from sums.
     *
     * @param count how many values there are
     * @param sum their sum
     * @param squares the sum of their squares
     * @param sample true for that of a sample, false for that of the population
     * @param root true for the standard deviation, false for the variance
     * @return null where PostgreSQL answers null: for too few values
     */
    public static @Nullable BigDecimal deviation(
            long count, BigDecimal sum, BigDecimal squares, boolean sample, boolean root) {
        if (count < (sample ? 2 : 1)) {
            return null;
        }
        BigDecimal n = BigDecimal.valueOf(count);
        BigDecimal numerator = n.multiply(squares).subtract(sum.multiply(sum));
        if (numerator.signum() <= 0) {
            return BigDecimal.ZERO;
        }
        BigDecimal denominator = n.multiply(sample ? BigDecimal.valueOf(count - 1) : n);
        BigDecimal variance = divide(numerator, denominator);
        return root ? squareRoot(variance, variance.scale()) : variance;
    }

    private static BigDecimal squareRoot(BigDecimal value, int scale) {
        int digits = scale + 1;
        BigInteger scaled = value.setScale(2 * digits, RoundingMode.UNNECESSARY).unscaledValue();
        return new BigDecimal(scaled.sqrt(), digits).setScale(scale, RoundingMode.HALF_UP);
    }
}
