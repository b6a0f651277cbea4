package io.shardloom.hibernate.internal.boot;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.key.GroupKey;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.TimeZone;

/**
 * Tells keys that Hibernate would keep as others. It binds dates and times by the classes of {@code java.sql}, in the time
 * zone of the JVM, and what these cannot say they take for something else: rows of two keys would be those of one.
 */
final class KeptTimes {
    /** Where the calendars of ISO 8601 and of {@code java.sql} part. */
    private static final Instant FIRST = Instant.parse("1582-10-15T00:00:00Z");

    private KeptTimes() {}

    /**
     * Returns the key.
     *
     * @throws InvalidShardKeyException if another one would be stored
     */
    static GroupKey checked(GroupKey key) {
        if (!isKept(key.value())) {
            throw new InvalidShardKeyException("Shard key of group '" + key.group() + "': "
                    + key.type().text(key.value())
                    + " would be stored as another key. Hibernate binds dates and times by the"
                    + " classes of java.sql, in the JVM's time zone ("
                    + TimeZone.getDefault().getID()
                    + "), and they have no such time. Give a key from 1582-10-15 on; where it is in an hour that clocks skip,"
                    + " run the application in UTC (-Duser.timezone=UTC).");
        }
        return key;
    }

    private static boolean isKept(Object value) {
        if (value instanceof LocalDate day) {
            return day.getYear() > 0 && Date.valueOf(day).toLocalDate().equals(day);
        }
        if (value instanceof LocalDateTime time) {
            return time.getYear() > 0
                    && Timestamp.valueOf(time).toLocalDateTime().equals(time);
        }
        return !(value instanceof Instant instant) || !instant.isBefore(FIRST);
    }
}
