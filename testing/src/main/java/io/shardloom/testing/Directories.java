package io.shardloom.testing;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Where this module keeps its files. The account the servers run under must be able to enter each of them. */
final class Directories {

    /** Where the unpacked PostgreSQL is kept from one run to the next. */
    static final String CACHE_PROPERTY = "shardloom.testing.cache";

    /** Where clusters keep their data while they run. */
    static final String CLUSTERS_PROPERTY = "shardloom.testing.clusters";

    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ENOUGH_MEMORY = 4L << 30;

    private Directories() {}

    static Path binaries() {
        var chosen = System.getProperty(CACHE_PROPERTY);
        return chosen == null || chosen.isBlank()
                ? open(root(temporary()).resolve("binaries"))
                : open(Path.of(chosen).toAbsolutePath());
    }

    /**
     * Returns the directory for the data of new clusters: in memory where there is plenty of it and nobody asked for
     * fsync, because data that is thrown away need not wait for a disk.
     */
    static Path clusters(boolean fsync) {
        var chosen = System.getProperty(CLUSTERS_PROPERTY);
        if (chosen != null && !chosen.isBlank()) {
            return open(Path.of(chosen).toAbsolutePath());
        }
        return open(root(!fsync && hasMemory() ? MEMORY : temporary()).resolve("clusters"));
    }

    private static boolean hasMemory() {
        return Files.isWritable(MEMORY) && MEMORY.toFile().getUsableSpace() >= ENOUGH_MEMORY;
    }

    private static Path temporary() {
        return Path.of(System.getProperty("java.io.tmpdir", "/tmp"));
    }

    private static Path root(Path parent) {
        var user = System.getProperty("user.name", "user").replaceAll("[^A-Za-z0-9._-]", "_");
        var root = open(parent.resolve("shardloom-testing-" + user).toAbsolutePath());
        refuseForeign(root);
        return root;
    }

    static Path open(Path directory) {
        try {
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
                Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            return directory;
        } catch (FileAlreadyExistsException e) {
            throw new EmbeddedClusterException(directory + " is a file. Move it away: a directory is needed there.", e);
        } catch (IOException e) {
            throw new EmbeddedClusterException(
                    "Cannot create the directory " + directory + " (" + e + "). Point java.io.tmpdir or "
                            + CACHE_PROPERTY + " to a place this user may write to.",
                    e);
        }
    }

    /** In a shared temporary directory, somebody else's directory under our name could hold somebody else's programs. */
    private static void refuseForeign(Path root) {
        try {
            var owner = Files.getOwner(root, LinkOption.NOFOLLOW_LINKS).getName();
            var user = System.getProperty("user.name", owner);
            if (!owner.equals(user) && !owner.matches("\\d+")) {
                throw new EmbeddedClusterException(root + " belongs to " + owner + ", not to " + user
                        + ". Remove it, or choose another java.io.tmpdir.");
            }
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot look at " + root + ": " + e, e);
        }
    }
}
