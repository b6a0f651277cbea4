package io.shardloom.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Runs a few long steps at the same time, each on its own daemon thread, and waits for all of them. */
final class Parallel {

    private Parallel() {}

    /** A step that may fail. */
    interface Step {
        void run() throws Exception;
    }

    /** A step under way. */
    record Running(FutureTask<?> task) {

        /** Waits for its end; throws what it threw. */
        void join() {
            Parallel.result(task);
        }
    }

    static Running start(String name, Step step) {
        var task = new FutureTask<>(() -> {
            step.run();
            return true;
        });
        thread(name, task);
        return new Running(task);
    }

    static void run(String name, List<Step> steps) {
        map(name, steps, step -> {
            step.run();
            return true;
        });
    }

    interface Mapping<A, B> {
        B apply(A value) throws Exception;
    }

    /** Applies the mapping to all values at once; the results keep their order. All steps end before this returns. */
    static <A, B> List<B> map(String name, List<A> values, Mapping<A, B> mapping) {
        var tasks = new ArrayList<FutureTask<B>>();
        for (var value : values) {
            Callable<B> call = () -> mapping.apply(value);
            var task = new FutureTask<>(call);
            tasks.add(task);
            thread(name + "-" + tasks.size(), task);
        }
        var results = new ArrayList<B>();
        RuntimeException failure = null;
        for (var task : tasks) {
            try {
                results.add(result(task));
            } catch (RuntimeException e) {
                failure = merge(failure, e);
            }
        }
        if (failure != null) {
            throw failure;
        }
        return results;
    }

    private static RuntimeException merge(@Nullable RuntimeException first, RuntimeException next) {
        if (first == null) {
            return next;
        }
        first.addSuppressed(next);
        return first;
    }

    private static void thread(String name, Runnable task) {
        var thread = new Thread(task, "shardloom-testing-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    private static <B> B result(FutureTask<B> task) {
        try {
            return task.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedClusterException("Interrupted while servers were working", e);
        } catch (ExecutionException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            var message = cause.getMessage() == null ? cause.toString() : cause.getMessage();
            // A new exception: the stack trace then shows the caller, and the cause the step that failed.
            throw new EmbeddedClusterException(message, cause);
        }
    }
}
