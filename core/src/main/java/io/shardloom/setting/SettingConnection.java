package io.shardloom.setting;

import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection whose every transaction starts with a setting. The setting goes out together with the transaction's first
 * statement, so it costs no round trip, and PostgreSQL takes it back at the transaction's end. One thread at a time.
 *
 * <p>What cannot be sent together with a setting costs one round trip more where it comes first: a batch of more than one
 * row, a call, a statement that asks for generated keys, and unwrapping the driver's own object.
 */
public final class SettingConnection extends StandIn {

    private final Connection connection;
    private final TransactionSetting setting;
    private boolean sent;

    private SettingConnection(Connection connection, TransactionSetting setting) {
        this.connection = connection;
        this.setting = setting;
    }

    /**
     * Puts a setting before a connection's transactions.
     *
     * @param connection outside of a transaction; closed with what is returned
     * @param setting sent in each transaction
     * @return the connection to use in its place
     */
    public static Connection of(Connection connection, TransactionSetting setting) {
        return new SettingConnection(connection, setting).as(Connection.class);
    }

    /**
     * Returns the connection that sends nothing by itself, to end a transaction whose statements have been sent.
     *
     * @param connection made by {@link #of}, by {@link EndingConnection#of}, or any other
     * @return what is beneath it, or the connection itself
     */
    public static Connection beneath(Connection connection) {
        if (!Proxy.isProxyClass(connection.getClass())) {
            return connection;
        }
        var handler = Proxy.getInvocationHandler(connection);
        if (handler instanceof EndingConnection ending) {
            return beneath(ending.connection());
        }
        return handler instanceof SettingConnection setting ? setting.connection : connection;
    }

    @Override
    @Nullable
    Object answer(Object proxy, Call call) throws Throwable {
        return switch (call.name()) {
            case "toString" -> connection + " with " + setting.name();
            case "createStatement" -> statement(Statement.class, proxy, call);
            case "prepareCall" -> statement(CallableStatement.class, proxy, call);
            case "prepareStatement" ->
                new SettingPreparedStatement(this, (Connection) proxy, call).as(PreparedStatement.class);
            case "commit", "rollback", "setAutoCommit" -> { // also to a savepoint, which may be older than the setting
                sent = false;
                yield call.on(connection);
            }
            case "isWrapperFor" -> isA(call, proxy) || (boolean) made(call);
            case "unwrap" -> isA(call, proxy) ? proxy : afterSending(call);
            case "getMetaData" -> afterSending(call); // it hands out the connection
            default -> call.on(connection);
        };
    }

    private static boolean isA(Call call, Object proxy) {
        return ((Class<?>) call.argument(0)).isInstance(proxy);
    }

    private <T extends Statement> T statement(Class<T> type, Object proxy, Call call) throws Throwable {
        return new SettingStatement(this, (Connection) proxy, (Statement) made(call)).as(type);
    }

    private @Nullable Object afterSending(Call call) throws Throwable {
        send();
        return call.on(connection);
    }

    private Object made(Call call) throws Throwable {
        return Objects.requireNonNull(call.on(connection));
    }

    TransactionSetting setting() {
        return setting;
    }

    /** Returns the connection itself. */
    Connection connection() {
        return connection;
    }

    /** Tells whether the transaction lacks the setting. */
    boolean isFirst() {
        return !sent;
    }

    /** Notes that a statement has carried the setting. With autocommit it was for that statement alone. */
    void carried() throws SQLException {
        sent = !connection.getAutoCommit();
    }

    /** Sends the setting alone, a round trip of its own, unless the transaction has it. */
    void send() throws SQLException {
        if (sent) {
            return;
        }
        if (connection.getAutoCommit()) {
            throw new SQLException(
                    "With row-level security a batch, a call, a statement that returns generated keys and the driver's own"
                            + " objects need a transaction, and the connection is in autocommit mode. Leave autocommit off.",
                    "25P01");
        }
        try (var statement = connection.prepareStatement(setting.statement())) {
            statement.setString(1, setting.value());
            statement.execute();
        }
        sent = true;
    }
}
