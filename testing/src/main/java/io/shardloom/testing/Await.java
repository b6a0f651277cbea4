package io.shardloom.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Waits for a condition, never for a time: every wait has a deadline and says what it waited for. */
public final class Await {

    private static final long FIRST_PAUSE_NANOS = 2_000_000;
    private static final long LONGEST_PAUSE_NANOS = 25_000_000;

    private Await() {}

    /**
     * Returns as soon as the condition holds. It is asked every 2 to 25 ms, and at least once.
     *
     * <p>A condition that throws does not hold yet; its last exception becomes the cause of the failure. Only an
     * {@link EmbeddedClusterException} ends the wait at once.
     *
     * @param what the condition in words, for the message: "replica n1-2 streams"
     * @param deadline how long to wait at most
     * @param condition true when the wait is over
     * @throws EmbeddedClusterException if the deadline has passed, or the thread was interrupted
     */
    public static void until(String what, Duration deadline, Callable<Boolean> condition) {
        until(what, deadline, condition, () -> "");
    }

    static void until(String what, Duration deadline, Callable<Boolean> condition, Supplier<String> details) {
        long end = System.nanoTime() + deadline.toNanos();
        long pause = FIRST_PAUSE_NANOS;
        while (true) {
            Exception last = null;
            try {
                if (condition.call()) {
                    return;
                }
            } catch (EmbeddedClusterException fatal) {
                throw fatal;
            } catch (Exception notYet) {
                last = notYet;
            }
            if (System.nanoTime() >= end) {
                throw timedOut(what, deadline, details.get(), last);
            }
            LockSupport.parkNanos(pause);
            if (Thread.currentThread().isInterrupted()) {
                throw new EmbeddedClusterException("Interrupted while waiting until " + what, last);
            }
            pause = Math.min(pause * 3 / 2, LONGEST_PAUSE_NANOS);
        }
    }

    private static EmbeddedClusterException timedOut(
            String what, Duration deadline, String details, @Nullable Exception last) {
        var reason = last == null ? "" : " Last failure: " + last + ".";
        return new EmbeddedClusterException(
                "Waited " + deadline.toMillis() + " ms in vain until " + what + "." + reason + details, last);
    }
}
