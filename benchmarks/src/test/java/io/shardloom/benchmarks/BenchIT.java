package io.shardloom.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.benchmarks.side.Op;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The benchmarks still run, and every side answers alike; how fast is for people to read. */
class BenchIT {
    @TempDir
    Path directory;

    @Test
    void measuresEverySideInEveryOperation() throws Exception {
        var file = directory.resolve("report.md");

        Bench.main(new String[] {
            "seconds=0.02",
            "forks=1",
            "boots=0",
            "customers=200",
            "rows=3200",
            "threads=2",
            "jvm=-XX:TieredStopAtLevel=1 -XX:+UseSerialGC", // they start sooner, and nobody reads how fast they are
            "only=sides,stream",
            "report=" + file
        });

        var report = Files.readString(file);
        for (var op : Op.values()) {
            var table = report.substring(report.indexOf("### " + op.label() + "\n"));
            for (var side : SideKind.values()) {
                if (side != SideKind.SHARDINGSPHERE && (side.isWhole() || op.kind() == Op.Kind.FAN_OUT)) {
                    assertThat(cells(table, side)).as(side + " " + op).satisfies(BenchIT::isMeasured);
                }
            }
        }
        assertThat(report).contains("| 3,200 | yes | ");
    }

    private static void isMeasured(String[] cells) {
        assertThat(cells[1]).doesNotContain("wrong");
        assertThat(cells[2]).doesNotMatch("\\s*-\\s*");
        assertThat(cells[cells.length - 2]).doesNotMatch("\\s*-\\s*");
    }

    private static String[] cells(String table, SideKind side) {
        return table.lines()
                .filter(line -> line.startsWith("| " + side.label() + " "))
                .findFirst()
                .orElseThrow()
                .split("\\|", -1);
    }

    @Test
    void runsWhatNeedsNoServer() throws Exception {
        var results = MicroPart.run(0.05, 0);

        assertThat(results)
                .extracting(MicroPart.Result::name)
                .contains("Hashes.uuid", "Hashes.bigint", "Hashes.text", "Routing.nodeOf", "Ids.shardedUuid");
        assertThat(results).allSatisfy(result -> assertThat(result.nanos()).isPositive());
    }
}
