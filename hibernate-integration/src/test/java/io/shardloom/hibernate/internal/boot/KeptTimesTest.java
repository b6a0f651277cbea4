package io.shardloom.hibernate.internal.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.key.GroupKey;
import io.shardloom.key.KeyType;
import java.util.TimeZone;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which days and times java.sql can say; what Hibernate makes of the others was seen on servers. */
class KeptTimesTest {
    private final TimeZone before = TimeZone.getDefault();

    @BeforeEach
    void inBerlin() {
        TimeZone.setDefault(TimeZone.getTimeZone("Europe/Berlin"));
    }

    @AfterEach
    void back() {
        TimeZone.setDefault(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1582-10-15", "1582-10-04", "1500-02-28", "0001-01-01", "2024-02-29", "5874897-12-31"})
    void takesADay(String text) {
        takes(KeyType.DATE, text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1582-10-05", "1582-10-14", "0001-12-31 BC", "4713-01-01 BC"})
    void refusesADayThatTheOldCalendarHasNot(String text) {
        refuses(KeyType.DATE, text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2020-03-29 01:59:59.999999",
                "2020-03-29 03:00",
                "2020-10-25 02:30",
                "294276-12-31 23:59:59.999999"
            })
    void takesATime(String text) {
        takes(KeyType.TIMESTAMP, text);
    }

    @Test
    void refusesATimeThatClocksSkip() {
        refuses(KeyType.TIMESTAMP, "2020-03-29 02:30");

        TimeZone.setDefault(TimeZone.getTimeZone("UTC"));
        takes(KeyType.TIMESTAMP, "2020-03-29 02:30");
    }

    @Test
    void takesInstantsOfTheNewCalendar() {
        takes(KeyType.TIMESTAMPTZ, "2020-03-29 01:30+00");
        takes(KeyType.TIMESTAMPTZ, "1582-10-15 00:00+00");
        refuses(KeyType.TIMESTAMPTZ, "1582-10-14 23:59:59+00");
    }

    private static void takes(KeyType type, String text) {
        var key = key(type, text);

        assertThat(KeptTimes.checked(key)).isSameAs(key);
    }

    private static void refuses(KeyType type, String text) {
        var key = key(type, text);

        assertThatThrownBy(() -> KeptTimes.checked(key))
                .isInstanceOf(InvalidShardKeyException.class)
                .hasMessageStartingWith(
                        "Shard key of group 'times': " + type.text(key.value()) + " would be stored as another");
    }

    private static GroupKey key(KeyType type, String text) {
        return new GroupKey("times", type, type.value(text));
    }
}
