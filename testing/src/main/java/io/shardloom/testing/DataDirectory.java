package io.shardloom.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A server's data directory on disk: made by initdb, or copied from another server's. */
final class DataDirectory {

    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_DIRECTORY =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE_FILE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    /** Only what a running server may not share with its copy. */
    private static final Set<String> NOT_COPIED =
            Set.of("postmaster.pid", "postmaster.opts", "standby.signal", "backup_label", "postgresql.auto.conf");

    /** Kept as empty directories: a copy makes its own contents. */
    private static final Set<String> NOT_COPIED_WHILE_RUNNING = Set.of(
            "pg_wal",
            "pg_replslot",
            "pg_dynshmem",
            "pg_notify",
            "pg_serial",
            "pg_snapshots",
            "pg_stat_tmp",
            "pg_subtrans");

    private static final String HBA = """
            # Loopback only, and nobody without a password.
            host  all          all          127.0.0.1/32  scram-sha-256
            host  replication  %s   127.0.0.1/32  scram-sha-256
            """;

    private final ClusterContext context;
    private final Path server;
    private final Path data;

    DataDirectory(ClusterContext context, Path server) {
        this.context = context;
        this.server = server;
        this.data = server.resolve("data");
    }

    /** Runs initdb: a new system identifier, the cluster's settings, scram for everybody. */
    void initialise() {
        try {
            createServerDirectory();
            var config = context.config();
            var password = server.resolve("password");
            Files.createFile(password, PRIVATE_FILE);
            Files.writeString(password, config.adminPassword());
            context.launcher().adopt(password);
            var command = new ArrayList<>(List.of(
                    context.postgres("initdb"),
                    "--pgdata=" + data,
                    "--username=" + ClusterConfig.SUPERUSER,
                    "--auth=scram-sha-256",
                    "--pwfile=" + password,
                    "--encoding=UTF8",
                    "--no-locale",
                    "--locale-provider=builtin",
                    "--builtin-locale=C.UTF-8",
                    "--no-sync",
                    "--no-instructions"));
            config.serverSettings().forEach((name, value) -> {
                if (!name.equals(ClusterConfig.SHARED_MEMORY)) { // it makes initdb half as slow again
                    command.addAll(List.of("-c", name + "=" + value));
                }
            });
            var result = Shell.run(config.deadline(), server, context.launcher().wrap(command));
            Files.delete(password);
            if (!result.ok()) {
                throw new EmbeddedClusterException("initdb failed in " + server + " (launcher "
                        + context.launcher().id() + "). If a setting is named below, correct it; if a directory cannot"
                        + " be accessed, point java.io.tmpdir to one that all users may enter. Its output:\n"
                        + result.output());
            }
            Files.writeString(data.resolve("pg_hba.conf"), HBA.formatted(ClusterConfig.REPLICATOR));
            Files.writeString(
                    data.resolve("postgresql.conf"),
                    ClusterConfig.SHARED_MEMORY + " = '"
                            + config.serverSettings().get(ClusterConfig.SHARED_MEMORY) + "'\n",
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot prepare " + server + " for initdb: " + e, e);
        }
    }

    /** Copies the files of a server that has not run yet. */
    void copyFromStopped(DataDirectory source) {
        copy(source, Set.of());
    }

    /** Copies the files of a running server; the caller has called pg_backup_start there. */
    void copyFromRunning(DataDirectory source) {
        copy(source, NOT_COPIED_WHILE_RUNNING);
    }

    private void copy(DataDirectory source, Set<String> emptied) {
        try {
            Shell.deleteTree(data);
            createServerDirectory();
            Files.walkFileTree(source.data, new Copier(source.data, emptied));
            if (emptied.contains("pg_wal")) {
                for (var name : List.of("archive_status", "summaries")) {
                    createDirectory(data.resolve("pg_wal").resolve(name));
                }
            }
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot copy " + source.data + " to " + data + ": " + e, e);
        }
    }

    /** Makes this the data of a replica that follows the server on the given port. */
    void follow(int primaryPort, String name, String slot) {
        try {
            writeFile("standby.signal", "");
            pointTo(primaryPort, name, slot);
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot make " + data + " a replica's: " + e, e);
        }
    }

    /** Names the primary anew; a running server must be told to read its settings again. The last lines win. */
    void pointTo(int primaryPort, String name, String slot) throws IOException {
        var file = data.resolve("postgresql.auto.conf");
        if (!Files.exists(file)) {
            writeFile("postgresql.auto.conf", "");
        }
        Files.writeString(
                file,
                """
                primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=%s application_name=%s'
                primary_slot_name = '%s'
                """.formatted(
                        primaryPort, ClusterConfig.REPLICATOR, context.config().adminPassword(), name, slot),
                StandardOpenOption.APPEND);
    }

    void writeFile(String name, String content) throws IOException {
        var file = data.resolve(name);
        Files.deleteIfExists(file);
        Files.createFile(file, PRIVATE_FILE);
        Files.writeString(file, content);
        context.launcher().adopt(file);
    }

    private void createServerDirectory() throws IOException {
        if (!Files.isDirectory(server)) {
            createDirectory(server);
        }
    }

    private void createDirectory(Path directory) throws IOException {
        Files.createDirectory(directory, PRIVATE_DIRECTORY);
        context.launcher().adopt(directory);
    }

    /** Copies a tree whose files may grow, shrink and vanish meanwhile; the WAL makes up for that. */
    private final class Copier extends SimpleFileVisitor<Path> {

        private final Path source;
        private final Set<String> emptied;

        Copier(Path source, Set<String> emptied) {
            this.source = source;
            this.emptied = emptied;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) throws IOException {
            createDirectory(data.resolve(source.relativize(directory).toString()));
            return source.equals(directory.getParent())
                            && emptied.contains(directory.getFileName().toString())
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            var name = file.getFileName().toString();
            if (attributes.isSymbolicLink()) {
                throw new IOException(file + " is a symbolic link: tablespaces cannot be copied");
            }
            if (!NOT_COPIED.contains(name) && !name.startsWith("pgsql_tmp")) {
                copyFile(file, data.resolve(source.relativize(file).toString()));
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        private void copyFile(Path from, Path to) throws IOException {
            try (var in = FileChannel.open(from, StandardOpenOption.READ);
                    var out = FileChannel.open(
                            to, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE_FILE)) {
                long position = 0;
                for (long n = 1; n > 0; position += n) {
                    n = in.transferTo(position, 1L << 26, out);
                }
            } catch (NoSuchFileException vanished) {
                return;
            }
            context.launcher().adopt(to);
        }
    }
}
