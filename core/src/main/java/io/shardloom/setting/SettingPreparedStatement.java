package io.shardloom.setting;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement of a {@link SettingConnection}. Only when it runs is it known whether it is the first of its
 * transaction, so it keeps what it is given and hands it on then: to the driver's statement of its own text, or to one of
 * that text behind the setting's, whose parameters are one further on. The driver prepares both on the server like any
 * other.
 */
final class SettingPreparedStatement extends StandIn {

    private static final Call[] NONE = {};

    private final SettingConnection transaction;
    private final Connection connection;
    private final Call prepare;
    /** Not with generated keys, which would be taken from the setting's result, nor to be closed after a result. */
    private boolean combinable;

    /** Fetch size, time-out and the like. */
    private final List<Call> options = new ArrayList<>(2);
    /** The parameters, the first at index 0; null where none was given. */
    private @Nullable Call[] parameters = NONE;

    private @Nullable PreparedStatement plain;
    private @Nullable PreparedStatement combined;
    /** The one that ran last, and the one that runs, for {@code cancel} from another thread. */
    private volatile @Nullable PreparedStatement current;

    private int rows;
    private @Nullable Call[] firstRow = NONE;
    private boolean closed;

    SettingPreparedStatement(SettingConnection transaction, Connection connection, Call prepare) {
        this.transaction = transaction;
        this.connection = connection;
        this.prepare = prepare;
        this.combinable = prepare.count() != 2 || prepare.argument(1).equals(Statement.NO_GENERATED_KEYS);
    }

    @Override
    @Nullable
    Object answer(Object proxy, Call call) throws Throwable {
        return switch (call.name()) {
            case "toString" -> String.valueOf(current != null ? current : prepare.argument(0));
            case "getConnection" -> connection;
            case "close" -> {
                close();
                yield null;
            }
            case "isClosed" -> isClosed();
            case "cancel" -> { // by another thread: what does not run yet is not to be made by it
                var running = current;
                yield running == null ? null : call.on(running);
            }
            case "clearParameters" -> {
                parameters = NONE;
                yield null;
            }
            case "closeOnCompletion" -> {
                combinable = false;
                yield option(call);
            }
            case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" -> run(call);
            case "addBatch" -> addBatch(call);
            case "clearBatch" -> {
                rows = 0;
                yield call.on(plain());
            }
            case "executeBatch", "executeLargeBatch" -> runBatch(call);
            case "getMetaData", "getParameterMetaData" -> call.on(bound(plain(), 0, parameters));
            case "unwrap" -> unwrap(proxy, call);
            default -> call.name().startsWith("set") ? set(call) : call.on(current());
        };
    }

    private boolean isClosed() throws SQLException {
        var last = current;
        return closed || (last != null && last.isClosed());
    }

    private @Nullable Object set(Call call) throws Throwable {
        if (call.count() == 1) {
            return option(call);
        }
        open();
        int index = (Integer) call.argument(0) - 1;
        if (index < 0) {
            return call.on(plain()); // which refuses it
        }
        if (index >= parameters.length) {
            parameters = Arrays.copyOf(parameters, Math.max(index + 1, parameters.length + 4));
        }
        parameters[index] = call;
        return null;
    }

    private @Nullable Object option(Call call) throws Throwable {
        options.add(call);
        if (plain != null) {
            call.on(plain);
        }
        if (combined != null) {
            call.on(combined);
        }
        return null;
    }

    private @Nullable Object run(Call call) throws Throwable {
        if (call.count() != 0 || !transaction.isFirst()) {
            return call.on(running(bound(plain(), 0, parameters)));
        }
        if (!combinable) {
            transaction.send();
            return call.on(running(bound(plain(), 0, parameters)));
        }
        return Results.of(runCombined(parameters), call.name());
    }

    private PreparedStatement runCombined(@Nullable Call[] row) throws Throwable {
        var statement = bound(combined(), 1, row);
        statement.setString(1, transaction.setting().value());
        running(statement).execute();
        transaction.carried();
        return statement;
    }

    private @Nullable Object addBatch(Call call) throws Throwable {
        if (rows++ == 0) {
            firstRow = parameters.clone();
        }
        return call.on(bound(plain(), 0, parameters));
    }

    private @Nullable Object runBatch(Call call) throws Throwable {
        int waiting = rows;
        rows = 0;
        if (waiting == 1 && combinable && transaction.isFirst()) {
            return runOnlyRow(call.name().equals("executeLargeBatch"));
        }
        if (waiting > 0) {
            transaction.send();
        }
        return call.on(running(plain()));
    }

    private Object runOnlyRow(boolean large) throws Throwable {
        plain().clearBatch();
        try {
            long count = Results.count(runCombined(firstRow));
            return large ? new long[] {count} : new int[] {(int) count};
        } catch (SQLException e) {
            var failed = new BatchUpdateException(
                    e.getMessage(), e.getSQLState(), e.getErrorCode(), new int[] {Statement.EXECUTE_FAILED}, e);
            failed.setNextException(e);
            throw failed;
        }
    }

    private @Nullable Object unwrap(Object proxy, Call call) throws Throwable {
        if (((Class<?>) call.argument(0)).isInstance(proxy)) {
            return proxy;
        }
        transaction.send();
        return call.on(running(bound(plain(), 0, parameters)));
    }

    private static PreparedStatement bound(PreparedStatement statement, int shift, @Nullable Call[] parameters)
            throws Throwable {
        for (int i = 0; i < parameters.length; i++) {
            var parameter = parameters[i];
            if (parameter != null) {
                (shift == 0 ? parameter : parameter.withFirst(i + 1 + shift)).on(statement);
            }
        }
        return statement;
    }

    private PreparedStatement running(PreparedStatement statement) {
        current = statement;
        return statement;
    }

    private PreparedStatement current() throws Throwable {
        var last = current;
        return last != null ? last : plain();
    }

    private PreparedStatement plain() throws Throwable {
        var made = plain;
        if (made == null) {
            made = prepared(prepare);
            plain = made;
        }
        return made;
    }

    private PreparedStatement combined() throws Throwable {
        var made = combined;
        if (made == null) {
            made = prepared(prepare.withFirst(transaction.setting().statement() + ";" + prepare.argument(0)));
            combined = made;
        }
        return made;
    }

    private PreparedStatement prepared(Call call) throws Throwable {
        open();
        var statement = (PreparedStatement) Objects.requireNonNull(call.on(transaction.connection()));
        for (var option : options) {
            option.on(statement);
        }
        return statement;
    }

    private void open() throws SQLException {
        if (closed) {
            throw new SQLException("This statement has been closed.", "55000");
        }
    }

    private void close() throws SQLException {
        closed = true;
        try {
            if (plain != null) {
                plain.close();
            }
        } finally {
            if (combined != null) {
                combined.close();
            }
        }
    }
}
