package io.shardloom.benchmarks;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How much is measured.
 *
 * @param seconds for each operation, number of threads and side
 * @param forks how many JVMs each side gets, one after the other
 * @param boots how often each boot is measured
 * @param customers how many there are, each with ten orders
 * @param rows how many are streamed
 * @param threads the numbers of threads
 * @param jvm options of the measured JVMs besides their heap
 * @param parts what is measured
 * @param report the file that is written
 */
record Options(
        double seconds,
        int forks,
        int boots,
        int customers,
        long rows,
        List<Integer> threads,
        List<String> jvm,
        Set<Part> parts,
        Path report) {

    /** A part of the run. */
    enum Part {
        /** Sides beside each other: operations, boot, footprint, round trips. */
        SIDES,
        /** What needs no server, by JMH. */
        MICRO,
        /** Partitions and plans. */
        LAYOUTS,
        /** Nodes, entities, keys. */
        GROWTH,
        /** Very many rows through a small heap. */
        STREAM,
        /** Programs that measure one thing each. */
        PROGRAMS
    }

    /** Reads {@code name=value} arguments; an empty value is the default. */
    static Options of(String... args) {
        Map<String, String> given = new HashMap<>();
        for (var arg : args) {
            var parts = arg.split("=", 2);
            if (parts.length == 2 && !parts[1].isEmpty()) {
                given.put(parts[0], parts[1]);
            }
        }
        return new Options(
                Double.parseDouble(given.getOrDefault("seconds", "0.95")),
                Integer.parseInt(given.getOrDefault("forks", "1")),
                Integer.parseInt(given.getOrDefault("boots", "5")),
                Integer.parseInt(given.getOrDefault("customers", "20000")),
                Long.parseLong(given.getOrDefault("rows", "10000000")),
                numbers(given.getOrDefault("threads", "1,8")),
                words(given.getOrDefault("jvm", "")),
                parts(given.getOrDefault("only", "all")),
                Path.of(given.getOrDefault("report", "docs/benchmarks.md")));
    }

    boolean has(Part part) {
        return parts.contains(part);
    }

    private static List<Integer> numbers(String list) {
        return Arrays.stream(list.split(",", -1)).map(Integer::valueOf).toList();
    }

    private static List<String> words(String list) {
        return Arrays.stream(list.split(" ", -1))
                .filter(word -> !word.isEmpty())
                .toList();
    }

    private static Set<Part> parts(String list) {
        var parts = EnumSet.noneOf(Part.class);
        for (var name : list.split(",", -1)) {
            if (name.equals("all")) {
                parts.addAll(EnumSet.allOf(Part.class));
            } else {
                parts.add(Part.valueOf(name.toUpperCase(Locale.ROOT)));
            }
        }
        return parts;
    }
}
