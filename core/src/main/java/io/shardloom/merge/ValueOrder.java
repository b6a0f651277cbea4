package io.shardloom.merge;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.Comparator;
import java.util.UUID;

/** How PostgreSQL orders the values of a type, and which of them it takes for equal. */
public enum ValueOrder implements Comparator<Object> {
    /** Boolean: false before true. */
    BOOLEAN {
        @Override
        public int compare(Object a, Object b) {
            return Boolean.compare((Boolean) a, (Boolean) b);
        }
    },
    /** smallint, integer and bigint, whatever their Java classes. */
    INTEGER {
        @Override
        public int compare(Object a, Object b) {
            return Long.compare(((Number) a).longValue(), ((Number) b).longValue());
        }

        @Override
        public Object normal(Object value) {
            return ((Number) value).longValue();
        }
    },
    /** numeric: 1.0 and 1.00 are equal. */
    NUMERIC {
        @Override
        public int compare(Object a, Object b) {
            return decimal(a).compareTo(decimal(b));
        }

        @Override
        public Object normal(Object value) {
            return decimal(value).stripTrailingZeros();
        }

        private BigDecimal decimal(Object value) {
            if (value instanceof BigDecimal decimal) {
                return decimal;
            }
            return value instanceof BigInteger integer
                    ? new BigDecimal(integer)
                    : BigDecimal.valueOf(((Number) value).longValue());
        }
    },
    /** real and double precision: 0 and -0 are equal, NaN is above all. */
    FLOAT {
        @Override
        public int compare(Object a, Object b) {
            return Double.compare((Double) normal(a), (Double) normal(b));
        }

        @Override
        public Object normal(Object value) {
            double number = ((Number) value).doubleValue();
            return number == 0 ? 0.0 : number;
        }
    },
    /** text whose collation is C, POSIX or builtin C.UTF-8: by code points, which is not the order of {@code String}. */
    TEXT {
        @Override
        public int compare(Object a, Object b) {
            return codePoints(a.toString(), b.toString());
        }

        @Override
        public Object normal(Object value) {
            return value.toString();
        }
    },
    /** uuid: its bytes from the left, unsigned, which is not the order of {@code UUID}. */
    UUID {
        @Override
        public int compare(Object a, Object b) {
            var left = (UUID) a;
            var right = (UUID) b;
            int high = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
            return high != 0
                    ? high
                    : Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits());
        }
    },
    /** bytea: its bytes from the left, unsigned. */
    BYTES {
        @Override
        public int compare(Object a, Object b) {
            return Arrays.compareUnsigned((byte[]) a, (byte[]) b);
        }

        @Override
        public Object normal(Object value) {
            return ByteBuffer.wrap((byte[]) value);
        }
    },
    /** timestamptz: the moment, whatever the offset. */
    INSTANT {
        @Override
        public int compare(Object a, Object b) {
            return instant(a).compareTo(instant(b));
        }

        @Override
        public Object normal(Object value) {
            return instant(value);
        }

        private Instant instant(Object value) {
            if (value instanceof OffsetDateTime time) {
                return time.toInstant();
            }
            return value instanceof ZonedDateTime time ? time.toInstant() : (Instant) value;
        }
    },
    /** date, time and timestamp, whose Java classes have PostgreSQL's order. */
    TEMPORAL {
        @Override
        @SuppressWarnings("unchecked")
        public int compare(Object a, Object b) {
            return ((Comparable<Object>) a).compareTo(b);
        }
    };

    /**
     * Returns the form of a value that is equal, by {@code equals}, for those values that PostgreSQL takes for equal.
     *
     * @param value a value of the type
     * @return the value itself, or another
     */
    public Object normal(Object value) {
        return value;
    }

    /**
     * Compares texts by code points: a surrogate pair comes after every other character.
     *
     * @return below, at or above 0
     */
    static int codePoints(String a, String b) {
        int length = Math.min(a.length(), b.length());
        for (int i = 0; i < length; i++) {
            char left = a.charAt(i);
            char right = b.charAt(i);
            if (left != right) {
                boolean leftPair = Character.isSurrogate(left);
                return leftPair == Character.isSurrogate(right) ? Character.compare(left, right) : leftPair ? 1 : -1;
            }
        }
        return Integer.compare(a.length(), b.length());
    }
}
