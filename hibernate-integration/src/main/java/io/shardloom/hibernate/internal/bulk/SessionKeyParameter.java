package io.shardloom.hibernate.internal.bulk;

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
public class SessionKeyParameter extends AbstractJdbcParameter {
    private final String group;
    private final String entity;

    /**
     * Creates a parameter.
     *
     * @param type of the key column
     * @param group the group whose key a session must be bound to
     * @param entity named in errors
     */
    public SessionKeyParameter(JdbcMapping type, String group, String entity) {
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

    /**
     * Sets the session's key.
     *
     * @param statement whose parameter to set
     * @param position of the parameter, from 1
     * @param session that runs the statement
     * @throws SQLException as the statement's own
     * @throws WrongShardKeyException if the session is not bound to a key of the group
     */
    public final void bind(PreparedStatement statement, int position, SharedSessionContractImplementor session)
            throws SQLException {
        bind(statement, position, key(session), session);
    }

    /**
     * Sets a key.
     *
     * @param statement whose parameter to set
     * @param position of the parameter, from 1
     * @param key of the group
     * @param session that runs the statement
     * @throws SQLException as the statement's own
     */
    @SuppressWarnings("unchecked")
    protected final void bind(
            PreparedStatement statement, int position, GroupKey key, SharedSessionContractImplementor session)
            throws SQLException {
        getJdbcMapping().getJdbcValueBinder().bind(statement, key.value(), position, session);
    }

    /**
     * Returns the session's key.
     *
     * @param session that runs the statement
     * @throws WrongShardKeyException if the session is not bound to a key of the group
     */
    public final GroupKey key(SharedSessionContractImplementor session) {
        var tenant = session.getTenantIdentifierValue();
        if (tenant instanceof Unbound) {
            throw ShardConnectionProvider.noKey();
        }
        if (!(tenant instanceof GroupKey key) || !key.group().equals(group)) {
            throw new WrongShardKeyException("The statement touches " + entity + " of group '" + group
                    + "', and the session is bound to " + tenant + ". Do it in a session bound to a key of group '"
                    + group + "'.");
        }
        return key;
    }
}
