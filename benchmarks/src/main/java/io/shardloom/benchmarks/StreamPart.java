package io.shardloom.benchmarks;

import io.shardloom.Sharding;
import io.shardloom.benchmarks.side.SideMain;
import io.shardloom.benchmarks.side.StreamMain;
import io.shardloom.hibernate.Shardloom;
import io.shardloom.testing.EmbeddedServer;
import jakarta.persistence.Persistence;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;

/** Very many rows of two nodes, streamed in one order through a small heap. */
final class StreamPart {
    private static final int NODES = 2;
    private static final int SENSORS_OF_NODE = 16;
    private static final String HEAP = "64m";
    private static final String DATABASE = "readings";

    /**
     * What came of it.
     *
     * @param wanted how many rows there are
     * @param rows how many came
     * @param ordered whether each came after the one before it
     * @param seconds from the question to the last row
     * @param bytes allocated
     * @param kept what a collection left of the heap at the end
     */
    record Result(long wanted, long rows, boolean ordered, double seconds, double bytes, double kept) {
        boolean isRight() {
            return rows == wanted && ordered;
        }
    }

    private final Options options;
    private final Servers servers;
    private final String classPath;
    private final Path directory;

    StreamPart(Options options, Servers servers, ClassPaths classPaths, Path directory) {
        this.options = options;
        this.servers = servers;
        this.classPath = classPaths.of(SideKind.SHARDLOOM);
        this.directory = directory;
    }

    Result run() throws IOException, InterruptedException, SQLException {
        var cluster = servers.cluster();
        cluster.createDatabase(DATABASE);
        var settings = servers.sharded(DATABASE, NODES, EmbeddedServer::port);
        long each = Math.max(1, options.rows() / (NODES * SENSORS_OF_NODE));
        var create = new HashMap<String, Object>(settings);
        create.put("jakarta.persistence.schema-generation.database.action", "drop-and-create");
        try (var factory = Persistence.createEntityManagerFactory(StreamMain.UNIT, create)) {
            var loads = new ArrayList<CompletableFuture<Void>>();
            sensors(Shardloom.of(factory).sharding())
                    .forEach((node, sensors) -> loads.add(CompletableFuture.runAsync(
                            () -> load(cluster.node(node).primary(), sensors, each))));
            loads.forEach(CompletableFuture::join);
        }
        var numbers = stream(settings);
        return new Result(
                each * NODES * SENSORS_OF_NODE, (long) numbers[0], numbers[1] == 1, numbers[2], numbers[3], numbers[4]);
    }

    /** The first numbers that each node holds, as many of each. */
    private static Map<String, List<Long>> sensors(Sharding sharding) {
        Map<String, List<Long>> sensors = new LinkedHashMap<>();
        sharding.nodes().forEach(node -> sensors.put(node.name(), new ArrayList<>()));
        for (long sensor = 1; sensors.values().stream().anyMatch(few -> few.size() < SENSORS_OF_NODE); sensor++) {
            var ofNode = sensors.computeIfAbsent(
                    sharding.nodeOf(sharding.key(sensor)).name(), name -> new ArrayList<>());
            if (ofNode.size() < SENSORS_OF_NODE) {
                ofNode.add(sensor);
            }
        }
        return sensors;
    }

    private static void load(EmbeddedServer server, List<Long> sensors, long each) {
        try (var connection = server.connect(DATABASE);
                var statement = connection.createStatement()) {
            for (var sensor : sensors) {
                statement.execute("insert into readings (sensor, number, celsius) select " + sensor
                        + ", n, 20 + n % 10 / 10.0 from generate_series(1, " + each + ") n");
            }
            statement.execute("vacuum analyze readings");
        } catch (SQLException e) {
            throw new IllegalStateException("The readings of " + server + " cannot be made.", e);
        }
    }

    private double[] stream(Map<String, String> settings) throws IOException, InterruptedException {
        var file = directory.resolve("stream.properties");
        var properties = new Properties();
        properties.putAll(settings);
        try (var writer = Files.newBufferedWriter(file)) {
            properties.store(writer, null);
        }
        var process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xmx" + HEAP,
                        "-XX:+UseSerialGC",
                        "-classpath",
                        classPath,
                        StreamMain.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        var line = output.lines()
                .filter(each -> each.startsWith(SideMain.MARK))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("The rows cannot be streamed:\n" + output));
        var parts = line.substring(SideMain.MARK.length()).split(" ", -1);
        var numbers = new double[parts.length];
        for (int i = 0; i < parts.length; i++) {
            numbers[i] = Double.parseDouble(parts[i]);
        }
        return numbers;
    }
}
