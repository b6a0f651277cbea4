package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The sessions in which a query is run.
 *
 * @param open gives those of each run
 * @param detach lets go of what they have read so far, if its reader does not need them for it
 * @param end is given them when the run is over
 */
public record RunScope(Supplier<NodeSessions> open, Consumer<NodeSessions> detach, Consumer<NodeSessions> end) {

    /** Opens the sessions of a run, which ends when they are closed. */
    Opened opened() {
        return new Opened(open.get(), end);
    }

    /** The sessions of one run. */
    record Opened(NodeSessions sessions, Consumer<NodeSessions> end) implements AutoCloseable {
        @Override
        public void close() {
            end.accept(sessions);
        }

        /** Ends a run that has failed, and returns what failed first: where a connection is lost, the end fails too. */
        RuntimeException closedAfter(RuntimeException failure) {
            try {
                close();
            } catch (RuntimeException e) {
                failure.addSuppressed(e);
            }
            return failure;
        }
    }

    /**
     * Runs queries in sessions of somebody else, who ends them.
     *
     * @param open gives them
     */
    public static RunScope in(Supplier<NodeSessions> open) {
        return new RunScope(open, sessions -> {}, sessions -> {});
    }

    /**
     * Runs each query in sessions of its own, and returns detached entities.
     *
     * @param factory opens them, to read only
     */
    public static RunScope ofEachRun(ShardSessionFactory factory) {
        return new RunScope(() -> NodeSessions.ofSingleQueries(factory), NodeSessions::clear, NodeSessions::endReads);
    }
}
