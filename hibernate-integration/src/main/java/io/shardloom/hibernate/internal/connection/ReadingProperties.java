package io.shardloom.hibernate.internal.connection;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.Shardloom;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.hibernate.jpa.HibernateHints;
import org.jspecify.annotations.Nullable;

/** Reads what the properties of an entity manager say of its reads. */
final class ReadingProperties {
    private ReadingProperties() {}

    /** What the caller says goes before what a framework has said of its transaction. */
    static boolean readOnly(@Nullable Object property, @Nullable Object hint, boolean reading) {
        var said = isTrue(Shardloom.READ_ONLY, property);
        var hinted = isTrue(HibernateHints.HINT_READ_ONLY, hint);
        if (said != null && hinted != null && !said.equals(hinted)) {
            throw new ShardloomException(Shardloom.READ_ONLY + " = " + said + " and " + HibernateHints.HINT_READ_ONLY
                    + " = " + hinted + " contradict each other. Give one of them.");
        }
        var given = said != null ? said : hinted;
        if (given == null) {
            return reading || BeginningTransaction.isReadOnly();
        }
        if (reading && !given) {
            throw new ShardloomException(Shardloom.READ_TARGET + " and " + Shardloom.READ_TOKEN
                    + " are for sessions that" + " only read. Leave them away, or do not say that the session writes.");
        }
        return given;
    }

    /** Refuses what is left of our names, because a misspelt one would open another session than was meant. */
    static void refuseUnknown(Set<?> names) {
        for (var name : names) {
            if (name instanceof String text && text.startsWith("shardloom.")) {
                throw new ShardloomException(text + " is no property of an entity manager. It has "
                        + String.join(
                                ", ", Shardloom.KEY, Shardloom.READ_ONLY, Shardloom.READ_TARGET, Shardloom.READ_TOKEN)
                        + "; settings of the unit go to createEntityManagerFactory.");
            }
        }
    }

    private static @Nullable Boolean isTrue(String name, @Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            return (Boolean) value;
        }
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true");
        }
        throw new ShardloomException(name + " = " + value + ". Give true or false.");
    }

    static @Nullable ReadTarget target(@Nullable Object value) {
        if (value == null || value instanceof ReadTarget) {
            return (ReadTarget) value;
        }
        return Arrays.stream(ReadTarget.values())
                .filter(target -> name(target).equals(value))
                .findFirst()
                .orElseThrow(() -> new ShardloomException(Shardloom.READ_TARGET + " = " + value + ". Give one of "
                        + Arrays.stream(ReadTarget.values())
                                .map(ReadingProperties::name)
                                .collect(Collectors.joining(", "))
                        + "."));
    }

    private static String name(ReadTarget target) {
        return target.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static @Nullable ReadToken token(@Nullable Object value) {
        if (value == null || value instanceof ReadToken) {
            return (ReadToken) value;
        }
        try {
            return ReadToken.parse(value.toString());
        } catch (IllegalArgumentException e) {
            throw new ShardloomException(Shardloom.READ_TOKEN + ": " + e.getMessage(), e);
        }
    }
}
