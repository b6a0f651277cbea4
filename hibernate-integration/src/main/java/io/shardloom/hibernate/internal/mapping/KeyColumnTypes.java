package io.shardloom.hibernate.internal.mapping;

import io.shardloom.key.KeyType;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.hibernate.mapping.Column;
import org.hibernate.type.SqlTypes;
import org.hibernate.type.descriptor.JdbcTypeNameMapper;
import org.hibernate.type.descriptor.jdbc.JdbcType;

/** Tells whether a key's column has the type by which its hash is computed in Java. */
final class KeyColumnTypes {
    /** The longest name of a type that a key may have: {@code timestamp with time zone}. */
    private static final int WORDS = 4;

    private KeyColumnTypes() {}

    static boolean matches(Column column, JdbcType jdbcType, KeyType wanted) {
        var defined = column.getSqlType();
        return (defined == null ? of(jdbcType) : of(defined)).orElse(null) == wanted;
    }

    /** Returns the type as the mapping says it. */
    static String name(Column column, JdbcType jdbcType) {
        var defined = column.getSqlType();
        return defined == null ? JdbcTypeNameMapper.getTypeName(jdbcType.getDdlTypeCode()) : defined;
    }

    private static Optional<KeyType> of(String definition) {
        var words = definition
                .strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("\\s*\\([^)]*\\)", "")
                .split("\\s+");
        for (int count = Math.min(WORDS, words.length); count > 0; count--) {
            var type = KeyType.ofName(String.join(" ", Arrays.copyOf(words, count)));
            if (type.isPresent()) {
                return type;
            }
        }
        return Optional.empty();
    }

    private static Optional<KeyType> of(JdbcType jdbcType) {
        return Optional.ofNullable(
                switch (jdbcType.getDdlTypeCode()) {
                    case SqlTypes.SMALLINT, SqlTypes.TINYINT -> KeyType.INT2;
                    case SqlTypes.INTEGER -> KeyType.INT4;
                    case SqlTypes.BIGINT -> KeyType.INT8;
                    case SqlTypes.VARCHAR,
                            SqlTypes.LONGVARCHAR,
                            SqlTypes.LONG32VARCHAR,
                            SqlTypes.NVARCHAR,
                            SqlTypes.LONGNVARCHAR -> KeyType.TEXT;
                    case SqlTypes.UUID -> KeyType.UUID;
                    case SqlTypes.DATE -> KeyType.DATE;
                    case SqlTypes.TIMESTAMP -> KeyType.TIMESTAMP;
                    case SqlTypes.TIMESTAMP_WITH_TIMEZONE, SqlTypes.TIMESTAMP_UTC -> KeyType.TIMESTAMPTZ;
                    default -> null;
                });
    }
}
