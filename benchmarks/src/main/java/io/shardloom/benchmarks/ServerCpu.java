package io.shardloom.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The CPU that PostgreSQL's processes have used, as Linux tells it in {@code /proc}. */
final class ServerCpu {
    private final List<Long> postmasters;

    ServerCpu(List<Long> postmasters) {
        this.postmasters = List.copyOf(postmasters);
    }

    /** Returns the servers' first processes. */
    List<Long> postmasters() {
        return postmasters;
    }

    /** Returns nanoseconds by process, of all children of the postmasters; nothing where the system does not say. */
    Map<Long, Long> read() {
        var used = new HashMap<Long, Long>();
        for (var postmaster : postmasters) {
            for (var child : children(postmaster)) {
                try {
                    var stat = Files.readString(Path.of("/proc/" + child + "/schedstat"));
                    used.put(child, Long.parseLong(stat.split(" ", -1)[0]));
                } catch (IOException gone) {
                    used.remove(child); // a process may end at any time
                }
            }
        }
        return used;
    }

    private static List<Long> children(long pid) {
        try {
            var line = Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children"))
                    .strip();
            return line.isEmpty()
                    ? List.of()
                    : Stream.of(line.split(" ", -1)).map(Long::valueOf).toList();
        } catch (IOException notLinux) {
            return List.of();
        }
    }

    /** Returns what was used between two readings, or NaN where there are none. */
    static double nanos(Map<Long, Long> before, Map<Long, Long> after) {
        if (after.isEmpty()) {
            return Double.NaN;
        }
        return after.entrySet().stream()
                .mapToLong(entry -> entry.getValue() - before.getOrDefault(entry.getKey(), 0L))
                .sum();
    }
}
