package io.shardloom.server;

import java.sql.Connection;
import java.sql.SQLException;

/** Gives connections of its own; whoever takes one closes it. */
@FunctionalInterface
public interface ConnectionSource {

    /**
     * Takes a connection with autocommit off.
     *
     * @return a connection to close
     * @throws SQLException if none comes in time
     */
    Connection connection() throws SQLException;
}
