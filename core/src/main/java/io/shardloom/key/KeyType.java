package io.shardloom.key;

import io.shardloom.failure.InvalidShardKeyException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A PostgreSQL type that a shard key can have.
 *
 * <p>Each type has one Java form, its canonical value; everything past {@link #canonical(Object)} works on it alone.
 */
public enum KeyType {
    /** A {@code smallint}, in Java a {@link Short}. */
    INT2("smallint"),
    /** An {@code integer}, in Java an {@link Integer}. */
    INT4("integer"),
    /** A {@code bigint}, in Java a {@link Long}. */
    INT8("bigint"),
    /** A {@code text} or {@code varchar} with a deterministic collation, in Java a {@link String}. */
    TEXT("text"),
    /** A {@code uuid}, in Java a {@link java.util.UUID}. */
    UUID("uuid"),
    /** A {@code date}, in Java a {@link LocalDate}. */
    DATE("date"),
    /** A {@code timestamp}, in Java a {@link LocalDateTime} of whole microseconds. */
    TIMESTAMP("timestamp"),
    /** A {@code timestamptz}, in Java an {@link Instant} of whole microseconds. */
    TIMESTAMPTZ("timestamptz");

    private static final Map<Class<?>, KeyType> BY_CLASS = Map.ofEntries(
            Map.entry(Short.class, INT2),
            Map.entry(short.class, INT2),
            Map.entry(Integer.class, INT4),
            Map.entry(int.class, INT4),
            Map.entry(Long.class, INT8),
            Map.entry(long.class, INT8),
            Map.entry(String.class, TEXT),
            Map.entry(UUID.class, UUID),
            Map.entry(LocalDate.class, DATE),
            Map.entry(LocalDateTime.class, TIMESTAMP),
            Map.entry(Instant.class, TIMESTAMPTZ),
            Map.entry(OffsetDateTime.class, TIMESTAMPTZ));

    private static final Map<String, KeyType> BY_ALIAS = Map.ofEntries(
            Map.entry("int2", INT2),
            Map.entry("int", INT4),
            Map.entry("int4", INT4),
            Map.entry("int8", INT8),
            Map.entry("varchar", TEXT),
            Map.entry("character varying", TEXT),
            Map.entry("timestamp without time zone", TIMESTAMP),
            Map.entry("timestamp with time zone", TIMESTAMPTZ));

    private final String sqlName;

    KeyType(String sqlName) {
        this.sqlName = sqlName;
    }

    /**
     * Returns the type's name in DDL, for example {@code bigint}.
     *
     * @return a name PostgreSQL accepts
     */
    public String sqlName() {
        return sqlName;
    }

    /**
     * Returns the type a Java class maps to.
     *
     * @param javaClass the class of a key attribute, boxed or primitive
     * @return the type, or empty when the class cannot be a shard key
     */
    public static Optional<KeyType> ofJava(Class<?> javaClass) {
        return Optional.ofNullable(BY_CLASS.get(javaClass));
    }

    /**
     * Returns the type with this PostgreSQL name or alias, whatever its case.
     *
     * @param name for example {@code bigint}, {@code int8}, {@code varchar}
     * @return the type, or empty when no key type has this name
     */
    public static Optional<KeyType> ofName(String name) {
        String wanted = name.strip().toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(type -> type.sqlName.equals(wanted))
                .findFirst()
                .or(() -> Optional.ofNullable(BY_ALIAS.get(wanted)));
    }

    /**
     * Returns the value in this type's one Java form.
     *
     * @param value any integral number that fits, a string, a UUID, a date, or a time of whole microseconds
     * @return the canonical value
     * @throws InvalidShardKeyException if it is null, of another class, or not a value of the PostgreSQL type
     */
    public Object canonical(@Nullable Object value) {
        if (value == null) {
            throw new InvalidShardKeyException("null given where " + sqlName
                    + " is expected. A row without a shard key has no shard: set the key first.");
        }
        return switch (this) {
            case INT2 -> value instanceof Short ? value : (Object) (short) Numbers.inRange(this, value);
            case INT4 -> value instanceof Integer ? value : (Object) (int) Numbers.inRange(this, value);
            case INT8 -> value instanceof Long ? value : (Object) Numbers.inRange(this, value);
            case TEXT -> Texts.checked(this, value);
            case UUID -> {
                if (value instanceof UUID) {
                    yield value;
                }
                throw refusal(value, "a java.util.UUID");
            }
            case DATE -> {
                if (value instanceof LocalDate date) {
                    yield Times.checked(date);
                }
                throw refusal(value, "a LocalDate");
            }
            case TIMESTAMP -> {
                if (value instanceof LocalDateTime time) {
                    yield Times.checked(time);
                }
                throw refusal(value, "a LocalDateTime");
            }
            case TIMESTAMPTZ -> {
                if (value instanceof Instant instant) {
                    yield Times.checked(instant);
                }
                if (value instanceof OffsetDateTime time) {
                    yield Times.checked(time.toInstant());
                }
                throw refusal(value, "an Instant or an OffsetDateTime");
            }
        };
    }

    /**
     * Compares two canonical values in PostgreSQL's order: UUIDs as unsigned bytes, text by code point
     * (collation {@code "C"}).
     *
     * @param left a canonical value of this type
     * @param right a canonical value of this type
     * @return negative, zero or positive
     */
    public int compare(Object left, Object right) {
        return switch (this) {
            case INT2 -> Short.compare((Short) left, (Short) right);
            case INT4 -> Integer.compare((Integer) left, (Integer) right);
            case INT8 -> Long.compare((Long) left, (Long) right);
            case TEXT -> Texts.compareCodePoints((String) left, (String) right);
            case UUID -> compare((UUID) left, (UUID) right);
            case DATE -> ((LocalDate) left).compareTo((LocalDate) right);
            case TIMESTAMP -> ((LocalDateTime) left).compareTo((LocalDateTime) right);
            case TIMESTAMPTZ -> ((Instant) left).compareTo((Instant) right);
        };
    }

    /**
     * Returns PostgreSQL's own text of the value, in ISO style and UTC; different values have different texts.
     *
     * @param value a canonical value of this type
     * @return what {@code value::text} gives, for example {@code 2016-01-01 00:00:00+00}
     */
    public String text(Object value) {
        return switch (this) {
            case INT2, INT4, INT8, TEXT, UUID -> value.toString();
            case DATE -> Times.text((LocalDate) value);
            case TIMESTAMP -> Times.text((LocalDateTime) value);
            case TIMESTAMPTZ -> Times.text((Instant) value);
        };
    }

    /**
     * Returns the value that has this text, the inverse of {@link #text(Object)}.
     *
     * @param text the value without quotes, for example {@code 42} or {@code 2016-01-01}
     * @return the canonical value
     * @throws InvalidShardKeyException if the text is not a value of this type
     */
    public Object value(String text) {
        return switch (this) {
            case INT2, INT4, INT8 -> canonical(Numbers.parse(this, text));
            case TEXT -> canonical(text);
            case UUID -> Texts.uuid(text);
            case DATE -> Times.parseDate(text);
            case TIMESTAMP -> Times.parseTimestamp(text);
            case TIMESTAMPTZ -> Times.parseInstant(text);
        };
    }

    /**
     * Returns the value as PostgreSQL itself writes it in a partition bound: quoted, but for an integer of 0 or more.
     *
     * @param value a canonical value of this type
     * @return an SQL literal
     */
    public String literal(Object value) {
        boolean bare = this == INT4 && (Integer) value >= 0;
        return bare ? text(value) : "'" + text(value).replace("'", "''") + "'";
    }

    /**
     * Returns the value of one SQL literal.
     *
     * @param literal for example {@code 'Brasil'}, {@code 42} or {@code '2016-01-01'}
     * @return the canonical value
     * @throws InvalidShardKeyException if it is not a literal of this type
     */
    public Object parse(String literal) {
        String given = literal.strip();
        if (given.length() >= 2 && given.startsWith("'") && given.endsWith("'")) {
            return value(given.substring(1, given.length() - 1).replace("''", "'"));
        }
        return switch (this) {
            case INT2, INT4, INT8 -> value(given);
            case TEXT, UUID, DATE, TIMESTAMP, TIMESTAMPTZ ->
                throw new InvalidShardKeyException(
                        given + " is not a literal of type " + sqlName + ". Put it in single quotes: '" + given + "'.");
        };
    }

    private static int compare(UUID left, UUID right) {
        int high = Long.compareUnsigned(left.getMostSignificantBits(), right.getMostSignificantBits());
        return high != 0 ? high : Long.compareUnsigned(left.getLeastSignificantBits(), right.getLeastSignificantBits());
    }

    /** Makes the failure for a value of a class this type does not take. */
    InvalidShardKeyException refusal(Object value, String expected) {
        return new InvalidShardKeyException(sqlName + " is expected, which takes " + expected + "; given was "
                + value.getClass().getName() + " " + Texts.shown(value) + ".");
    }
}
