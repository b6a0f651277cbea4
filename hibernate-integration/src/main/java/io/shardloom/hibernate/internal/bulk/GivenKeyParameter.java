package io.shardloom.hibernate.internal.bulk;

import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.WrongShardKeyException;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.jspecify.annotations.Nullable;

/**
 * The session's key where a statement gives one of its own: binding it fails where the two differ, before the statement
 * is sent.
 */
final class GivenKeyParameter extends SessionKeyParameter {
    /** The key that a statement gives: a literal, or what a parameter of it is set to. */
    interface Given {
        @Nullable
        Object in(JdbcParameterBindings bindings);
    }

    private final String what;
    private final Given given;

    GivenKeyParameter(JdbcMapping type, String group, String entity, String what, Given given) {
        super(type, group, entity);
        this.what = what;
        this.given = given;
    }

    @Override
    public void bindParameterValue(
            PreparedStatement statement, int position, JdbcParameterBindings bindings, ExecutionContext context)
            throws SQLException {
        check(bindings, context);
        super.bindParameterValue(statement, position, bindings, context);
    }

    void check(JdbcParameterBindings bindings, ExecutionContext context) {
        var own = key(context.getSession());
        var value = given.in(bindings);
        boolean same;
        try {
            same = value != null && own.value().equals(own.type().canonical(value));
        } catch (InvalidShardKeyException e) {
            same = false; // a value that is no key of this group
        }
        if (!same) {
            throw new WrongShardKeyException("Cannot insert " + what + " = " + value + ": the session is bound to "
                    + own + ". Leave the key out to get the session's, or open a session for the row's own.");
        }
    }
}
