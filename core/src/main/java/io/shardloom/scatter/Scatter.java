package io.shardloom.scatter;

import io.shardloom.failure.NodeTimeoutException;
import io.shardloom.failure.ScatterException;
import io.shardloom.failure.ShardloomException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs work on several nodes at once, on a bounded number of threads for all callers together. Thread-safe.
 *
 * <p>Work for one node runs on the thread of its caller. If the work of one node fails, or the time is up, that of the
 * others is cancelled, on their servers too, and waited for.
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
        Outcome<T> outcome = run(tasks, time, true);
        if (!outcome.failures().isEmpty()) {
            throw failure(outcome.failures(), tasks.size());
        }
        return List.copyOf(outcome.results().values());
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
        return run(tasks, time, false);
    }

    private <T> Outcome<T> run(List<Task<T>> tasks, @Nullable Duration time, boolean stopAtFailure) {
        List<CompletableFuture<T>> futures = new ArrayList<>();
        CompletableFuture<Void> failed = new CompletableFuture<>();
        Set<String> failedByThemselves = ConcurrentHashMap.newKeySet();
        for (Task<T> task : tasks) {
            futures.add(CompletableFuture.supplyAsync(
                    () -> {
                        if (failed.isDone()) {
                            throw new CancellationException("another node failed");
                        }
                        try {
                            return task.work().get();
                        } catch (RuntimeException | Error e) {
                            if (!failed.isDone()) {
                                failedByThemselves.add(task.node()); // before anybody can hear of it
                                if (stopAtFailure) {
                                    failed.complete(null);
                                }
                            }
                            throw e;
                        }
                    },
                    threads));
        }
        Map<String, RuntimeException> failures = new LinkedHashMap<>();
        CompletableFuture<Void> done = CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
        boolean interrupted = await(CompletableFuture.anyOf(done.exceptionally(e -> null), failed), time);
        boolean late = !done.isDone() && !failed.isDone();
        failed.complete(null);
        cancel(tasks, futures);
        Map<String, T> results = new LinkedHashMap<>();
        for (int i = 0; i < tasks.size(); i++) {
            String node = tasks.get(i).node();
            try {
                results.put(node, futures.get(i).join());
            } catch (RuntimeException e) {
                if (failedByThemselves.contains(node)) {
                    failures.put(node, cause(e));
                } else if (late) {
                    failures.put(node, tooLate(node, time, e));
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
            throw new ShardloomException("The thread was interrupted while it waited for nodes "
                    + tasks.stream().map(Task::node).toList() + "; their statements have been cancelled.");
        }
        return new Outcome<>(results, failures);
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
        } catch (ExecutionException | TimeoutException e) {
            return false;
        }
    }

    /** A statement may be sent after it was cancelled, so it is cancelled until the work has ended. */
    private static <T> void cancel(List<Task<T>> tasks, List<CompletableFuture<T>> futures) {
        for (int i = 0; i < tasks.size(); i++) {
            CompletableFuture<T> future = futures.get(i);
            while (!future.isDone()) {
                tasks.get(i).cancel().run();
                await(future, Duration.ofMillis(CANCEL_AGAIN_MILLIS));
            }
        }
    }

    private static NodeTimeoutException tooLate(String node, @Nullable Duration time, RuntimeException cause) {
        return new NodeTimeoutException(
                "Node " + node + " has not answered within " + time + "; its statement has been cancelled.", cause);
    }

    private static RuntimeException cause(RuntimeException failure) {
        return failure.getCause() instanceof RuntimeException cause ? cause : failure;
    }

    private static ScatterException failure(Map<String, RuntimeException> failures, int nodes) {
        return new ScatterException(failures, nodes);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
