package io.shardloom.server;

import io.shardloom.failure.ShardloomException;
import io.shardloom.setting.SettingConnection;
import java.lang.reflect.InvocationTargetException;
import java.sql.Connection;
import java.sql.SQLException;

/** Tells a server to stop what a connection is doing, the sending of further rows included, which no statement's own cancel does. */
public final class ServerCancel {
    private ServerCancel() {}

    /**
     * Sends the request over a connection of its own; what the other thread does on the connection then fails.
     *
     * @param connection in use by another thread
     * @throws ShardloomException if the request cannot be sent
     */
    public static void cancel(Connection connection) {
        try {
            Connection driver = SettingConnection.beneath(connection).unwrap(Connection.class);
            driver.getClass().getMethod("cancelQuery").invoke(driver);
        } catch (InvocationTargetException e) {
            throw new ShardloomException("Cannot cancel a statement on its server: " + e.getTargetException(), e);
        } catch (ReflectiveOperationException | SQLException e) {
            throw new ShardloomException(
                    "Cannot cancel a statement: its connection is not one of pgjdbc's. Use pgjdbc.", e);
        }
    }
}
