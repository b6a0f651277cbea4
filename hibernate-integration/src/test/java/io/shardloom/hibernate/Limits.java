package io.shardloom.hibernate;

import jakarta.persistence.QueryTimeoutException;
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
     * @param work is given the limit; where it does not bear it, it is not enough
     * @param willDo whether the work had the time to come as far as it should
     * @param <T> what comes of the work
     * @return what will do, or what has come of the work with the last limit, half a minute
     */
    public static <T> T longEnough(Function<Duration, T> work, Predicate<T> willDo) {
        var limit = FIRST;
        while (limit.compareTo(LAST) < 0) {
            try {
                var result = work.apply(limit);
                if (willDo.test(result)) {
                    return result;
                }
            } catch (QueryTimeoutException tooEarly) {
                // It was met before the work came as far as it should.
            }
            limit = limit.multipliedBy(2);
        }
        return work.apply(limit);
    }
}
