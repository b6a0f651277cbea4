package io.shardloom.choice;

import io.shardloom.topology.Server;
import java.util.Optional;

/** The servers of a node that may take a read now: those that answer and are fresh enough. */
public interface Candidates {

    /**
     * Returns how many there are.
     *
     * @return 1 or more
     */
    int size();

    /**
     * Returns one of them.
     *
     * @param number from 0
     * @return the server
     */
    Server server(int number);

    /**
     * Returns a server's weight.
     *
     * @param number from 0
     * @return as configured, 1 by default
     */
    int weight(int number);

    /**
     * Returns a server's zone label.
     *
     * @param number from 0
     * @return as configured, empty when it has none
     */
    Optional<String> zone(int number);

    /**
     * Tells whether a server is in the zone of this application.
     *
     * @param number from 0
     * @return false where either has no label
     */
    boolean near(int number);

    /**
     * Returns how many of its connections this application uses.
     *
     * @param number from 0
     * @return the number at this moment
     */
    int inUse(int number);

    /**
     * Returns the moving average of a server's round trips, as the health probe measures them.
     *
     * @param number from 0
     * @return nanoseconds
     */
    long latencyNanos(int number);
}
