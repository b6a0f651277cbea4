package io.shardloom.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The directory of one running cluster, one directory below it for each server.
 *
 * <p>This JVM holds a lock on a file in it. A directory whose lock is free has lost its owner, together with the
 * owner's watchdog; the next cluster that starts clears it away.
 */
final class Workspace {

    private static final String LOCK = "owner.lock";
    private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

    private final Path base;
    private final FileChannel lock;
    private final Watchdog watchdog;

    private Workspace(Path base, FileChannel lock, Watchdog watchdog) {
        this.base = base;
        this.lock = lock;
        this.watchdog = watchdog;
    }

    static Workspace open(boolean fsync) {
        var clusters = Directories.clusters(fsync);
        sweep(clusters);
        var name = ProcessHandle.current().pid() + "-"
                + UUID.randomUUID().toString().substring(0, 8);
        var base = clusters.resolve(name);
        OURS.add(base);
        Directories.open(base);
        try {
            // Locked before it has its name, or a cluster of another JVM that starts now would take us for dead.
            var unnamed = base.resolve(LOCK + ".new");
            var channel = FileChannel.open(unnamed, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            if (channel.tryLock() == null) {
                throw new IOException("somebody else holds " + unnamed);
            }
            Files.move(unnamed, base.resolve(LOCK), StandardCopyOption.ATOMIC_MOVE);
            return new Workspace(base, channel, Watchdog.over(base));
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot lock the new directory " + base + ": " + e, e);
        }
    }

    Path base() {
        return base;
    }

    Path server(String name) {
        return base.resolve(name);
    }

    /** Removes everything; the servers must have ended. */
    void close() {
        try {
            lock.close();
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot release the lock in " + base + ": " + e, e);
        } finally {
            Shell.deleteTree(base);
            watchdog.dismiss();
            OURS.remove(base);
        }
    }

    private static void sweep(Path clusters) {
        try (var directories = Files.newDirectoryStream(clusters)) {
            for (var directory : directories) {
                if (!OURS.contains(directory) && isOrphan(directory)) {
                    endServersBelow(directory);
                    Shell.deleteTree(directory);
                }
            }
        } catch (IOException | EmbeddedClusterException e) {
            // Another JVM may be sweeping, too. What is left now is found the next time.
            return;
        }
    }

    private static boolean isOrphan(Path directory) throws IOException {
        var file = directory.resolve(LOCK);
        if (!Files.exists(file)) {
            // Either its owner is just creating it, or its watchdog is just removing it.
            return false;
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.WRITE);
                var free = channel.tryLock()) {
            return free != null;
        }
    }

    private static void endServersBelow(Path directory) throws IOException {
        try (var servers = Files.newDirectoryStream(directory, Files::isDirectory)) {
            for (var server : servers) {
                var state = PostmasterFile.read(server.resolve("data"));
                state.flatMap(s -> ProcessHandle.of(s.pid()))
                        .filter(process ->
                                process.info().commandLine().orElse("").contains(directory.toString()))
                        .ifPresent(process -> Processes.killTree(process.pid()));
            }
        }
    }
}
