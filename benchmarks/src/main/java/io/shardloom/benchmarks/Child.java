package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.Op;
import io.shardloom.benchmarks.side.SideMain;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** One measured JVM. It works only while it is asked something, so only one works at a time. */
final class Child implements AutoCloseable {
    private final String label;
    private final Process process;
    private final Path log;
    private final BufferedReader in;
    private final Writer out;
    private double bootMillis = Double.NaN;

    private Child(String label, Process process, Path log) {
        this.label = label;
        this.process = process;
        this.log = log;
        this.in = process.inputReader(StandardCharsets.UTF_8);
        this.out = process.outputWriter(StandardCharsets.UTF_8);
    }

    /** Starts a JVM and waits until its side has found a first row. */
    static Child start(
            String label, String classPath, Map<String, String> settings, Path directory, List<String> options)
            throws IOException {
        var child = launch(label, classPath, settings, directory, options);
        child.awaitBoot();
        return child;
    }

    /** Starts a JVM, which is to be waited for before it is asked anything. */
    static Child launch(
            String label, String classPath, Map<String, String> settings, Path directory, List<String> options)
            throws IOException {
        var name = label.replaceAll("[^A-Za-z0-9]+", "-");
        var file = directory.resolve(name + ".properties");
        var properties = new Properties();
        properties.putAll(settings);
        properties.setProperty("directory", directory.toString());
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        var log = directory.resolve(name + ".log");
        List<String> command =
                new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-Xms512m", "-Xmx512m"));
        command.addAll(options);
        command.addAll(List.of("-classpath", classPath, SideMain.class.getName(), file.toString()));
        var process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        return new Child(label, process, log);
    }

    /** Waits until its side has found a first row. */
    void awaitBoot() throws IOException {
        bootMillis = Double.parseDouble(reply());
    }

    String label() {
        return label;
    }

    long pid() {
        return process.pid();
    }

    double bootMillis() {
        return bootMillis;
    }

    String ask(String command) {
        try {
            out.write(command + "\n");
            out.flush();
            return reply();
        } catch (IOException e) {
            throw new UncheckedIOException(label + " does not answer; its log is " + log, e);
        }
    }

    boolean supports(Op op) {
        return !ask("answer " + op).equals("unsupported");
    }

    double[] numbers(String command) {
        var reply = ask(command);
        if (reply.startsWith("failed")) {
            throw new IllegalStateException(label + ", " + command + ": " + reply + "; its log is " + log);
        }
        var parts = reply.split(" ", -1);
        var numbers = new double[parts.length];
        for (int i = 0; i < parts.length; i++) {
            numbers[i] = Double.parseDouble(parts[i]);
        }
        return numbers;
    }

    double[] slice(Op op, int threads, long millis) {
        return numbers("slice " + op + " " + threads + " " + millis);
    }

    private String reply() throws IOException {
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (line.startsWith(SideMain.MARK)) {
                return line.substring(SideMain.MARK.length());
            }
        }
        throw new IOException(label + " has ended:\n" + Files.readString(log));
    }

    @Override
    public void close() {
        try {
            out.write("exit\n");
            out.flush();
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (IOException alreadyOver) {
            process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
