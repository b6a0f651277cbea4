package io.shardloom.server;

import io.shardloom.choice.ReadToken;
import io.shardloom.context.ShardContext;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets the reads of some work see what the same work has written, without a round trip: after a write to a node its reads
 * go to the primary, until the health probes have seen a replica that is past the write.
 *
 * <p>Holds for the connections that one thread takes inside {@link #with}. One thread at a time.
 */
public final class OwnWrites {

    private static final ThreadLocal<@Nullable OwnWrites> CURRENT = new ThreadLocal<>();

    private final Map<String, Written> byNode = new HashMap<>();

    private OwnWrites() {}

    /**
     * Does work whose reads see its own writes. Inside such work it is the same work going on.
     *
     * @param work what to do
     * @param <T> the work's result
     * @param <X> what the work may throw
     * @return the work's result
     * @throws X if the work throws it
     */
    public static <T extends @Nullable Object, X extends Exception> T with(ShardContext.Work<T, X> work) throws X {
        if (CURRENT.get() != null) {
            return work.run();
        }
        CURRENT.set(new OwnWrites());
        try {
            return work.run();
        } finally {
            CURRENT.remove();
        }
    }

    static @Nullable OwnWrites current() {
        return CURRENT.get();
    }

    void wrote(String node, Connection connection) {
        Written written = byNode.computeIfAbsent(node, name -> new Written());
        written.connections.add(connection);
        written.token = null;
    }

    /**
     * Returns what a read of a node must wait for: nothing when the work has not written there, else a token, which is
     * {@link #PRIMARY_ONLY} as long as no probe of the primary has come after the last write.
     */
    @Nullable
    ReadToken needed(NodeServers servers) {
        Written written = byNode.get(servers.node().name());
        if (written == null) {
            return null;
        }
        if (!written.connections.isEmpty()) {
            written.connections.removeIf(OwnWrites::isClosed);
            if (!written.connections.isEmpty()) {
                return PRIMARY_ONLY; // a commit may be still to come
            }
            written.endedBefore = System.nanoTime();
        }
        if (written.token == null) {
            written.token = servers.positionAfter(written.endedBefore);
        }
        return written.token == null ? PRIMARY_ONLY : written.token;
    }

    static final ReadToken PRIMARY_ONLY = new ReadToken("", Integer.MAX_VALUE, -1);

    private static boolean isClosed(Connection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    private static final class Written {
        private final List<Connection> connections = new ArrayList<>();
        private long endedBefore;
        private @Nullable ReadToken token;
    }
}
