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
     * @param nanos of one call on one thread
     * @param error half the width of the 99.9 % interval, NaN for too few iterations
     * @param bytes allocated by one call
     */
    record Result(String name, int threads, double nanos, double error, double bytes) {}

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
        var iteration = TimeValue.milliseconds(Math.max(10, (long) (seconds * 1000 / 10)));
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
        var time = run.getPrimaryResult();
        var bytes = run.getSecondaryResults().get("gc.alloc.rate.norm");
        return new Result(
                name, threads, time.getScore(), time.getScoreError(), bytes == null ? Double.NaN : bytes.getScore());
    }
}
