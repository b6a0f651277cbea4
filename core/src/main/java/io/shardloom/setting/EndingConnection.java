package io.shardloom.setting;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
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
public final class EndingConnection implements InvocationHandler {

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
        return SettingConnection.proxy(Connection.class, new EndingConnection(connection));
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
    public @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        var call = new Call(method, arguments);
        return switch (call.name()) {
            case "equals" -> proxy == call.argument(0);
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> connection + " whose queries end their transactions";
            case "prepareStatement" ->
                SettingConnection.proxy(PreparedStatement.class, new EndingStatement(this, (Connection) proxy, call));
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
