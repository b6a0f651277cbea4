package io.shardloom.benchmarks;

import io.shardloom.benchmarks.side.BootMain;
import io.shardloom.benchmarks.side.SideMain;
import io.shardloom.testing.EmbeddedServer;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import javax.tools.ToolProvider;

/** What a unit of many entities costs to boot, by plain Hibernate and by Shardloom, in JVMs of their own, in turn. */
final class EntitiesPart {
    private static final List<Integer> SIZES = List.of(10, 100, 400);
    private static final List<SideKind> SIDES = List.of(SideKind.PLAIN, SideKind.SHARDLOOM);
    private static final String PACKAGE = "io.shardloom.benchmarks.generated";

    private final Options options;
    private final Servers servers;
    private final ClassPaths classPaths;
    private final Path directory;

    EntitiesPart(Options options, Servers servers, ClassPaths classPaths, Path directory) {
        this.options = options;
        this.servers = servers;
        this.classPaths = classPaths;
        this.directory = directory;
    }

    void run(Report report) throws IOException, InterruptedException, SQLException {
        servers.cluster().createDatabase("entities");
        for (var server : servers.primaries().subList(0, 2)) {
            try (var connection = server.connect("entities");
                    var statement = connection.createStatement()) {
                statement.execute("create table entity_0 (id bigint primary key, first varchar(255), second integer,"
                        + " third timestamp)");
            }
        }
        List<List<String>> rows = new ArrayList<>();
        for (int size : SIZES) {
            var classes = compile(size);
            Map<SideKind, List<double[]>> boots = new LinkedHashMap<>();
            for (int i = 0; i < Math.max(1, Math.min(3, options.boots())); i++) {
                for (var side : SIDES) {
                    boots.computeIfAbsent(side, any -> new ArrayList<>()).add(boot(side, classes));
                }
            }
            boots.forEach((side, measured) -> rows.add(List.of(
                    Integer.toString(size),
                    side.label(),
                    Report.spread(column(measured, 0)) + " ms",
                    Numbers.bytes(Numbers.median(column(measured, 1))),
                    Numbers.of(Numbers.median(column(measured, 2))))));
        }
        report.table(
                "Entities",
                "From the start of main to a first find, for a unit of entities with three columns each, on two"
                        + " nodes.",
                List.of("entities", "side", "boot to first find", "heap", "classes"),
                rows);
    }

    private static List<Double> column(List<double[]> measured, int column) {
        return measured.stream().map(numbers -> numbers[column]).toList();
    }

    private Path compile(int size) throws IOException {
        var sources = Files.createDirectories(directory.resolve("entities-" + size));
        var classes = Files.createDirectories(directory.resolve("entities-" + size + "-classes"));
        List<String> arguments = new ArrayList<>(List.of(
                "-proc:none",
                "-nowarn",
                "-classpath",
                String.join(File.pathSeparator, classPaths.shardloom()),
                "-d",
                classes.toString()));
        for (int i = 0; i < size; i++) {
            var file = sources.resolve("Entity" + i + ".java");
            Files.writeString(file, source(i));
            arguments.add(file.toString());
        }
        if (ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)) != 0) {
            throw new IllegalStateException("The entities in " + sources + " do not compile.");
        }
        Files.createDirectories(classes.resolve("META-INF"));
        Files.writeString(classes.resolve("META-INF/persistence.xml"), unit(size));
        return classes;
    }

    private static String source(int number) {
        return """
            package %1$s;
            import jakarta.persistence.*;
            @Entity @Table(name = "entity_%2$d")
            public class Entity%2$d {
                @Id @io.shardloom.hibernate.ShardKey Long id;
                String first; Integer second; java.time.LocalDateTime third;
            }
            """.formatted(PACKAGE, number);
    }

    private static String unit(int size) {
        var classes = new StringBuilder();
        IntStream.range(0, size).forEach(i -> classes.append("<class>" + PACKAGE + ".Entity" + i + "</class>\n"));
        return """
            <persistence xmlns="https://jakarta.ee/xml/ns/persistence" version="3.2">
              <persistence-unit name="%s">
            %s<exclude-unlisted-classes/>
              </persistence-unit>
            </persistence>
            """.formatted(BootMain.UNIT, classes);
    }

    private double[] boot(SideKind side, Path classes) throws IOException, InterruptedException {
        var settings = new Properties();
        settings.putAll(servers.sharded("entities", 2, EmbeddedServer::port));
        settings.put("side", side.setting());
        settings.put("user", servers.cluster().user());
        settings.put("password", servers.cluster().password());
        settings.put("url.0", servers.primaries().get(0).jdbcUrl("entities"));
        var file = directory.resolve("boot.properties");
        try (var writer = Files.newBufferedWriter(file)) {
            settings.store(writer, null);
        }
        var process = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-Xms512m",
                        "-Xmx512m",
                        "-classpath",
                        classPaths.of(side, classes),
                        BootMain.class.getName(),
                        file.toString(),
                        PACKAGE + ".Entity0")
                .redirectErrorStream(true)
                .start();
        var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines()
                .filter(line -> line.startsWith(SideMain.MARK))
                .map(line -> line.substring(SideMain.MARK.length()).split(" ", -1))
                .map(parts -> new double[] {
                    Double.parseDouble(parts[0]), Double.parseDouble(parts[1]), Double.parseDouble(parts[2])
                })
                .findFirst()
                .orElseThrow(() -> new IllegalStateException(side.label() + " does not boot:\n" + output));
    }
}
