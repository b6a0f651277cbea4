package io.shardloom.setting;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A call of a JDBC method, now or later. */
final class Call {

    private final Method method;
    private final @Nullable Object @Nullable [] arguments;

    /** Takes a call as a proxy gives it: null where there are no arguments. */
    Call(Method method, @Nullable Object @Nullable [] arguments) {
        this.method = method;
        this.arguments = arguments;
    }

    String name() {
        return method.getName();
    }

    int count() {
        return arguments == null ? 0 : arguments.length;
    }

    Object argument(int index) {
        if (arguments == null) {
            throw new IllegalArgumentException(method + " has no arguments");
        }
        return Objects.requireNonNull(arguments[index]);
    }

    /** Returns the same call with its first argument replaced. */
    Call withFirst(Object first) {
        var changed = arguments == null ? new Object[1] : arguments.clone();
        changed[0] = first;
        return new Call(method, changed);
    }

    /** Makes the call and throws what it throws. */
    @Nullable
    Object on(Object target) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
        }
    }
}
