package io.shardloom.choice;

/**
 * Chooses the server that takes a read. Write your own, or take one of {@link ServerChoices}. Must be thread-safe, quick
 * and free of I/O: it is asked for each connection.
 */
@FunctionalInterface
public interface ServerChoice {

    /**
     * Chooses one of the servers that may take the read.
     *
     * @param candidates at least one server; valid for the time of this call
     * @return its number, from 0 to {@code candidates.size() - 1}; if that server gives no connection, the ones after it
     *     are tried in turn
     */
    int choose(Candidates candidates);

    /**
     * Returns the choice that {@link #choose} would make next, without making it. It only informs people.
     *
     * @param candidates at least one server
     * @return a number from 0 to {@code candidates.size() - 1}
     */
    default int peek(Candidates candidates) {
        return 0;
    }
}
