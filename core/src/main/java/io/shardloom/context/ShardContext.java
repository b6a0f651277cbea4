package io.shardloom.context;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.key.GroupKey;
import java.math.BigInteger;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Binds a shard key to the thread for the time of some work.
 *
 * <p>The key is kept as it was given, a plain value or a {@link GroupKey}; which group a plain value belongs to is found
 * where it is used. Thread-safe: each thread sees its own key alone.
 */
public final class ShardContext {

    private static final ThreadLocal<@Nullable Object> CURRENT = new ThreadLocal<>();

    private ShardContext() {}

    /**
     * Work that gives a result and may throw.
     *
     * @param <T> the result
     * @param <X> what it may throw; inferred as {@link RuntimeException} when it throws nothing checked
     */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, X extends Exception> {

        /**
         * Does the work.
         *
         * @return the result
         * @throws X if the work fails
         */
        T run() throws X;
    }

    /**
     * Does work with the key bound to this thread, and then binds again what was bound before, whatever happens.
     *
     * <p>Inside work for an equal key this is the same work going on.
     *
     * @param key a plain value or a {@link GroupKey}, not null
     * @param work what to do
     * @param <T> the work's result
     * @param <X> what the work may throw
     * @return the work's result
     * @throws X if the work throws it
     * @throws WrongShardKeyException if this thread already works for a different key
     * @throws MissingShardKeyException if the key is null
     */
    public static <T extends @Nullable Object, X extends Exception> T with(Object key, Work<T, X> work) throws X {
        Object outer = CURRENT.get();
        enter(key, outer);
        try {
            return work.run();
        } finally {
            restore(outer);
        }
    }

    /**
     * Does work that has no result; otherwise the same as {@link #with(Object, Work)}.
     *
     * @param key a plain value or a {@link GroupKey}, not null
     * @param work what to do
     * @throws WrongShardKeyException if this thread already works for a different key
     * @throws MissingShardKeyException if the key is null
     */
    public static void run(Object key, Runnable work) {
        Object outer = CURRENT.get();
        enter(key, outer);
        try {
            work.run();
        } finally {
            restore(outer);
        }
    }

    /**
     * Returns the key of the work this thread is doing.
     *
     * @return the key as it was given, empty outside such work
     */
    public static Optional<Object> current() {
        return Optional.ofNullable(CURRENT.get());
    }

    /**
     * Returns the same as {@link #current()} and makes no object.
     *
     * @return the key as it was given, null outside such work
     */
    public static @Nullable Object currentOrNull() {
        return CURRENT.get();
    }

    /**
     * Carries this thread's key, or its having none, to whatever thread runs the task.
     *
     * @param task what to do there
     * @return a task that may run many times, on any threads
     */
    public static Runnable wrap(Runnable task) {
        Object key = CURRENT.get();
        return () -> {
            Object outer = CURRENT.get();
            restore(key);
            try {
                task.run();
            } finally {
                restore(outer);
            }
        };
    }

    /**
     * Carries this thread's key, or its having none, to whatever thread runs the task.
     *
     * @param task what to do there
     * @param <T> the task's result
     * @return a task that may run many times, on any threads
     */
    public static <T extends @Nullable Object> Callable<T> wrap(Callable<T> task) {
        Object key = CURRENT.get();
        return () -> {
            Object outer = CURRENT.get();
            restore(key);
            try {
                return task.call();
            } finally {
                restore(outer);
            }
        };
    }

    /**
     * Carries this thread's key to whatever thread asks the supplier; named apart from {@link #wrap(Callable)} so that a
     * lambda fits one of them only.
     *
     * @param task what to do there
     * @param <T> the task's result
     * @return a supplier that may be asked many times, on any threads
     */
    public static <T extends @Nullable Object> Supplier<T> wrapSupplier(Supplier<T> task) {
        Object key = CURRENT.get();
        return () -> {
            Object outer = CURRENT.get();
            restore(key);
            try {
                return task.get();
            } finally {
                restore(outer);
            }
        };
    }

    private static void enter(@Nullable Object key, @Nullable Object outer) {
        if (key == null) {
            throw new MissingShardKeyException(
                    "ShardContext was given null as the shard key." + " Give the key whose rows the work is about.");
        }
        if (outer == null) {
            CURRENT.set(key);
        } else if (!same(outer, key)) {
            throw new WrongShardKeyException("This thread works for the shard key " + outer
                    + " and was asked to work for " + key + " inside it. Finish the first work before, or do the"
                    + " second on another thread.");
        }
    }

    private static void restore(@Nullable Object key) {
        if (key == null) {
            CURRENT.remove();
        } else {
            CURRENT.set(key);
        }
    }

    private static boolean same(Object left, Object right) {
        if (left.equals(right)) {
            return true;
        }
        if (left instanceof GroupKey key) {
            return !(right instanceof GroupKey) && sameValue(key, right);
        }
        if (right instanceof GroupKey key) {
            return sameValue(key, left);
        }
        return left instanceof Number l && right instanceof Number r && sameNumber(l, r);
    }

    private static boolean sameValue(GroupKey key, Object plain) {
        try {
            return key.type().canonical(plain).equals(key.value());
        } catch (InvalidShardKeyException e) {
            return false;
        }
    }

    /** Integral keys are equal whatever their Java class, as in PostgreSQL. */
    private static boolean sameNumber(Number left, Number right) {
        return isIntegral(left) && isIntegral(right) && left.toString().equals(right.toString());
    }

    private static boolean isIntegral(Number number) {
        return number instanceof Long
                || number instanceof Integer
                || number instanceof Short
                || number instanceof Byte
                || number instanceof BigInteger;
    }
}
