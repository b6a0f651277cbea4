package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class JvmEndIT {

    @Test
    void nothingIsLeftAfterAJvmThatForgotToClose() throws IOException {
        var forked = ForkedCluster.start("exit");

        forked.awaitNothingLeft();
    }

    @Test
    void aJvmIsLeftInPeaceByClustersOfOtherJvmsAndLeavesNothingWhenTerminated() throws IOException {
        var forked = ForkedCluster.start("stay");
        var children = forked.jvm().children().map(ProcessHandle::pid).toList(); // its servers and its watchdog

        EmbeddedCluster.builder().node("n1", 0).start().close();

        assertThat(children).hasSizeGreaterThan(2).allMatch(Processes::alive);
        assertThat(forked.processes().stream().filter(Processes::alive)).hasSizeGreaterThan(9);
        assertThat(Files.exists(forked.directory())).isTrue();

        forked.signal("TERM");

        forked.awaitNothingLeft();
    }

    @Test
    void nothingIsLeftAfterAKilledJvm() throws IOException {
        var forked = ForkedCluster.start("stay");

        forked.signal("KILL");

        forked.awaitNothingLeft();
    }

    @Test
    void nothingIsLeftOfAPausedServerEither() throws IOException {
        var forked = ForkedCluster.start("pause");

        forked.signal("KILL");

        forked.awaitNothingLeft();
    }

    @Test
    void theNextClusterClearsAwayWhatAKilledJvmAndAKilledWatchdogLeft() throws IOException {
        var forked = ForkedCluster.start("stay");
        var watchdog = forked.watchdog().pid();
        Processes.killTree(watchdog);
        forked.signal("KILL");
        Await.until(
                "the JVM has ended", Duration.ofSeconds(60), () -> !forked.jvm().isAlive());
        assertThat(forked.processes().stream().filter(Processes::alive)).hasSizeGreaterThan(8);
        assertThat(Files.exists(forked.directory())).isTrue();

        EmbeddedCluster.builder().node("n1", 0).start().close();

        forked.awaitNothingLeft();
    }
}
