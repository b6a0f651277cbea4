package io.shardloom.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What a server says about itself in {@code postmaster.pid}: the same lines {@code pg_ctl} waits for.
 *
 * @param pid the postmaster's process id
 * @param sharedMemory the id of its System V segment, or empty
 * @param status {@code starting}, {@code ready}, {@code standby} or {@code stopping}; empty before it says so
 */
record PostmasterFile(long pid, String sharedMemory, String status) {

    static Optional<PostmasterFile> read(Path dataDirectory) {
        try {
            var lines = Files.readAllLines(path(dataDirectory));
            if (lines.isEmpty()) {
                return Optional.empty();
            }
            var memory = line(lines, 6).split(" +", -1);
            return Optional.of(new PostmasterFile(
                    Long.parseLong(line(lines, 0)), memory.length == 2 ? memory[1] : "", line(lines, 7)));
        } catch (IOException | NumberFormatException halfWritten) {
            return Optional.empty();
        }
    }

    static Path path(Path dataDirectory) {
        return dataDirectory.resolve("postmaster.pid");
    }

    /** Whether connections are accepted: by a primary, or by a replica that has reached a consistent state. */
    boolean accepts() {
        return status.equals("ready") || status.equals("standby");
    }

    private static String line(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index).strip() : "";
    }
}
