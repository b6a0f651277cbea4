package io.shardloom.setting;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/** Stands in for an object of the driver; equal to itself alone. */
abstract class StandIn implements InvocationHandler {

    /** Returns the object that answers with this. */
    final <T> T as(Class<T> type) {
        return type.cast(Proxy.newProxyInstance(StandIn.class.getClassLoader(), new Class<?>[] {type}, this));
    }

    @Override
    public final @Nullable Object invoke(Object proxy, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        var call = new Call(method, arguments);
        return switch (call.name()) {
            case "equals" -> arguments != null && proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> answer(proxy, call);
        };
    }

    /** Answers any other call. */
    abstract @Nullable Object answer(Object proxy, Call call) throws Throwable;
}
