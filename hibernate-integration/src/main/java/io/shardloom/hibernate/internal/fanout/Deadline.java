package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.NodeTimeoutException;
import io.shardloom.failure.ScatterException;
import io.shardloom.server.ServerCancel;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time one run of a query may take, from its start to the last row read. When it is up, the server that is sending rows is told
 * to stop. One thread reads; another may find the time up.
 */
final class Deadline implements AutoCloseable {
    private static final long AGAIN_MILLIS = 50;

    private final Duration time;
    private volatile long start;
    private @Nullable CompletableFuture<Void> up;
    private @Nullable Connection reading;

    Deadline(Duration time) {
        this.time = time;
    }

    /** Returns how much of the time is left, at least a millisecond; the first call starts it. */
    Duration left() {
        if (up == null) {
            restart();
            return time;
        }
        var left = time.minusNanos(System.nanoTime() - start);
        return left.toMillis() < 1 ? Duration.ofMillis(1) : left;
    }

    /** Returns how much of the time is left in whole seconds, at least 1. */
    int seconds() {
        return (int) Math.max(1, left().plusMillis(999).toSeconds());
    }

    /** Gives all of the time once more. */
    void restart() {
        close();
        start = System.nanoTime();
        up = new CompletableFuture<>();
        var unused =
                up.completeOnTimeout(null, time.toNanos(), TimeUnit.NANOSECONDS).thenRunAsync(this::stop);
    }

    /** Reads on, if there is time. */
    boolean read(NodeRows rows, BooleanSupplier next) {
        if (isUp()) {
            throw late(rows, null);
        }
        begin(rows.session().getJdbcCoordinator().getLogicalConnection().getPhysicalConnection());
        try {
            return next.getAsBoolean();
        } catch (RuntimeException e) {
            throw isUp() ? late(rows, e) : e;
        } finally {
            end();
        }
    }

    private boolean isUp() {
        return System.nanoTime() - start >= time.toNanos();
    }

    private ScatterException late(NodeRows rows, @Nullable RuntimeException cause) {
        var node = rows.node().name();
        return new ScatterException(
                Map.of(
                        node,
                        new NodeTimeoutException(
                                "Node " + node + " has not sent all its rows within " + time
                                        + "; its statement has been cancelled",
                                cause)),
                rows.nodes());
    }

    private synchronized void begin(Connection connection) {
        reading = connection;
    }

    private synchronized void end() {
        reading = null;
    }

    /** A request that comes before what it is to stop is lost, so it is made until the reader has come back. */
    private synchronized void stop() {
        if (reading != null && isUp()) {
            ServerCancel.cancel(reading);
            CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS)
                    .execute(this::stop);
        }
    }

    @Override
    public void close() {
        if (up != null) {
            up.cancel(false);
        }
    }
}
