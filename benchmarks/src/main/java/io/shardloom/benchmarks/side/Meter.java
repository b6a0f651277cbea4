package io.shardloom.benchmarks.side;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs an operation for a while on some threads. CPU and bytes are those of all threads that run Java code, so that a
 * side's own executors count; the collector's and the compiler's threads are not among them.
 */
final class Meter implements AutoCloseable {
    /**
     * What one slice gave.
     *
     * @param operations how many were done
     * @param perSecond the sum of each thread's own rate
     * @param cpuNanos of all Java threads
     * @param bytes allocated by all Java threads
     */
    record Slice(long operations, double perSecond, long cpuNanos, long bytes) {}

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Side side;
    private final ExecutorService workers = Executors.newCachedThreadPool();
    private final List<Random> randoms = new ArrayList<>();
    private Histogram latencies = new Histogram();
    private volatile boolean over;

    Meter(Side side) {
        this.side = side;
    }

    Slice run(Op op, int threads, long millis) throws InterruptedException, ExecutionException {
        while (randoms.size() < threads) {
            randoms.add(new Random(randoms.size()));
        }
        over = false;
        var ready = new CountDownLatch(threads);
        var go = new CountDownLatch(1);
        var running = new ArrayList<Future<Worker>>();
        for (int i = 0; i < threads; i++) {
            var random = randoms.get(i);
            var worker = new Worker(op, random);
            running.add(workers.submit(() -> {
                ready.countDown();
                go.await();
                return worker.call();
            }));
        }
        ready.await();
        var before = used();
        go.countDown();
        Thread.sleep(millis);
        over = true;
        long operations = 0;
        double perSecond = 0;
        for (var future : running) {
            var worker = future.get();
            operations += worker.operations;
            perSecond += worker.operations * 1e9 / worker.nanos;
            latencies.add(worker.histogram);
        }
        var since = since(before);
        return new Slice(operations, perSecond, since.cpuNanos, since.bytes);
    }

    /** Returns the latencies since the last call. */
    Histogram takeLatencies() {
        var taken = latencies;
        latencies = new Histogram();
        return taken;
    }

    private final class Worker {
        private final Op op;
        private final Random random;
        private final Histogram histogram = new Histogram();
        private long operations;
        private long nanos;

        Worker(Op op, Random random) {
            this.op = op;
            this.random = random;
        }

        Worker call() {
            long start = System.nanoTime();
            long last = start;
            do {
                side.run(op, random);
                long now = System.nanoTime();
                histogram.add(now - last);
                last = now;
                operations++;
            } while (!over);
            nanos = last - start;
            return this;
        }
    }

    /** What a thread has used since it began. */
    private record Used(long cpuNanos, long bytes) {}

    private static Map<Long, Used> used() {
        var ids = THREADS.getAllThreadIds();
        var cpu = THREADS.getThreadCpuTime(ids);
        var bytes = THREADS.getThreadAllocatedBytes(ids);
        var used = new HashMap<Long, Used>();
        for (int i = 0; i < ids.length; i++) {
            if (cpu[i] >= 0 && bytes[i] >= 0) {
                used.put(ids[i], new Used(cpu[i], bytes[i]));
            }
        }
        return used;
    }

    /** A thread that has ended meanwhile is not counted, nor what it did before. */
    private static Used since(Map<Long, Used> before) {
        long cpuNanos = 0;
        long bytes = 0;
        for (var thread : used().entrySet()) {
            var then = before.getOrDefault(thread.getKey(), new Used(0, 0));
            cpuNanos += thread.getValue().cpuNanos - then.cpuNanos;
            bytes += thread.getValue().bytes - then.bytes;
        }
        return new Used(cpuNanos, bytes);
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
