package io.shardloom.hibernate.internal.persister;

import io.shardloom.hibernate.internal.bulk.SessionKeyParameter;
import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.key.GroupKey;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import org.hibernate.metamodel.mapping.JdbcMapping;
import org.hibernate.sql.exec.spi.ExecutionContext;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.jspecify.annotations.Nullable;

/**
 * The session's key; in a session of a whole node, that of the row it has loaded and loads lazy attributes of, for which
 * Hibernate has one statement whatever the session.
 */
final class RowKeyParameter extends SessionKeyParameter {
    RowKeyParameter(JdbcMapping type, String group, String entity) {
        super(type, group, entity);
    }

    @Override
    public void bindParameterValue(
            PreparedStatement statement, int position, JdbcParameterBindings bindings, ExecutionContext context)
            throws SQLException {
        var key = context.getSession().getTenantIdentifierValue() instanceof NodeScope ? ofRow(context) : null;
        if (key == null) {
            super.bindParameterValue(statement, position, bindings, context);
        } else {
            bind(statement, position, key, context.getSession());
        }
    }

    private static @Nullable GroupKey ofRow(ExecutionContext context) {
        var id = context.getEntityId();
        var row = context.getRootEntityDescriptor();
        return id != null && row != null && row.getEntityPersister() instanceof KeyedPersister keyed
                ? keyed.key().ofLoaded(id, context.getSession())
                : null;
    }
}
