package io.shardloom.hibernate.wire;

import io.shardloom.testing.Await;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;

/** Keeps everything off the wire but what a test sends, however long it takes. */
public final class Quiet {
    /** How long HikariCP trusts a connection without testing it, which would be a round trip. */
    private static final String TRUST = "com.zaxxer.hikari.aliveBypassWindowMs";

    private Quiet() {}

    /** Adds what keeps probes, recovery and pools silent once a unit has started; pools made until {@link #end()} heed it. */
    public static void begin(Map<String, Object> properties) {
        System.setProperty(TRUST, "6000000");
        properties.put("shardloom.hikari.keepaliveTime", "0");
        properties.put("shardloom.health.interval", "60m");
        properties.put("shardloom.recovery.interval", "60m");
    }

    /**
     * Waits until recovery, which asks each node at the start, sleeps. Called before the first commit of several nodes: a
     * pass that met its parts would be followed by another one soon.
     */
    public static void awaitFirstPass() {
        Await.until("the first pass of recovery is over", Duration.ofSeconds(60), () -> {
            var passes = Thread.getAllStackTraces().entrySet().stream()
                    .filter(thread -> thread.getKey().getName().equals("shardloom-recovery"))
                    .toList();
            return !passes.isEmpty()
                    && passes.stream()
                            .allMatch(thread ->
                                    isIn("awaitTurn", thread.getValue()) && !isIn("awaitFirstTurn", thread.getValue()));
        });
    }

    private static boolean isIn(String method, StackTraceElement[] frames) {
        return Arrays.stream(frames).anyMatch(frame -> frame.getMethodName().equals(method));
    }

    public static void end() {
        System.clearProperty(TRUST);
    }
}
