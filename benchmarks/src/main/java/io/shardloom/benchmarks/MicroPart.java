package io.shardloom.benchmarks;

import io.shardloom.benchmarks.micro.Hashes;
import io.shardloom.benchmarks.micro.Ids;
import io.shardloom.benchmarks.micro.Routing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** What needs no server, by JMH: hashes, the routing decision, ids. */
final class MicroPart {
    /**
     * A result.
     *
     * @param name class and method
     * @param threads how many at once
     * @param nanos of one call on one thread, the median of the iterations
     * @param fastest of the iterations
     * @param slowest of the iterations
     * @param bytes allocated by one call
     */
    record Result(String name, int threads, double nanos, double fastest, double slowest, double bytes) {}

    private MicroPart() {}

    /**
     * Runs all of them.
     *
     * @param seconds of each
     * @param forks JVMs for each; 0 for this one
     */
    static List<Result> run(double seconds, int forks) throws RunnerException {
        List<Result> results = new ArrayList<>();
        results.addAll(run(seconds, forks, 1, Hashes.class, Routing.class, Ids.class));
        results.addAll(run(seconds, forks, 2, Routing.class, Ids.class));
        results.addAll(run(seconds, forks, 8, Ids.class));
        return results;
    }

    private static List<Result> run(double seconds, int forks, int threads, Class<?>... benchmarks)
            throws RunnerException {
        var iteration = TimeValue.milliseconds(Math.max(10, (long) (seconds * 1000 / 4)));
        var options = new OptionsBuilder()
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .warmupIterations(forks == 0 ? 1 : 5)
                .warmupTime(iteration)
                .measurementIterations(5)
                .measurementTime(iteration)
                .forks(forks)
                .threads(threads)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .verbosity(VerboseMode.SILENT);
        for (var benchmark : benchmarks) {
            options.include(benchmark.getName() + "\\..*");
        }
        return new Runner(options.build())
                .run().stream().map(run -> result(run, threads)).toList();
    }

    private static Result result(RunResult run, int threads) {
        var name = run.getParams().getBenchmark().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1");
        var times = run.getPrimaryResult().getStatistics();
        var bytes = run.getSecondaryResults().get("gc.alloc.rate.norm");
        return new Result(
                name,
                threads,
                times.getPercentile(50),
                times.getMin(),
                times.getMax(),
                bytes == null ? Double.NaN : bytes.getScore());
    }
}
