package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LauncherIT {

    @AfterEach
    void forceNone() {
        System.clearProperty(Launcher.PROPERTY);
    }

    @ParameterizedTest
    @EnumSource(Launcher.class)
    void serversRunStopCrashAndAreCopied(Launcher launcher) throws SQLException {
        assumeUsable(launcher);
        System.setProperty(Launcher.PROPERTY, launcher.id());

        var before = ProcessHandle.current().children().toList();
        try (var cluster = EmbeddedCluster.builder().node("n1", 1).start()) {
            var node = cluster.node("n1");
            node.primary().execute("create table t (id int)");
            node.primary().kill();
            node.primary().start();
            node.primary().execute("insert into t values (1)");
            node.primary().pause();
            node.primary().resume();
            node.primary().restart();
            node.addReplica();
            node.awaitReplicas();

            assertThat(node.replica(0).value("select count(*) from t")).isEqualTo("1");
            assertThat(node.replica(1).value("select count(*) from t")).isEqualTo("1");
        }

        Await.until("no process of the cluster is left", Duration.ofSeconds(60), () -> ProcessHandle.current()
                .children()
                .allMatch(before::contains));
    }

    @ParameterizedTest
    @EnumSource(Launcher.class)
    void noServerOutlivesItsKilledJvm(Launcher launcher) throws IOException {
        assumeUsable(launcher);
        assumeTrue(launcher != Launcher.choose(), "JvmEndIT does this with the launcher chosen here");
        var forked = ForkedCluster.start("pause", "-D" + Launcher.PROPERTY + "=" + launcher.id());

        forked.signal("KILL");

        forked.awaitNothingLeft();
    }

    @Test
    void anUnknownLauncherIsRefusedWithTheListOfThoseThereAre() {
        System.setProperty(Launcher.PROPERTY, "sudo");

        assertThatThrownBy(Launcher::choose)
                .hasMessageContaining("shardloom.testing.launcher=sudo names no launcher (launchers: direct, unshare,"
                        + " setpriv, runuser, su)");
    }

    @Test
    void initdbAsRootFailsWithItsOwnWords() {
        assumeTrue(Launcher.runsAsRoot(), "runs as root only");
        System.setProperty(Launcher.PROPERTY, "direct");

        assertThatThrownBy(() -> EmbeddedCluster.builder().node("n1", 0).start())
                .hasMessageContaining("launcher direct")
                .hasMessageContaining("cannot be run as root");
    }

    private static void assumeUsable(Launcher launcher) {
        assumeTrue(Launcher.runsAsRoot() == (launcher != Launcher.DIRECT), "depends on who runs the tests");
        assumeTrue(launcher.works(), launcher.id() + " does not work on this machine");
    }
}
