package io.shardloom.testing;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** One run of one server, from its start to its end. Safe for use by several threads. */
final class ServerProcess {

    /** The port was free when it was chosen, and somebody took it before the server could. */
    static final class PortTakenException extends EmbeddedClusterException {
        PortTakenException(String message) {
            super(message);
        }
    }

    private static final int TAIL_LINES = 25;

    private final String name;
    private final Path directory;
    private final Process process;
    private final long pid;
    private final Duration deadline;

    private ServerProcess(String name, Path directory, Process process, long pid, Duration deadline) {
        this.name = name;
        this.directory = directory;
        this.process = process;
        this.pid = pid;
        this.deadline = deadline;
    }

    /** Starts {@code postgres} itself, and returns when it accepts connections. */
    static ServerProcess start(ClusterContext context, String name, Path directory, int port) {
        var log = log(directory);
        var data = directory.resolve("data");
        var deadline = context.config().deadline();
        try {
            var before = PostmasterFile.read(data).map(PostmasterFile::pid).orElse(-1L);
            var logStart = Files.exists(log) ? Files.size(log) : 0L;
            var process = Shell.detached(context.launcher()
                            .wrap(List.of(
                                    context.postgres("postgres"),
                                    "-D",
                                    data.toString(),
                                    "-p",
                                    Integer.toString(port),
                                    "-c",
                                    "cluster_name=" + name)))
                    .directory(directory.toFile())
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
            try {
                Await.until(
                        "server " + name + " accepts connections on port " + port,
                        deadline,
                        () -> isReady(name, process, data, before, log, logStart),
                        () -> tailFor(log));
            } catch (EmbeddedClusterException e) {
                Processes.killTree(process.pid());
                throw e;
            }
            var pid = PostmasterFile.read(data).map(PostmasterFile::pid).orElse(process.pid());
            return new ServerProcess(name, directory, process, pid, deadline);
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot start server " + name + " in " + directory + ": " + e, e);
        }
    }

    private static boolean isReady(String name, Process process, Path data, long before, Path log, long logStart)
            throws IOException {
        if (!process.isAlive()) {
            var output = Files.readString(log, StandardCharsets.UTF_8);
            var news = output.substring((int) Math.min(logStart, output.length()));
            if (news.contains("could not bind") || news.contains("could not create any TCP/IP sockets")) {
                throw new PortTakenException(
                        "The port of server " + name + " is in use by another process." + tailFor(log));
            }
            throw new EmbeddedClusterException("Server " + name + " ended at its start, with exit code "
                    + process.exitValue() + "." + tailFor(log));
        }
        // A file left by a killed predecessor names another process.
        return PostmasterFile.read(data)
                .filter(state -> state.pid() != before && state.accepts())
                .isPresent();
    }

    long pid() {
        return pid;
    }

    boolean isAlive() {
        return process.isAlive() && Processes.alive(pid);
    }

    boolean isPaused() {
        return Files.exists(pauseFile());
    }

    /** Ends it: SIGINT rolls back and disconnects everybody, SIGQUIT leaves recovery to the next start. */
    void end(String signal) {
        resume();
        Shell.signal(signal, List.of(pid));
        awaitEnd();
    }

    void awaitEnd() {
        Await.until("server " + name + " has ended", deadline, this::hasEnded, () -> tailFor(log(directory)));
    }

    /** With su and runuser there is a process above the server. It stops when the server is stopped, so wake it up. */
    private boolean hasEnded() {
        if (isAlive()) {
            return false;
        }
        if (process.isAlive() && process.pid() != pid) {
            Shell.signal("CONT", List.of(process.pid()));
        }
        return !process.isAlive();
    }

    private List<Long> tree() {
        var pids = new ArrayList<>(Processes.tree(pid));
        if (process.pid() != pid) {
            pids.add(process.pid());
        }
        return pids;
    }

    void signal(String signal) {
        Shell.signal(signal, List.of(pid));
    }

    /** Ends it and all its children at once, and clears what only a clean end would have cleared. */
    void kill() {
        var sharedMemory = PostmasterFile.read(directory.resolve("data"))
                .map(PostmasterFile::sharedMemory)
                .orElse("");
        Processes.killTree(pid);
        awaitEnd();
        try {
            Files.deleteIfExists(pauseFile());
            Files.deleteIfExists(PostmasterFile.path(directory.resolve("data")));
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot clear away what server " + name + " left: " + e, e);
        }
        if (!sharedMemory.isEmpty()) {
            Shell.run(Duration.ofSeconds(60), null, List.of("ipcrm", "-m", sharedMemory));
        }
    }

    /**
     * Freezes the whole tree. The list of frozen processes goes to a file, which the watchdog reads, too: a frozen
     * child would not notice that its parent has ended.
     */
    void pause() {
        Shell.signal("STOP", List.of(pid));
        var pids = tree();
        try {
            var lines = new ArrayList<String>();
            pids.forEach(p -> lines.add(p.toString()));
            Files.write(pauseFile(), lines);
        } catch (IOException e) {
            Shell.signal("CONT", List.of(pid));
            throw new EmbeddedClusterException("Cannot note down that server " + name + " is paused: " + e, e);
        }
        Shell.signal("STOP", pids);
    }

    void resume() {
        if (isPaused()) {
            Shell.signal("CONT", tree());
            try {
                Files.deleteIfExists(pauseFile());
            } catch (IOException e) {
                throw new EmbeddedClusterException("Cannot note down that server " + name + " goes on: " + e, e);
            }
        }
    }

    /** Ends many at once without a last checkpoint, for files that will be deleted anyway. */
    static void endAll(Collection<ServerProcess> processes) {
        var running = processes.stream().filter(ServerProcess::isAlive).toList();
        running.forEach(ServerProcess::resume);
        Shell.signal("QUIT", running.stream().map(ServerProcess::pid).toList());
        for (var server : running) {
            try {
                server.awaitEnd();
            } catch (EmbeddedClusterException stubborn) {
                server.kill();
            }
        }
    }

    static Path log(Path directory) {
        return directory.resolve("server.log");
    }

    /** The last lines of the log, ready to be appended to a message. */
    static String tailFor(Path log) {
        var lines = tail(log, TAIL_LINES);
        return lines.isEmpty()
                ? " Its log " + log + " is empty."
                : " The end of its log " + log + ":\n  " + String.join("\n  ", lines);
    }

    static List<String> tail(Path log, int lines) {
        try (var file = new RandomAccessFile(log.toFile(), "r")) {
            var length = Math.min(file.length(), 256L * Math.max(lines, 1));
            file.seek(file.length() - length);
            var bytes = new byte[(int) length];
            file.readFully(bytes);
            var all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        } catch (IOException noLog) {
            return List.of();
        }
    }

    private Path pauseFile() {
        return directory.resolve("paused");
    }
}
