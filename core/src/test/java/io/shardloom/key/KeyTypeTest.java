package io.shardloom.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.InvalidShardKeyException;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class KeyTypeTest {

    @Test
    void takesAnyWholeNumberThatFits() {
        assertThat(KeyType.INT8.canonical(5)).isEqualTo(5L);
        assertThat(KeyType.INT4.canonical(5L)).isEqualTo(5);
        assertThat(KeyType.INT2.canonical((byte) 5)).isEqualTo((short) 5);
        assertThat(KeyType.INT8.canonical(BigInteger.TEN)).isEqualTo(10L);
        refuses(KeyType.INT2, 40_000, "smallint is expected, which takes -32768 to 32767; given was 40000.");
        refuses(
                KeyType.INT4,
                1L << 31,
                "integer is expected, which takes -2147483648 to 2147483647; given was 2147483648.");
        refuses(
                KeyType.INT8,
                BigInteger.ONE.shiftLeft(63),
                "bigint is expected, which takes -9223372036854775808 to 9223372036854775807; given was"
                        + " 9223372036854775808.");
        refuses(
                KeyType.INT8,
                1.0,
                "bigint is expected, which takes a whole number (byte, short, int, long, BigInteger); given was"
                        + " java.lang.Double '1.0'.");
    }

    @Test
    void refusesNullAndForeignClasses() {
        refuses(
                KeyType.UUID,
                null,
                "null given where uuid is expected. A row without a shard key has no shard: set the key first.");
        refuses(KeyType.UUID, "x", "uuid is expected, which takes a java.util.UUID; given was java.lang.String 'x'.");
        refuses(KeyType.TEXT, 1, "text is expected, which takes a String; given was java.lang.Integer '1'.");
    }

    @Test
    void refusesTextThatPostgresCannotStore() {
        refuses(
                KeyType.TEXT,
                "a\u0000",
                "the text has a character U+0000 at index 1, which PostgreSQL cannot store. Remove it from the key.");
        for (String half : new String[] {"\uD83D", "\uDE00", "a\uD83Db", "\uDE00\uD83D"}) {
            assertThatThrownBy(() -> KeyType.TEXT.canonical(half)).hasMessageContaining("half a surrogate pair");
        }
        assertThat(KeyType.TEXT.canonical("😀é")).isEqualTo("😀é");
    }

    @Test
    void refusesTimesThatPostgresWouldRoundOrCannotStore() {
        refuses(
                KeyType.TIMESTAMPTZ,
                Instant.parse("2020-01-01T00:00:00.000000001Z"),
                "PostgreSQL keeps microseconds, so 2020-01-01T00:00:00.000000001Z would be stored as another key. Cut it"
                        + " with truncatedTo(ChronoUnit.MICROS) first.");
        assertThatThrownBy(() -> KeyType.DATE.canonical(LocalDate.of(-4713, 11, 23)))
                .hasMessageContaining("which takes 4714-11-24 BC to 5874897-12-31");
        assertThatThrownBy(() -> KeyType.TIMESTAMP.canonical(LocalDateTime.of(294_277, 1, 1, 0, 0)))
                .isInstanceOf(InvalidShardKeyException.class);
        assertThat(KeyType.TIMESTAMPTZ.canonical(OffsetDateTime.parse("2020-01-01T01:00:00+01:00")))
                .isEqualTo(Instant.parse("2020-01-01T00:00:00Z"));
    }

    @Test
    void comparesAsPostgresDoes() {
        assertThat(KeyType.UUID.compare(new UUID(-1, 0), new UUID(1, 0))).isPositive();
        assertThat(KeyType.TEXT.compare("\uFFFD", "😀")).isNegative();
        assertThat(KeyType.TEXT.compare("a", "ab")).isNegative();
        assertThat(KeyType.TEXT.compare("Z", "a")).isNegative();
    }

    @Test
    void readsBackItsOwnTextAndLiteral() {
        Object[] values = {
            "O'Hara",
            "",
            -5,
            LocalDate.of(-4713, 11, 24),
            LocalDate.of(5_874_897, 12, 31),
            LocalDateTime.of(-100, 2, 3, 4, 5, 6, 7000),
            Instant.parse("2020-02-03T04:05:06.7Z"),
            new UUID(1, 2)
        };
        for (Object value : values) {
            KeyType type = KeyType.ofJava(value.getClass()).orElseThrow();

            assertThat(type.value(type.text(value))).isEqualTo(value);
            assertThat(type.parse(type.literal(value))).isEqualTo(value);
        }
        assertThat(KeyType.DATE.text(LocalDate.of(-43, 3, 15))).isEqualTo("0044-03-15 BC");
    }

    @Test
    void explainsWhatItCannotRead() {
        assertThatThrownBy(() -> KeyType.DATE.parse("'2016-02-30'"))
                .hasMessage("'2016-02-30' is not of type date. Write it as 2016-01-31.");
        assertThatThrownBy(() -> KeyType.TIMESTAMPTZ.parse("'2016-02-03 00:00'"))
                .hasMessage("'2016-02-03 00:00' has no offset, so its meaning would depend on each session's time zone."
                        + " Write it as 2016-01-31 12:00:00+00.");
        assertThatThrownBy(() -> KeyType.UUID.parse("'123'")).hasMessageStartingWith("'123' is not of type uuid.");
        assertThatThrownBy(() -> KeyType.INT4.parse("x")).hasMessageStartingWith("'x' is not of type integer.");
    }

    @Test
    void knowsPostgresNames() {
        assertThat(KeyType.ofName("INT")).contains(KeyType.INT4);
        assertThat(KeyType.ofName("varchar")).contains(KeyType.TEXT);
        assertThat(KeyType.ofName("timestamp with time zone")).contains(KeyType.TIMESTAMPTZ);
        assertThat(KeyType.ofName("numeric")).isEmpty();
        assertThat(KeyType.ofJava(long.class)).contains(KeyType.INT8);
        assertThat(KeyType.ofJava(Double.class)).isEmpty();
    }

    @Test
    void namesAGroupKeyByGroupAndText() {
        GroupKey key = new GroupKey("orders", KeyType.INT8, 7);

        assertThat(key).hasToString("orders:7").isEqualTo(new GroupKey("orders", KeyType.INT8, 7L));
        assertThat(key).isNotEqualTo(new GroupKey("users", KeyType.INT8, 7L));
    }

    private static void refuses(KeyType type, @Nullable Object value, String message) {
        assertThatThrownBy(() -> type.canonical(value))
                .isInstanceOf(InvalidShardKeyException.class)
                .hasMessage(message);
    }
}
