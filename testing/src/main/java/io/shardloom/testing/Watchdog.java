package io.shardloom.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A small shell process that ends the servers of a cluster and removes their files when this JVM is gone, however it
 * went: it reads from a pipe that only this JVM holds open, and the pipe's end tells it.
 */
final class Watchdog {

    private static final String SCRIPT = """
            base=$1
            trap '' HUP INT QUIT TERM PIPE
            while read -r line; do [ "$line" = closed ] && exit 0; done
            is_postgres() {
              [ -r /proc/self/comm ] || return 0
              { read -r comm < "/proc/$1/comm"; } 2>/dev/null || return 1
              [ "$comm" = postgres ]
            }
            servers() {
              left=
              for file in "$base"/*/data/postmaster.pid; do
                [ -f "$file" ] || continue
                { read -r pid < "$file"; } 2>/dev/null || continue
                case $pid in ''|*[!0-9]*) continue;; esac
                if is_postgres "$pid" && kill -0 "$pid" 2>/dev/null; then left="$left $pid"; fi
              done
            }
            round=0
            while [ -d "$base" ] && [ $round -lt 10 ]; do
              servers
              for pid in $left; do kill -QUIT "$pid"; done 2>/dev/null
              for pid in $(cat "$base"/*/paused 2>/dev/null); do kill -CONT "$pid"; done 2>/dev/null
              tries=0
              while [ -n "$left" ] && [ $tries -lt 80 ]; do
                sleep 0.05
                tries=$((tries + 1))
                servers
              done
              for pid in $left; do kill -KILL "$pid"; done 2>/dev/null
              rm -rf "$base" 2>/dev/null
              [ -d "$base" ] && sleep 0.2
              round=$((round + 1))
            done
            """;

    private final Process process;

    private Watchdog(Process process) {
        this.process = process;
    }

    static Watchdog over(Path base) {
        try {
            var process = Shell.detached(List.of("sh", "-c", SCRIPT, "shardloom-watchdog", base.toString()))
                    .directory(Path.of("/").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return new Watchdog(process);
        } catch (IOException e) {
            throw new EmbeddedClusterException("Cannot start 'sh', which ends the servers when this JVM dies: " + e, e);
        }
    }

    /** Tells it that everything has been cleared away. */
    void dismiss() {
        try (var pipe = process.getOutputStream()) {
            pipe.write("closed\n".getBytes(StandardCharsets.US_ASCII));
        } catch (IOException alreadyGone) {
            // Then it has nothing left to do either.
        }
    }
}
