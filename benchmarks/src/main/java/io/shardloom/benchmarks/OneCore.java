package io.shardloom.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Stream;

/**
 * Keeps processes on one core. With a client and a server that answer each other in turn on several cores, waking the one
 * that sleeps costs more than the work, and how often it happens is the scheduler's choice.
 */
final class OneCore {
    private OneCore() {}

    /**
     * Works while processes, and those they have started, are on one of the cores that this process may use; on a system
     * that has no {@code taskset} they stay where they are.
     */
    static void during(Collection<Long> pids, Runnable work) {
        var cores = cores();
        move(pids, last(cores));
        try {
            work.run();
        } finally {
            move(pids, cores);
        }
    }

    /** Tells whether the system lets a process choose its cores. */
    static boolean isPossible() {
        var cores = cores();
        return !cores.isEmpty() && taskset(cores, ProcessHandle.current().pid());
    }

    /**
     * Keeps this process, and those it starts from now on, on one of the cores it may use, for good.
     *
     * @return false where the system does not let it
     */
    static boolean take() {
        var cores = cores();
        return !cores.isEmpty() && taskset(last(cores), ProcessHandle.current().pid());
    }

    private static String last(String cores) {
        return cores.replaceAll(".*\\D", "");
    }

    private static void move(Collection<Long> pids, String where) {
        if (!where.isEmpty()) {
            pids.stream()
                    .flatMap(pid -> ProcessHandle.of(pid).stream())
                    .flatMap(process -> Stream.concat(Stream.of(process), process.descendants()))
                    .forEach(process -> taskset(where, process.pid()));
        }
    }

    /** Returns the cores this process may use as the system writes them, empty where it does not tell. */
    private static String cores() {
        try (var lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith("Cpus_allowed_list:"))
                    .map(line -> line.replaceFirst("\\S+\\s+", ""))
                    .findFirst()
                    .orElse("");
        } catch (IOException notLinux) {
            return "";
        }
    }

    private static boolean taskset(String cores, long pid) {
        try {
            return new ProcessBuilder("taskset", "-a", "-c", "-p", cores, Long.toString(pid))
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException notThere) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
