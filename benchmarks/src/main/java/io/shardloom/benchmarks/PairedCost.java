package io.shardloom.benchmarks;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * Compares what two ways to do the same cost their threads: CPU and bytes allocated.
 *
 * <p>Both do the same short slice of work one right after the other, which of them first being left to chance, so what
 * disturbs a machine for longer than some milliseconds disturbs both. The verdict is the median of the slices' ratios, with
 * the interval that holds the true median in 95 of 100 runs.
 */
final class PairedCost {
    private static final int SLICE = 100;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final int threads;
    private final int warmUp;
    private final int pairs;
    private final Random random = new Random(1);

    /**
     * Creates a comparison.
     *
     * @param threads how many do a slice at once
     * @param warmUp how many pairs of slices come before what counts
     * @param pairs how many count
     */
    PairedCost(int threads, int warmUp, int pairs) {
        this.threads = threads;
        this.warmUp = warmUp;
        this.pairs = pairs;
    }

    /**
     * What one unit of work costs.
     *
     * @param plainMicros CPU of the first way, the median
     * @param plainBytes of the first way, the median
     * @param otherMicros CPU of the second way, the median
     * @param moreBytes what the second way allocates beyond the first, the median of the pairs
     * @param ratio of the second way's CPU to the first's, the median of the pairs
     * @param low where the interval of the ratio begins
     * @param high where it ends
     */
    record Result(
            double plainMicros,
            double plainBytes,
            double otherMicros,
            double moreBytes,
            double ratio,
            double low,
            double high) {
        private static final Pattern PRINTED = Pattern.compile(
                "([\\d.]+) us +([\\d.]+) bytes +([\\d.]+) us +([-+\\d.]+) bytes +([\\d.]+) \\(([\\d.]+) to ([\\d.]+)\\)");

        /** Returns what a line with a printed result says, empty if there is none in it. */
        static Optional<Result> read(String line) {
            return PRINTED.matcher(line)
                    .results()
                    .map(found -> IntStream.rangeClosed(1, 7)
                            .mapToDouble(group -> Double.parseDouble(found.group(group)))
                            .toArray())
                    .map(n -> new Result(n[0], n[1], n[2], n[3], n[4], n[5], n[6]))
                    .findFirst();
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%8.1f us %7.0f bytes %8.1f us %+6.0f bytes %7.3f (%.3f to %.3f)",
                    plainMicros,
                    plainBytes,
                    otherMicros,
                    moreBytes,
                    ratio,
                    low,
                    high);
        }
    }

    private record Cost(double micros, double bytes) {}

    /**
     * Measures.
     *
     * @param work what there is to do, each of it done by both ways
     * @param plain the first way
     * @param other the second way
     * @param <T> what a unit of work is about
     */
    <T> Result of(List<T> work, Consumer<T> plain, Consumer<T> other) throws InterruptedException {
        var executor = Executors.newFixedThreadPool(threads);
        try {
            List<Cost> ofPlain = new ArrayList<>();
            List<Cost> ofOther = new ArrayList<>();
            for (int pair = -warmUp; pair < pairs; pair++) {
                int from = random.nextInt(work.size());
                boolean plainFirst = random.nextBoolean();
                var first = slice(executor, work, from, plainFirst ? plain : other);
                var second = slice(executor, work, from, plainFirst ? other : plain);
                if (pair >= 0) {
                    ofPlain.add(plainFirst ? first : second);
                    ofOther.add(plainFirst ? second : first);
                }
            }
            return result(ofPlain, ofOther);
        } finally {
            executor.shutdown();
        }
    }

    private <T> Cost slice(ExecutorService executor, List<T> work, int from, Consumer<T> way)
            throws InterruptedException {
        List<Callable<Cost>> slices = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            int start = from + thread * SLICE; // threads do not meet at the same rows
            slices.add(() -> slice(work, start, way));
        }
        double micros = 0;
        double bytes = 0;
        for (Future<Cost> done : executor.invokeAll(slices)) {
            try {
                micros += done.get().micros / threads;
                bytes += done.get().bytes / threads;
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
        return new Cost(micros, bytes);
    }

    private static <T> Cost slice(List<T> work, int from, Consumer<T> way) {
        long bytes = THREADS.getCurrentThreadAllocatedBytes();
        long cpu = THREADS.getCurrentThreadCpuTime();
        for (int i = 0; i < SLICE; i++) {
            way.accept(work.get((from + i) % work.size()));
        }
        return new Cost(
                (THREADS.getCurrentThreadCpuTime() - cpu) / 1e3 / SLICE,
                (THREADS.getCurrentThreadAllocatedBytes() - bytes) / (double) SLICE);
    }

    private static Result result(List<Cost> plain, List<Cost> other) {
        List<Double> ratios = new ArrayList<>();
        List<Double> more = new ArrayList<>();
        for (int i = 0; i < plain.size(); i++) {
            ratios.add(other.get(i).micros / plain.get(i).micros);
            more.add(other.get(i).bytes - plain.get(i).bytes);
        }
        Collections.sort(ratios);
        int middle = ratios.size() / 2;
        int half = (int) Math.ceil(0.98 * Math.sqrt(ratios.size())); // of the binomial distribution of ranks
        return new Result(
                Numbers.median(plain.stream().map(Cost::micros).toList()),
                Numbers.median(plain.stream().map(Cost::bytes).toList()),
                Numbers.median(other.stream().map(Cost::micros).toList()),
                Numbers.median(more),
                Numbers.median(ratios),
                ratios.get(Math.max(0, middle - half)),
                ratios.get(Math.min(ratios.size() - 1, middle + half)));
    }
}
