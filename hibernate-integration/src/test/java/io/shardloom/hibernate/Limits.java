package io.shardloom.hibernate;

import java.time.Duration;
import java.util.function.Function;
import java.util.function.Predicate;

/** Limits of time that something must run into: short ones, and longer ones for a machine that needs more to get there. */
public final class Limits {
    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LAST = Duration.ofSeconds(32);

    private Limits() {}

    /**
     * Does work with a limit of a second, and again with twice as much until what comes of it will do.
     *
     * @param work is given the limit
     * @param willDo whether the work had the time to come as far as it should
     * @param <T> what comes of the work
     * @return what has come of it with the last limit, half a minute at most, whether it will do or not
     */
    public static <T> T longEnough(Function<Duration, T> work, Predicate<T> willDo) {
        var limit = FIRST;
        var result = work.apply(limit);
        while (!willDo.test(result) && limit.compareTo(LAST) < 0) {
            limit = limit.multipliedBy(2);
            result = work.apply(limit);
        }
        return result;
    }
}
