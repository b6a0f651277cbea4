package io.shardloom.strategy;

import io.shardloom.key.KeyType;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which keys a shard holds, in PostgreSQL's own terms. Immutable. */
public sealed interface PartitionBound {

    /**
     * Returns PostgreSQL's text of this bound, without {@code FOR VALUES}.
     *
     * @return for example {@code WITH (MODULUS 32, REMAINDER 7)}, {@code IN ('EUA', 'Brasil')}, {@code DEFAULT}
     */
    String sql();

    /**
     * Returns the clause of {@code CREATE TABLE ... PARTITION OF}, the same text as {@code pg_get_expr(relpartbound, oid)}
     * gives, but for the case of {@code MODULUS} and {@code REMAINDER}.
     *
     * @return {@code FOR VALUES} and the bound, or {@code DEFAULT}
     */
    default String clause() {
        return "FOR VALUES " + sql();
    }

    /**
     * Reads a bound as PostgreSQL writes it, whatever the case of its words.
     *
     * @param sql the bound, with or without {@code FOR VALUES} and {@code WITH (...)}
     * @param type the type of its values
     * @return the bound
     * @throws IllegalArgumentException if it is not a bound; the message shows where and lists the forms
     * @throws io.shardloom.failure.InvalidShardKeyException if one of its values is not of the type
     */
    static PartitionBound parse(String sql, KeyType type) {
        return new BoundParser(sql, type).parse();
    }

    /**
     * The keys whose hash leaves this remainder.
     *
     * @param modulus how many parts the hash space is cut into, at least 1
     * @param remainder which part, from 0 to {@code modulus - 1}
     */
    record HashBound(int modulus, int remainder) implements PartitionBound {

        /** Checks PostgreSQL's limits. */
        public HashBound {
            if (modulus < 1) {
                throw new IllegalArgumentException(
                        "MODULUS " + modulus + " is below 1. Give a whole number from 1 on.");
            }
            if (remainder < 0 || remainder >= modulus) {
                throw new IllegalArgumentException("REMAINDER " + remainder + " does not fit MODULUS " + modulus
                        + ". Give a remainder from 0 to " + (modulus - 1) + ".");
            }
        }

        @Override
        public String sql() {
            return "WITH (" + this + ")";
        }

        @Override
        public String toString() {
            return "MODULUS " + modulus + ", REMAINDER " + remainder;
        }
    }

    /**
     * The keys of a list.
     *
     * @param type the type of the values
     * @param values canonical values, at least one, in the order given
     */
    record ListBound(KeyType type, List<Object> values) implements PartitionBound {

        /** Brings the values into the type's one Java form. */
        public ListBound {
            values = values.stream().map(type::canonical).collect(Collectors.toUnmodifiableList());
            if (values.isEmpty()) {
                throw new IllegalArgumentException("IN () has no value. Give at least one.");
            }
        }

        @Override
        public String sql() {
            return values.stream().map(type::literal).collect(Collectors.joining(", ", "IN (", ")"));
        }

        @Override
        public String toString() {
            return sql();
        }
    }

    /**
     * The keys of a range.
     *
     * @param type the type of the values
     * @param from the lower end, inclusive
     * @param to the upper end, exclusive
     */
    record RangeBound(KeyType type, Endpoint from, Endpoint to) implements PartitionBound {

        @Override
        public String sql() {
            return "FROM (" + from.sql(type) + ") TO (" + to.sql(type) + ")";
        }

        @Override
        public String toString() {
            return sql();
        }
    }

    /** The keys that no other shard of the group takes. */
    record DefaultBound() implements PartitionBound {

        @Override
        public String sql() {
            return "DEFAULT";
        }

        @Override
        public String clause() {
            return sql();
        }

        @Override
        public String toString() {
            return sql();
        }
    }

    /** An end of a range. */
    sealed interface Endpoint {

        /**
         * Returns the end as it stands in the bound.
         *
         * @param type the type of the range
         * @return a literal, {@code MINVALUE} or {@code MAXVALUE}
         */
        String sql(KeyType type);

        /**
         * Returns the value, empty for an open end.
         *
         * @return the canonical value, if there is one
         */
        default Optional<Object> key() {
            return Optional.empty();
        }
    }

    /** Below every value. */
    record MinValue() implements Endpoint {
        @Override
        public String sql(KeyType type) {
            return "MINVALUE";
        }
    }

    /** Above every value. */
    record MaxValue() implements Endpoint {
        @Override
        public String sql(KeyType type) {
            return "MAXVALUE";
        }
    }

    /**
     * At a value.
     *
     * @param value a canonical value
     */
    record At(Object value) implements Endpoint {
        @Override
        public String sql(KeyType type) {
            return type.literal(value);
        }

        @Override
        public Optional<Object> key() {
            return Optional.of(value);
        }
    }
}
