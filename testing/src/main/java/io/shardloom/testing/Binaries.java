package io.shardloom.testing;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The unpacked PostgreSQL: once for each archive and machine, shared by all later JVMs.
 *
 * <p>A directory under its final name is complete, because it gets that name last. A lock file keeps JVMs that start
 * together from unpacking it twice.
 */
final class Binaries {

    private static final Object ONE_THREAD = new Object();

    private Binaries() {}

    /** Returns the directory that holds {@code bin/postgres}, after unpacking it if this is the first time. */
    static Path home() {
        var platform = Platform.current();
        var resource = resource(platform);
        return home(resource, platform, Directories.binaries());
    }

    static Path home(URL archive, Platform platform, Path cache) {
        try {
            var home = cache.resolve(platform.resource().replace(".txz", "") + "-" + contentKey(archive));
            if (Files.isExecutable(home.resolve("bin/postgres"))) {
                return home;
            }
            synchronized (ONE_THREAD) {
                var lockFile = cache.resolve(home.getFileName() + ".lock");
                try (var channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        var lock = channel.lock()) {
                    if (!lock.isValid()) {
                        throw new IOException("lost the lock on " + lockFile);
                    }
                    if (!Files.isDirectory(home)) {
                        unpackAs(home, archive);
                    }
                }
            }
            return home;
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot unpack " + archive + " below " + cache + ": " + e, e);
        }
    }

    private static URL resource(Platform platform) {
        var context = Thread.currentThread().getContextClassLoader();
        var found = context == null ? null : context.getResource(platform.resource());
        if (found == null) {
            found = Binaries.class.getResource("/" + platform.resource());
        }
        if (found == null) {
            throw platform.missing();
        }
        return found;
    }

    /** Checksum and size: the jar's directory has both, so nothing is read from a jar. */
    private static String contentKey(URL archive) throws IOException {
        var connection = archive.openConnection();
        if (connection instanceof JarURLConnection jar) {
            var entry = jar.getJarEntry();
            if (entry != null && entry.getCrc() >= 0 && entry.getSize() >= 0) {
                return Long.toHexString(entry.getCrc()) + "-" + entry.getSize();
            }
        }
        try (var in = new CheckedInputStream(connection.getInputStream(), new CRC32())) {
            var size = in.transferTo(java.io.OutputStream.nullOutputStream());
            return Long.toHexString(in.getChecksum().getValue()) + "-" + size;
        }
    }

    private static void unpackAs(Path home, URL archive) throws IOException {
        var cache = home.resolveSibling(".");
        var prefix = "." + home.getFileName() + ".";
        try (var leftovers = Files.newDirectoryStream(cache, prefix + "*")) {
            leftovers.forEach(Shell::deleteTree);
        }
        var unfinished = home.resolveSibling(prefix + UUID.randomUUID());
        try (InputStream in = new BufferedInputStream(archive.openStream(), 1 << 16)) {
            unpack(in, unfinished);
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Shell.deleteTree(unfinished);
        }
    }

    private static void unpack(InputStream in, Path target) throws IOException {
        var canBeReadByAll = PosixFilePermissions.fromString("rwxr-xr-x");
        Files.createDirectories(target);
        Files.setPosixFilePermissions(target, canBeReadByAll);
        try (var tar = new TarArchiveInputStream(new XZInputStream(in))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                var path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("The archive has an entry outside of itself: " + entry.getName());
                }
                var parent = path.getParent();
                if (parent != null) {
                    Files.createDirectories(parent);
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    Files.setPosixFilePermissions(path, canBeReadByAll);
                } else if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else if (entry.isLink()) {
                    Files.createLink(path, target.resolve(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    var executable = (entry.getMode() & 0111) != 0;
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }
}
