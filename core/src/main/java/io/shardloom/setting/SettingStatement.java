package io.shardloom.setting;

import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** A plain or callable statement of a {@link SettingConnection}. */
final class SettingStatement extends StandIn {

    private final SettingConnection transaction;
    private final Connection connection;
    private final Statement statement;

    SettingStatement(SettingConnection transaction, Connection connection, Statement statement) {
        this.transaction = transaction;
        this.connection = connection;
        this.statement = statement;
    }

    @Override
    @Nullable
    Object answer(Object proxy, Call call) throws Throwable {
        return switch (call.name()) {
            case "getConnection" -> connection;
            case "unwrap" -> {
                if (((Class<?>) call.argument(0)).isInstance(proxy)) {
                    yield proxy;
                }
                transaction.send();
                yield call.on(statement);
            }
            default -> call.name().startsWith("execute") && transaction.isFirst() ? first(call) : call.on(statement);
        };
    }

    private @Nullable Object first(Call call) throws Throwable {
        if (call.count() != 1 || statement instanceof CallableStatement) {
            transaction.send();
            return call.on(statement);
        }
        statement.execute(transaction.setting().literalStatement() + ";" + call.argument(0));
        transaction.carried();
        return Results.of(statement, call.name());
    }
}
