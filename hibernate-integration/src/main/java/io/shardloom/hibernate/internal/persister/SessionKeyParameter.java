package io.shardloom.hibernate.internal.persister;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.hibernate.internal.connection.ShardConnectionProvider;
import io.shardloom.hibernate.internal.connection.Unbound;
import io.shardloom.key.GroupKey;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.sql.exec.internal.AbstractJdbcParameter;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;

/**
 * A statement parameter whose value is the key of the session that runs the statement, so that one cached plan serves
 * every key.
 */
final class SessionKeyParameter extends AbstractJdbcParameter {
    private final String group;
    private final String entity;

    SessionKeyParameter(JdbcMapping type, String group, String entity) {
        super(type);
        this.group = group;
        this.entity = entity;
    }

    @Override
    public void bindParameterValue(
            PreparedStatement statement, int position, JdbcParameterBindings bindings, ExecutionContext context)
            throws SQLException {
        bind(statement, position, context.getSession());
    }

    /** Sets the session's key. */
    @SuppressWarnings("unchecked")
    void bind(PreparedStatement statement, int position, SharedSessionContractImplementor session) throws SQLException {
        var tenant = session.getTenantIdentifierValue();
        if (tenant instanceof Unbound) {
            throw ShardConnectionProvider.noKey();
        }
        if (!(tenant instanceof GroupKey key) || !key.group().equals(group)) {
            throw new WrongShardKeyException("The statement touches " + entity + " of group '" + group
                    + "', and the session is bound to " + tenant + ". Do it in a session bound to a key of group '"
                    + group + "'.");
        }
        getJdbcMapping().getJdbcValueBinder().bind(statement, key.value(), position, session);
    }
}
