package io.shardloom.setting;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A prepared statement of an {@link EndingConnection}. Whether its rows come in blocks is known only behind its options, so
 * the driver's statement is made when something else is wanted of it.
 */
final class EndingStatement extends StandIn {

    private final EndingConnection transaction;
    private final Connection connection;
    private final Call prepare;
    /** Fetch size, time-out and the like; given to the statement when it is made. */
    private final List<Call> options = new ArrayList<>(2);

    private boolean blocks;
    private boolean ends;
    private boolean closed;
    /** Also for {@code cancel} from another thread. */
    private volatile @Nullable PreparedStatement statement;

    EndingStatement(EndingConnection transaction, Connection connection, Call prepare) {
        this.transaction = transaction;
        this.connection = connection;
        this.prepare = prepare;
    }

    @Override
    @Nullable
    Object answer(Object proxy, Call call) throws Throwable {
        return switch (call.name()) {
            case "toString" -> String.valueOf(statement != null ? statement : prepare.argument(0));
            case "getConnection" -> connection;
            case "close" -> {
                close();
                yield null;
            }
            case "isClosed" -> closed;
            case "cancel" -> { // by another thread: what does not run yet is not to be made by it
                var made = statement;
                yield made == null ? null : call.on(made);
            }
            case "executeQuery" -> query(statement());
            default -> statement == null && isOption(call) ? option(call) : call.on(statement());
        };
    }

    private static boolean isOption(Call call) {
        return call.name().startsWith("set") && call.count() == 1;
    }

    private @Nullable Object option(Call call) {
        if (call.name().equals("setFetchSize")) {
            blocks = (Integer) call.argument(0) != 0;
        }
        options.add(call);
        return null;
    }

    private PreparedStatement statement() throws Throwable {
        var made = statement;
        if (made == null) {
            if (closed) {
                throw new SQLException("This statement has been closed.", "55000");
            }
            if (blocks) {
                transaction.keep();
            }
            ends = !transaction.isOpen();
            made = (PreparedStatement)
                    Objects.requireNonNull((ends ? prepare.withFirst(prepare.argument(0) + ";rollback") : prepare)
                            .on(transaction.connection()));
            statement = made;
            for (var option : options) {
                option.on(made);
            }
        }
        return made;
    }

    private ResultSet query(PreparedStatement query) throws SQLException {
        if (!ends) {
            return query.executeQuery();
        }
        try {
            query.execute();
        } catch (SQLException e) {
            transaction.keep();
            throw e;
        }
        transaction.ended();
        return query.getResultSet();
    }

    private void close() throws SQLException {
        closed = true;
        var made = statement;
        if (made != null) {
            made.close();
        }
    }
}
