package io.shardloom.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where a run took place. */
final class Machine {
    private Machine() {}

    /** Returns processor, memory and system in a sentence. */
    static String description() {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return "%d cores of %s, %s of memory, %s %s"
                .formatted(
                        system.getAvailableProcessors(),
                        processor(),
                        Numbers.bytes((double) system.getTotalMemorySize()),
                        System.getProperty("os.name"),
                        System.getProperty("os.arch"));
    }

    /** Returns what else ran: the load of the last minute, as the system tells it. */
    static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String processor() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            return lines.filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("an unnamed processor");
        } catch (IOException notLinux) {
            return "an unnamed processor";
        }
    }
}
