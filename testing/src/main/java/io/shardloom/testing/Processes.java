package io.shardloom.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Questions about, and ends of, processes known by their ids. */
final class Processes {

    private Processes() {}

    /** Whether it runs; one that has ended and waits to be reaped by its parent does not. */
    static boolean alive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false) && !isZombie(pid);
    }

    private static boolean isZombie(long pid) {
        try {
            var stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException noProc) {
            return false;
        }
    }

    /** The process and everything it started. Each backend is a session of its own, so a group would not find them. */
    static List<Long> tree(long pid) {
        var pids = new ArrayList<Long>();
        pids.add(pid);
        ProcessHandle.of(pid)
                .ifPresent(
                        process -> process.descendants().map(ProcessHandle::pid).forEach(pids::add));
        return pids;
    }

    /** Ends a process and its descendants with SIGKILL. A backend born meanwhile notices that its parent is gone. */
    static void killTree(long pid) {
        var pids = tree(pid);
        Shell.signal("KILL", pids);
        awaitEnd(pids, Duration.ofSeconds(60));
    }

    static void awaitEnd(Collection<Long> pids, Duration deadline) {
        Await.until("processes " + pids + " have ended", deadline, () -> pids.stream()
                .noneMatch(Processes::alive));
    }
}
