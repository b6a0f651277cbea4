package io.shardloom.strategy;

import io.shardloom.key.KeyType;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;

/** Keys of each type: the edges, and random ones over the type's whole range. */
final class Samples {

    static final int COUNT = 100_000;

    private static final long FIRST_DAY = LocalDate.of(-4713, 11, 24).toEpochDay();
    private static final long LAST_DAY = LocalDate.of(5_874_897, 12, 31).toEpochDay();
    private static final long LAST_TIMESTAMP_DAY = LocalDate.of(294_276, 12, 31).toEpochDay();
    private static final int[] CODE_POINTS = {
        1, 9, 10, 13, '\'', '\\', ' ', 'a', 'Z', 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFD, 0xFFFF, 0x10000,
        0x10FFFF
    };

    private final Random random;

    Samples(long seed) {
        this.random = new Random(seed);
    }

    List<Object> of(KeyType type) {
        List<Object> values = new ArrayList<>();
        if (type == KeyType.INT2) {
            for (int i = Short.MIN_VALUE; i <= Short.MAX_VALUE; i++) {
                values.add((short) i);
            }
            return values;
        }
        edges(type).forEach(value -> values.add(type.canonical(value)));
        while (values.size() < COUNT + 100) {
            values.add(type.canonical(next(type)));
        }
        return values;
    }

    private static List<?> edges(KeyType type) {
        return switch (type) {
            case INT2 -> List.of();
            case INT4 -> List.of(0, 1, -1, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case INT8 -> List.of(0L, 1L, -1L, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32, -(1L << 32), 0xFFFFFFFFL);
            case TEXT -> List.of("", " ", "a", "\u0001", "é", "€", "😀", "😀".repeat(15) + "abc", "x".repeat(5000));
            case UUID ->
                List.of(new UUID(0, 0), new UUID(-1, -1), new UUID(1, 1), new UUID(Long.MIN_VALUE, Long.MIN_VALUE));
            case DATE ->
                List.of(
                        LocalDate.ofEpochDay(FIRST_DAY),
                        LocalDate.ofEpochDay(LAST_DAY),
                        LocalDate.of(2000, 1, 1),
                        LocalDate.of(1999, 12, 31),
                        LocalDate.of(1, 1, 1),
                        LocalDate.of(0, 12, 31),
                        LocalDate.of(9999, 12, 31),
                        LocalDate.of(10_000, 1, 1));
            case TIMESTAMP -> times();
            case TIMESTAMPTZ ->
                times().stream().map(time -> time.toInstant(ZoneOffset.UTC)).toList();
        };
    }

    private static List<LocalDateTime> times() {
        return List.of(
                LocalDate.ofEpochDay(FIRST_DAY).atStartOfDay(),
                LocalDate.ofEpochDay(LAST_TIMESTAMP_DAY).atTime(23, 59, 59, 999_999_000),
                LocalDateTime.of(2000, 1, 1, 0, 0),
                LocalDateTime.of(1999, 12, 31, 23, 59, 59, 999_999_000),
                LocalDateTime.of(1970, 1, 1, 0, 0, 0, 1000),
                LocalDateTime.of(1969, 12, 31, 23, 59, 59, 500_000_000),
                LocalDateTime.of(-1, 2, 3, 4, 5, 6, 700_000_000));
    }

    private Object next(KeyType type) {
        return switch (type) {
            case INT2 -> (short) random.nextInt();
            case INT4 -> random.nextBoolean() ? random.nextInt() : random.nextInt(2001) - 1000;
            case INT8 -> random.nextBoolean() ? random.nextLong() : (Long) (long) (random.nextInt(200_001) - 100_000);
            case TEXT -> text();
            case UUID -> new UUID(random.nextLong(), random.nextLong());
            case DATE ->
                random.nextBoolean()
                        ? LocalDate.ofEpochDay(day(FIRST_DAY, LAST_DAY))
                        : LocalDate.ofEpochDay(random.nextInt(40_000) - 10_000);
            case TIMESTAMP -> time();
            case TIMESTAMPTZ -> Instant.from(time().atOffset(ZoneOffset.UTC));
        };
    }

    private long day(long first, long last) {
        return first + Math.floorMod(random.nextLong(), last - first + 1);
    }

    private LocalDateTime time() {
        LocalDate date = random.nextBoolean()
                ? LocalDate.ofEpochDay(day(FIRST_DAY, LAST_TIMESTAMP_DAY))
                : LocalDate.ofEpochDay(random.nextInt(40_000) - 10_000);
        return date.atStartOfDay().plusNanos(Math.floorMod(random.nextLong(), 86_400_000_000L) * 1000);
    }

    private String text() {
        int length = random.nextInt(64);
        StringBuilder text = new StringBuilder();
        boolean ascii = random.nextInt(3) == 0;
        for (int i = 0; i < length; i++) {
            text.appendCodePoint(
                    ascii
                            ? 32 + random.nextInt(95)
                            : switch (random.nextInt(5)) {
                                case 0 -> CODE_POINTS[random.nextInt(CODE_POINTS.length)];
                                case 1 -> 0x80 + random.nextInt(0x800 - 0x80);
                                case 2 -> 0x800 + random.nextInt(0xD800 - 0x800);
                                case 3 -> 0x10000 + random.nextInt(0x100000);
                                default -> 1 + random.nextInt(126);
                            });
        }
        return text.toString();
    }
}
