package io.shardloom.key;

import io.shardloom.failure.InvalidShardKeyException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Dates and times: PostgreSQL's range, its microseconds, and its ISO text with {@code BC}. */
final class Times {

    private static final LocalDate FIRST_DAY = LocalDate.of(-4713, 11, 24);
    private static final LocalDate LAST_DAY = LocalDate.of(5_874_897, 12, 31);
    private static final LocalDateTime FIRST_TIME = FIRST_DAY.atStartOfDay();
    private static final LocalDateTime END_OF_TIME = LocalDateTime.of(294_277, 1, 1, 0, 0);
    private static final Instant FIRST_INSTANT = FIRST_TIME.toInstant(ZoneOffset.UTC);
    private static final Instant END_INSTANT = END_OF_TIME.toInstant(ZoneOffset.UTC);

    private static final String DATE = "(?<y>\\d{4,7})-(?<m>\\d{1,2})-(?<d>\\d{1,2})";
    private static final String TIME = "(?<h>\\d{1,2}):(?<min>\\d{2})(?::(?<s>\\d{2})(?:\\.(?<f>\\d{1,6}))?)?";
    private static final String OFFSET = "(?<o>[zZ]|[+-]\\d{2}(?::?\\d{2}(?::?\\d{2})?)?)?";
    private static final Pattern MOMENT =
            Pattern.compile(DATE + "(?:[ T]" + TIME + "\\s*" + OFFSET + ")?(?<bc>\\s+[bB][cC])?");

    private Times() {}

    static LocalDate checked(LocalDate date) {
        if (date.isBefore(FIRST_DAY) || date.isAfter(LAST_DAY)) {
            throw outOfRange("date", date, "4714-11-24 BC to 5874897-12-31");
        }
        return date;
    }

    static LocalDateTime checked(LocalDateTime time) {
        wholeMicroseconds(time.get(ChronoField.NANO_OF_SECOND), time);
        if (time.isBefore(FIRST_TIME) || !time.isBefore(END_OF_TIME)) {
            throw outOfRange("timestamp", time, "4714-11-24 00:00:00 BC to 294276-12-31 23:59:59.999999");
        }
        return time;
    }

    static Instant checked(Instant time) {
        wholeMicroseconds(time.get(ChronoField.NANO_OF_SECOND), time);
        if (time.isBefore(FIRST_INSTANT) || !time.isBefore(END_INSTANT)) {
            throw outOfRange("timestamptz", time, "4714-11-24 00:00:00+00 BC to 294276-12-31 23:59:59.999999+00");
        }
        return time;
    }

    static String text(LocalDate date) {
        return day(date) + era(date);
    }

    static String text(LocalDateTime time) {
        return day(time.toLocalDate()) + ' ' + clock(time.toLocalTime()) + era(time.toLocalDate());
    }

    static String text(Instant instant) {
        LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
        return day(time.toLocalDate()) + ' ' + clock(time.toLocalTime()) + "+00" + era(time.toLocalDate());
    }

    static LocalDate parseDate(String text) {
        Matcher moment = match(text, "date", "2016-01-31");
        if (moment.group("h") != null) {
            throw unreadable(text, "date", "2016-01-31", null);
        }
        return checked(date(moment, text));
    }

    static LocalDateTime parseTimestamp(String text) {
        Matcher moment = match(text, "timestamp", "2016-01-31 12:00:00");
        if (moment.group("o") != null) {
            throw unreadable(text, "timestamp without time zone", "2016-01-31 12:00:00", null);
        }
        return checked(dateTime(moment, text));
    }

    static Instant parseInstant(String text) {
        Matcher moment = match(text, "timestamptz", "2016-01-31 12:00:00+00");
        String offset = moment.group("o");
        if (offset == null) {
            throw new InvalidShardKeyException("'" + text + "' has no offset, so its meaning would depend on each"
                    + " session's time zone. Write it as 2016-01-31 12:00:00+00.");
        }
        try {
            return checked(dateTime(moment, text).toInstant(ZoneOffset.of(offset)));
        } catch (DateTimeException e) {
            throw unreadable(text, "timestamptz", "2016-01-31 12:00:00+00", e);
        }
    }

    private static Matcher match(String text, String type, String example) {
        Matcher moment = MOMENT.matcher(text.strip());
        if (!moment.matches()) {
            throw unreadable(text, type, example, null);
        }
        return moment;
    }

    private static LocalDateTime dateTime(Matcher moment, String text) {
        LocalDate date = date(moment, text);
        if (moment.group("h") == null) {
            return date.atStartOfDay();
        }
        String fraction = moment.group("f") == null ? "0" : (moment.group("f") + "00000000").substring(0, 9);
        String seconds = moment.group("s") == null ? "0" : moment.group("s");
        try {
            return date.atTime(
                    Integer.parseInt(moment.group("h")),
                    Integer.parseInt(moment.group("min")),
                    Integer.parseInt(seconds),
                    Integer.parseInt(fraction));
        } catch (DateTimeException e) {
            throw unreadable(text, "time", "2016-01-31 12:00:00", e);
        }
    }

    private static LocalDate date(Matcher moment, String text) {
        int year = Integer.parseInt(moment.group("y"));
        try {
            return LocalDate.of(
                    moment.group("bc") == null ? year : 1 - year,
                    Integer.parseInt(moment.group("m")),
                    Integer.parseInt(moment.group("d")));
        } catch (DateTimeException e) {
            throw unreadable(text, "date", "2016-01-31", e);
        }
    }

    private static String day(LocalDate date) {
        int year = date.getYear() > 0 ? date.getYear() : 1 - date.getYear();
        return String.format(Locale.ROOT, "%04d-%02d-%02d", year, date.getMonthValue(), date.getDayOfMonth());
    }

    private static String era(LocalDate date) {
        return date.getYear() > 0 ? "" : " BC";
    }

    private static String clock(LocalTime time) {
        String seconds =
                String.format(Locale.ROOT, "%02d:%02d:%02d", time.getHour(), time.getMinute(), time.getSecond());
        if (time.getNano() == 0) {
            return seconds;
        }
        String fraction = String.format(Locale.ROOT, "%06d", time.getNano() / 1000);
        return seconds + '.' + fraction.replaceAll("0+$", "");
    }

    private static void wholeMicroseconds(int nano, Object time) {
        if (nano % 1000 != 0) {
            throw new InvalidShardKeyException("PostgreSQL keeps microseconds, so " + time
                    + " would be stored as another key. Cut it with truncatedTo(ChronoUnit.MICROS) first.");
        }
    }

    private static InvalidShardKeyException outOfRange(String type, Object value, String range) {
        return new InvalidShardKeyException(type + " is expected, which takes " + range + "; given was " + value + ".");
    }

    private static InvalidShardKeyException unreadable(
            String text, String type, String example, @Nullable Throwable cause) {
        InvalidShardKeyException failure = new InvalidShardKeyException(
                "'" + text + "' is not of type " + type + ". Write it as " + example + ".");
        if (cause != null) {
            failure.initCause(cause);
        }
        return failure;
    }
}
