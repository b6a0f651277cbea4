package io.shardloom.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A cluster in a JVM of its own, with what must be gone after that JVM. */
record ForkedCluster(Process jvm, List<Long> processes, Path directory) {

    static ForkedCluster start(String end, String... options) throws IOException {
        var java = ProcessHandle.current().info().command().orElseThrow();
        var command = new ArrayList<String>(List.of(java, "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ClusterMain.class.getName(), end));
        var jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
        var output = new ArrayList<String>();
        // Left open: closing it would close the JVM's standard output.
        var reader = new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8));
        for (var line = reader.readLine(); line != null && !line.equals("ready"); line = reader.readLine()) {
            output.add(line);
        }
        var directory = values(output, "directory ")
                .findFirst()
                .orElseThrow(() -> new AssertionError("The JVM ended before its cluster was ready:\n" + output));
        return new ForkedCluster(jvm, jvm.descendants().map(ProcessHandle::pid).toList(), Path.of(directory));
    }

    private static Stream<String> values(List<String> output, String key) {
        return output.stream().filter(line -> line.startsWith(key)).map(line -> line.substring(key.length()));
    }

    void signal(String signal) {
        Shell.signal(signal, List.of(jvm.pid()));
    }

    /** The shell that watches over the servers. */
    ProcessHandle watchdog() {
        return jvm.children()
                .filter(child -> child.info().commandLine().orElse("").contains("shardloom-watchdog"))
                .findFirst()
                .orElseThrow();
    }

    void awaitNothingLeft() {
        Await.until("the JVM has ended", Duration.ofSeconds(60), () -> !jvm.isAlive());
        Await.until(
                "processes " + processes + " and " + directory + " are gone",
                Duration.ofSeconds(60),
                () -> processes.stream().noneMatch(Processes::alive) && !Files.exists(directory));
    }
}
