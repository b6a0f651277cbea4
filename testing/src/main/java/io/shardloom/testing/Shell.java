package io.shardloom.testing;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Runs the machine's own commands, with a deadline. */
final class Shell {

    record Result(int exit, String output) {
        boolean ok() {
            return exit == 0;
        }
    }

    private static final boolean HAS_SETSID = onPath("setsid");

    private Shell() {}

    /** Runs a command to its end; exit 127 when it cannot be started. */
    static Result run(Duration deadline, @Nullable Path directory, List<String> command) {
        try {
            var output = Files.createTempFile("shardloom-", ".out");
            try {
                var builder = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(output.toFile())
                        .redirectInput(new File("/dev/null"));
                if (directory != null) {
                    builder.directory(directory.toFile());
                }
                cleanEnvironment(builder);
                var process = builder.start();
                if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.destroyForcibly();
                    throw new EmbeddedClusterException("'" + String.join(" ", command) + "' did not end within "
                            + deadline.toMillis() + " ms. Its output: " + Files.readString(output));
                }
                return new Result(process.exitValue(), Files.readString(output));
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            return new Result(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedClusterException("Interrupted while running '" + String.join(" ", command) + "'", e);
        }
    }

    /** Sends a signal to those of the processes that still exist; the shell's own kill needs no package. */
    static void signal(String signal, Collection<Long> pids) {
        if (!pids.isEmpty()) {
            var list = pids.stream().map(String::valueOf).collect(Collectors.joining(" "));
            run(
                    Duration.ofSeconds(60),
                    null,
                    List.of("sh", "-c", "for p in " + list + "; do kill -" + signal + " $p; done"));
        }
    }

    /** Starts a long-lived process outside the terminal's process group where possible, so that Ctrl-C spares it. */
    static ProcessBuilder detached(List<String> command) {
        var full = HAS_SETSID
                ? Stream.concat(Stream.of("setsid"), command.stream()).toList()
                : command;
        var builder = new ProcessBuilder(full);
        cleanEnvironment(builder);
        return builder;
    }

    static boolean onPath(String tool) {
        var path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Stream.of(path.split(File.pathSeparator)).anyMatch(dir -> Files.isExecutable(Path.of(dir, tool)));
    }

    static String quote(String argument) {
        return "'" + argument.replace("'", "'\\''") + "'";
    }

    static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        for (int attempt = 0; ; attempt++) {
            try (var paths = Files.walk(root)) {
                for (var path : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                    Files.deleteIfExists(path);
                }
                return;
            } catch (IOException | UncheckedIOException e) {
                // A dying server may still write or unlink files below us: look again.
                if (!Files.exists(root)) {
                    return;
                }
                if (attempt == 20) {
                    throw new EmbeddedClusterException("Cannot delete " + root + ": " + e, e);
                }
            }
        }
    }

    private static void cleanEnvironment(ProcessBuilder builder) {
        var environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        environment.put("LC_ALL", "C");
        environment.put("TZ", "UTC");
    }
}
