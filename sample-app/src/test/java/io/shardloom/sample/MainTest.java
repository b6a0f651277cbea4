package io.shardloom.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MainTest {

    /** What a run of the sample left. */
    record Outcome(int code, String out, String errors) {

        static Outcome of(Map<String, String> environment, String... arguments) {
            var out = new ByteArrayOutputStream();
            var errors = new ByteArrayOutputStream();
            int code = new Main(
                            new PrintStream(out, true, UTF_8),
                            new PrintStream(errors, true, UTF_8),
                            InputStream.nullInputStream(),
                            environment::get)
                    .run(arguments);
            return new Outcome(code, out.toString(UTF_8), errors.toString(UTF_8));
        }
    }

    @Test
    void explainsItself() {
        var help = Outcome.of(Map.of(), "--help");

        assertThat(help.code()).isZero();
        assertThat(help.out())
                .contains(
                        "--scenario NAME", "--list", "--keep", "--help", "SHARDLOOM_N1_PRIMARY", "DROP", "MASTER_DB_*");
        assertThat(help.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void listsTheScenarios() {
        var list = Outcome.of(Map.of(), "--list");

        assertThat(list.code()).isZero();
        assertThat(list.out().lines().map(line -> line.split(":", 2)[0]))
                .containsExactly("geo", "activity", "temperatures", "sensors", "users");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThat(Outcome.of(Map.of(), "--sceanrio", "geo"))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "There is no option '--sceanrio'. Run with --help to see them all." + System.lineSeparator()));
        assertThat(Outcome.of(Map.of(), "--scenario", "geos"))
                .isEqualTo(new Outcome(
                        2,
                        "",
                        "There is no scenario 'geos'. Choose from geo, activity, temperatures, sensors, users."
                                + System.lineSeparator()));
        assertThat(Outcome.of(Map.of(), "--scenario").code()).isEqualTo(2);
    }

    @Test
    void saysWhichVariableIsMissing() {
        var half = Outcome.of(Map.of("SHARDLOOM_N1_PRIMARY", "jdbc:postgresql://localhost:5432/app"));

        assertThat(half.code()).isEqualTo(2);
        assertThat(half.errors()).startsWith("SHARDLOOM_N2_PRIMARY is not set.");
    }

    @Test
    void failsWithOneMessageAndNoStackTrace() {
        var wrong = Map.of("SHARDLOOM_N1_PRIMARY", "db1", "SHARDLOOM_N2_PRIMARY", "db2", "SHARDLOOM_USER", "app");

        var failed = Outcome.of(wrong, "--scenario", "geo");

        assertThat(failed.code()).isEqualTo(1);
        assertThat(failed.errors())
                .contains("shardloom.node.n1.primary = db1: not a PostgreSQL JDBC URL.", "--debug")
                .doesNotContain("\tat ");
        assertThat(Outcome.of(wrong, "--scenario", "geo", "--debug").errors()).contains("\tat ");
    }
}
