package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

class BinariesIT {

    private static final Platform PLATFORM = new Platform("postgres-test.txz", "some-artifact");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    /** Unpacks as one of several JVMs that start together. */
    static final class UnpackMain {
        public static void main(String[] arguments) throws IOException {
            System.out.println(Binaries.home(Path.of(arguments[0]).toUri().toURL(), PLATFORM, Path.of(arguments[1])));
        }
    }

    @Test
    void jvmsThatStartTogetherUnpackOnceAndAllGetTheSame() throws Exception {
        var archive = archive("one");
        var cache = Files.createDirectory(directory.resolve("cache"));
        var java = ProcessHandle.current().info().command().orElseThrow();
        var command = List.of(
                java,
                "-cp",
                System.getProperty("java.class.path"),
                UnpackMain.class.getName(),
                archive.toString(),
                cache.toString());

        var outputs = Parallel.map(
                "unpack",
                Collections.nCopies(3, command),
                c -> last(Shell.run(Duration.ofMinutes(2), null, c).output()));

        assertThat(outputs.stream().distinct()).hasSize(1);
        var home = Path.of(outputs.get(0));
        assertThat(home.resolve("bin/postgres")).isExecutable();
        assertThat(entries(cache)).containsExactlyInAnyOrder(home, Path.of(home + ".lock"));
    }

    @Test
    void threadsThatStartTogetherUnpackOnceToo() throws Exception {
        var archive = archive("one").toUri().toURL();

        var homes = Parallel.map("unpack", Collections.nCopies(4, directory), d -> Binaries.home(archive, PLATFORM, d));

        assertThat(homes.stream().distinct()).hasSize(1);
    }

    @Test
    void executableBitsLinksAndContentAreKeptAndEverybodyMayRead() throws Exception {
        var home = Binaries.home(archive("one").toUri().toURL(), PLATFORM, directory);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home)))
                .isEqualTo("rwxr-xr-x");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(home.resolve("share/text"))))
                .isEqualTo("rw-r--r--");
        assertThat(home.resolve("lib/link")).isSymbolicLink().hasContent("one");
    }

    @Test
    void anotherContentGetsAnotherDirectory() throws Exception {
        var first = Binaries.home(archive("one").toUri().toURL(), PLATFORM, directory);
        var second = Binaries.home(archive("two").toUri().toURL(), PLATFORM, directory);

        assertThat(second).isNotEqualTo(first);
        assertThat(second.resolve("share/text")).hasContent("two");
        assertThat(first.resolve("share/text")).hasContent("one");
    }

    @Test
    void whatAnInterruptedUnpackingLeftIsClearedAway() throws Exception {
        var archive = archive("one").toUri().toURL();
        var home = Binaries.home(archive, PLATFORM, directory);
        Shell.deleteTree(home);
        var leftover = Files.createDirectories(directory.resolve("." + home.getFileName() + ".half/bin"));

        Binaries.home(archive, PLATFORM, directory);

        assertThat(leftover).doesNotExist();
        assertThat(home.resolve("bin/postgres")).isExecutable();
    }

    @Test
    void anEntryThatPointsOutsideIsRefused() throws Exception {
        var archive = directory.resolve("evil.txz");
        try (var tar = tar(archive)) {
            add(tar, "../evil", "x", 0644);
        }

        assertThatThrownBy(() -> Binaries.home(archive.toUri().toURL(), PLATFORM, directory))
                .hasMessageContaining("an entry outside of itself: ../evil");
        assertThat(directory.resolve("evil")).doesNotExist();
    }

    private Path archive(String text) throws IOException {
        var archive = directory.resolve(text + ".txz");
        try (var tar = tar(archive)) {
            add(tar, "bin/postgres", "#!/bin/sh", 0755);
            add(tar, "share/text", text, 0644);
            var link = new TarArchiveEntry("lib/link", TarConstants.LF_SYMLINK);
            link.setLinkName("../share/text");
            tar.putArchiveEntry(link);
            tar.closeArchiveEntry();
        }
        return archive;
    }

    private static TarArchiveOutputStream tar(Path archive) throws IOException {
        OutputStream file = Files.newOutputStream(archive);
        return new TarArchiveOutputStream(new XZOutputStream(file, new LZMA2Options(0)));
    }

    private static void add(TarArchiveOutputStream tar, String name, String text, int mode) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(name, true);
        entry.setMode(mode);
        entry.setSize(bytes.length);
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }

    /** Before it, a JVM may say which options it has picked up. */
    private static String last(String output) {
        return output.strip().lines().reduce((before, line) -> line).orElse("");
    }

    private static List<Path> entries(Path directory) throws IOException {
        try (var list = Files.list(directory)) {
            return list.toList();
        }
    }
}
