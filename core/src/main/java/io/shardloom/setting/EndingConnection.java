package io.shardloom.setting;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose prepared queries each end their transaction in the round trip that asks, so that nothing is left to
 * be sent when the work is over. A query whose rows come in blocks needs its transaction for longer: from the first one on,
 * transactions are left to the caller. One thread at a time.
 *
 * <p>The driver sends all statements of a text before it waits for an answer, and lets each have its own place among those
 * that it prepares on the server.
 */
public final class EndingConnection extends StandIn {

    private final Connection connection;
    private boolean open;

    private EndingConnection(Connection connection) {
        this.connection = connection;
    }

    /**
     * Lets each query of a connection end its transaction.
     *
     * @param connection outside of a transaction, with autocommit off, used to read only; closed with what is returned
     * @return the connection to use in its place
     */
    public static Connection of(Connection connection) {
        return new EndingConnection(connection).as(Connection.class);
    }

    /**
     * Tells whether a connection has no transaction that is to be ended.
     *
     * @param connection any
     * @return true only for one made by {@link #of}
     */
    public static boolean isOver(Connection connection) {
        return Proxy.isProxyClass(connection.getClass())
                && Proxy.getInvocationHandler(connection) instanceof EndingConnection ending
                && !ending.open;
    }

    @Override
    @Nullable
    Object answer(Object proxy, Call call) throws Throwable {
        return switch (call.name()) {
            case "toString" -> connection + " whose queries end their transactions";
            case "prepareStatement" -> new EndingStatement(this, (Connection) proxy, call).as(PreparedStatement.class);
            case "createStatement", "prepareCall" -> {
                open = true;
                yield call.on(connection);
            }
            case "commit", "rollback" -> {
                open = false;
                yield call.on(connection);
            }
            default -> call.on(connection);
        };
    }

    /** Returns the connection itself. */
    Connection connection() {
        return connection;
    }

    /** Tells whether the caller has to end the transaction. */
    boolean isOpen() {
        return open;
    }

    /** Leaves the transaction to the caller. */
    void keep() {
        open = true;
    }

    /** Tells the connection, and those it may stand for, that the server has ended the transaction; sends nothing. */
    void ended() throws SQLException {
        connection.rollback();
    }
}
