package io.shardloom.atomic;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A real connection that tells what is about to be sent on it, and what was. */
final class Tap {

    /** Is told each statement; what it throws, the sender gets. */
    interface Listener {
        default void before(String node, String sql) throws SQLException {}

        default void after(String node, String sql) throws SQLException {}
    }

    private Tap() {}

    static Connection on(String node, Connection real, Listener listener) {
        return proxy(Connection.class, (proxy, method, arguments) -> switch (method.getName()) {
            case "commit", "rollback" -> told(node, method.getName(), listener, () -> call(method, real, arguments));
            case "createStatement" ->
                statement(node, null, Statement.class, (Statement) call(method, real, arguments), listener);
            case "prepareStatement" ->
                statement(
                        node,
                        (String) arguments[0],
                        PreparedStatement.class,
                        (PreparedStatement) call(method, real, arguments),
                        listener);
            default -> call(method, real, arguments);
        });
    }

    private static <T extends Statement> T statement(
            String node, String prepared, Class<T> type, T real, Listener listener) {
        return proxy(type, (proxy, method, arguments) -> {
            if (!method.getName().startsWith("execute")) {
                return call(method, real, arguments);
            }
            String sql = prepared != null ? prepared : (String) arguments[0];
            return told(node, sql, listener, () -> call(method, real, arguments));
        });
    }

    private interface Call {
        Object run() throws Throwable;
    }

    private static Object told(String node, String sql, Listener listener, Call call) throws Throwable {
        listener.before(node, sql);
        Object result = call.run();
        listener.after(node, sql);
        return result;
    }

    private static Object call(java.lang.reflect.Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(Tap.class.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
