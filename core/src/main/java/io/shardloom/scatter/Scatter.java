package io.shardloom.scatter;

import io.shardloom.failure.NodeTimeoutException;
import io.shardloom.failure.ScatterException;
import io.shardloom.failure.ShardloomException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on several nodes at once, on a bounded number of threads for all callers together. Thread-safe.
 *
 * <p>Work for one node runs on the thread of its caller. So does that for the first of several, and for those that no thread is
 * free for, where there is no limit of time: an interrupt is then seen when these have answered. If the work of one node fails, or the time is up, that of the others is
 * cancelled, on their servers too, and waited for.
 */
public final class Scatter implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final long CANCEL_AGAIN_MILLIS = 50;

    private final ThreadPoolExecutor threads;

    /**
     * Work on one node.
     *
     * @param node the node's name
     * @param work does it; the thread that waits for it sees all that it did
     * @param cancel makes the server stop what the work is doing; called from another thread, maybe more than once, maybe
     *     before the work has come to the server
     * @param <T> what the work returns
     */
    public record Task<T>(String node, Supplier<T> work, Runnable cancel) {}

    /**
     * What came of the work on the nodes.
     *
     * @param results the results, by node, in the order of the tasks
     * @param failures what failed, by node
     * @param <T> what the work returns
     */
    public record Outcome<T>(Map<String, T> results, Map<String, RuntimeException> failures) {}

    private Scatter(int limit) {
        this.threads = new ThreadPoolExecutor(limit, limit, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
            Thread thread = new Thread(work, "shardloom-scatter-" + NUMBERS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.threads.allowCoreThreadTimeOut(true);
    }

    /**
     * Makes one without a thread yet; threads that have nothing to do end after some seconds.
     *
     * @param limit how many threads there are at most
     * @return to be closed
     */
    public static Scatter of(int limit) {
        return new Scatter(limit);
    }

    /**
     * Does the work of every task, or of none.
     *
     * @param tasks one for each node
     * @param time how long all of them together may take, null for as long as it takes
     * @param <T> what the work returns
     * @return the results in the order of the tasks
     * @throws ScatterException if the work of any node failed or the time is up; it names the nodes
     */
    public <T> List<T> all(List<Task<T>> tasks, @Nullable Duration time) {
        if (tasks.size() == 1 && time == null) {
            return List.of(tasks.get(0).work().get());
        }
        Run<T> run = run(tasks, time, true);
        Map<String, RuntimeException> failures = run.failures(time);
        if (!failures.isEmpty()) {
            throw new ScatterException(failures, tasks.size());
        }
        List<T> results = new ArrayList<>(tasks.size());
        for (Part<T> part : run.parts) {
            results.add(part.join());
        }
        return results;
    }

    /**
     * Does the work of as many tasks as possible.
     *
     * @param tasks one for each node
     * @param time how long all of them together may take, null for as long as it takes
     * @param <T> what the work returns
     * @return the results of some nodes and the failures of the others
     */
    public <T> Outcome<T> some(List<Task<T>> tasks, @Nullable Duration time) {
        Run<T> run = run(tasks, time, false);
        Map<String, T> results = new LinkedHashMap<>();
        for (Part<T> part : run.parts) {
            if (!part.isCompletedExceptionally()) {
                results.put(part.task.node(), part.join());
            }
        }
        return new Outcome<>(results, run.failures(time));
    }

    private <T> Run<T> run(List<Task<T>> tasks, @Nullable Duration time, boolean stopAtFailure) {
        Run<T> run = new Run<>(tasks, stopAtFailure);
        if (tasks.isEmpty()) {
            return run;
        }
        boolean alone = time != null; // who has to look at the clock cannot wait for a server meanwhile
        for (Part<T> part : alone ? run.parts : run.parts.subList(1, tasks.size())) {
            threads.execute(part);
        }
        if (!alone) {
            // also those that no thread is free for: they may be what other threads wait for
            run.parts.forEach(Part::runByCaller);
        }
        boolean interrupted = await(run.over, time);
        run.late = !run.over.isDone();
        run.over.complete(null);
        run.parts.forEach(Part::run); // what has not begun by now is given up
        run.parts.forEach(Part::cancelUntilDone);
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new ShardloomException("The thread was interrupted while it waited for nodes "
                    + tasks.stream().map(Task::node).toList() + "; their statements have been cancelled.");
        }
        return run;
    }

    /** The work of one call on all its nodes. */
    private static final class Run<T> {
        final List<Part<T>> parts;
        final boolean stopAtFailure;
        final AtomicInteger left;
        /** Done when there is nothing more to wait for. */
        final CompletableFuture<Void> over = new CompletableFuture<>();

        volatile @Nullable Part<T> byCaller; // the part that the caller's thread does
        boolean late;

        Run(List<Task<T>> tasks, boolean stopAtFailure) {
            this.stopAtFailure = stopAtFailure;
            this.left = new AtomicInteger(tasks.size());
            this.parts = new ArrayList<>(tasks.size());
            for (Task<T> task : tasks) {
                parts.add(new Part<>(this, task));
            }
        }

        Map<String, RuntimeException> failures(@Nullable Duration time) {
            Map<String, RuntimeException> failures = Map.of();
            for (Part<T> part : parts) {
                if (part.isCompletedExceptionally() && (part.hasFailedByItself || late)) {
                    RuntimeException failure = part.failure();
                    failures = failures.isEmpty() ? new LinkedHashMap<>() : failures;
                    failures.put(
                            part.task.node(),
                            part.hasFailedByItself ? cause(failure) : tooLate(part.task.node(), time, failure));
                }
            }
            return failures;
        }
    }

    /** The work of one call on one node. */
    private static final class Part<T> extends CompletableFuture<T> implements Runnable {
        final Run<T> run;
        final Task<T> task;
        final AtomicBoolean begun = new AtomicBoolean();
        volatile boolean hasFailedByItself;

        Part(Run<T> run, Task<T> task) {
            this.run = run;
            this.task = task;
        }

        void runByCaller() {
            if (!begun.get() && !Thread.currentThread().isInterrupted()) {
                run.byCaller = this;
                run();
            }
        }

        @Override
        public void run() {
            if (!begun.compareAndSet(false, true)) {
                return;
            }
            if (run.over.isDone()) {
                completeExceptionally(new CancellationException("another node failed"));
                return;
            }
            try {
                complete(task.work().get());
            } catch (RuntimeException | Error e) {
                try {
                    hasFailed();
                } finally {
                    completeExceptionally(e);
                }
            }
            if (run.left.decrementAndGet() == 0) {
                run.over.complete(null);
            }
        }

        private void hasFailed() {
            if (!run.over.isDone()) {
                hasFailedByItself = true; // before anybody can hear of it
                if (run.stopAtFailure) {
                    run.over.complete(null);
                    Part<T> callers = run.byCaller;
                    if (callers != null && callers != this) {
                        callers.cancelUntilDone(); // the caller cannot, for it does that part
                    }
                }
            }
        }

        /** A statement may be sent after it was cancelled, so it is cancelled until the work has ended. */
        void cancelUntilDone() {
            while (!isDone()) {
                task.cancel().run();
                await(this, Duration.ofMillis(CANCEL_AGAIN_MILLIS));
            }
        }

        RuntimeException failure() {
            try {
                join();
                throw new IllegalStateException("It has not failed.");
            } catch (CompletionException | CancellationException e) {
                return e;
            }
        }
    }

    /** Waits for it; returns whether the thread was interrupted meanwhile. */
    private static boolean await(CompletableFuture<?> done, @Nullable Duration time) {
        try {
            if (time == null) {
                done.get();
            } else {
                done.get(time.toMillis(), TimeUnit.MILLISECONDS);
            }
            return false;
        } catch (InterruptedException e) {
            return true;
        } catch (ExecutionException | CancellationException | TimeoutException e) {
            return false;
        }
    }

    private static NodeTimeoutException tooLate(String node, @Nullable Duration time, RuntimeException cause) {
        return new NodeTimeoutException(
                "Node " + node + " has not answered within " + time + "; its statement has been cancelled.", cause);
    }

    private static RuntimeException cause(RuntimeException failure) {
        return failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
