package io.shardloom.key;

import io.shardloom.failure.InvalidShardKeyException;
import java.math.BigInteger;

/** Integral keys: any whole number that fits, whatever its Java class, as in PostgreSQL. */
final class Numbers {

    private Numbers() {}

    static long inRange(KeyType type, Object value) {
        long number;
        if (value instanceof Long || value instanceof Integer || value instanceof Short || value instanceof Byte) {
            number = ((Number) value).longValue();
        } else if (value instanceof BigInteger big && big.bitLength() < Long.SIZE) {
            number = big.longValue();
        } else if (value instanceof BigInteger) {
            throw outOfRange(type, value.toString());
        } else {
            throw type.refusal(value, "a whole number (byte, short, int, long, BigInteger)");
        }
        if (number < min(type) || number > max(type)) {
            throw outOfRange(type, Long.toString(number));
        }
        return number;
    }

    static BigInteger parse(KeyType type, String text) {
        try {
            return new BigInteger(text.strip());
        } catch (NumberFormatException e) {
            InvalidShardKeyException failure = new InvalidShardKeyException(
                    "'" + text + "' is not of type " + type.sqlName() + ". Give a whole number such as 42.");
            failure.initCause(e);
            throw failure;
        }
    }

    private static InvalidShardKeyException outOfRange(KeyType type, String number) {
        return new InvalidShardKeyException(type.sqlName() + " is expected, which takes " + min(type) + " to "
                + max(type) + "; given was " + number + ".");
    }

    private static long min(KeyType type) {
        return -max(type) - 1;
    }

    private static long max(KeyType type) {
        return switch (type) {
            case INT2 -> Short.MAX_VALUE;
            case INT4 -> Integer.MAX_VALUE;
            case INT8, TEXT, UUID, DATE, TIMESTAMP, TIMESTAMPTZ -> Long.MAX_VALUE;
        };
    }
}
