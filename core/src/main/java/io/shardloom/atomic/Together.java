package io.shardloom.atomic;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Takes a step on several nodes at once, and waits for all, whatever it finds on one. Thread-safe. */
final class Together {

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private Together() {}

    /** Returns threads that need no end: they end when they have had nothing to do. A caller with none left works itself. */
    static Executor threads() {
        return new ThreadPoolExecutor(
                0,
                64,
                5,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                work -> {
                    Thread thread = new Thread(work, "shardloom-commit-" + NUMBERS.incrementAndGet());
                    thread.setDaemon(true);
                    return thread;
                },
                new ThreadPoolExecutor.CallerRunsPolicy());
    }

    /**
     * Takes the step for all: for the last on the thread of the caller, so that one alone needs no other.
     *
     * @return what came of it, in the order of what was given
     */
    static <T, R> List<R> each(List<T> all, Function<T, R> step, Executor threads) {
        List<CompletableFuture<R>> steps = new ArrayList<>(all.size());
        for (int i = 0; i < all.size(); i++) {
            T one = all.get(i);
            Executor thread = i < all.size() - 1 ? threads : Runnable::run;
            steps.add(CompletableFuture.supplyAsync(() -> step.apply(one), thread));
        }
        CompletableFuture.allOf(steps.toArray(CompletableFuture[]::new)).join();
        return steps.stream().map(CompletableFuture::join).toList();
    }
}
