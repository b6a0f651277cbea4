package io.shardloom.hibernate;

import io.shardloom.hibernate.internal.connection.NodeScope;
import io.shardloom.hibernate.internal.connection.Reading;
import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import io.shardloom.topology.Node;
import org.hibernate.SessionBuilder;
import org.hibernate.StatelessSession;
import org.hibernate.StatelessSessionBuilder;
import org.hibernate.engine.spi.SharedSessionContractImplementor;

/**
 * Hibernate's session builders, with what a session is bound to and reads from.
 *
 * @param factory of a sharded unit
 */
record KeySessions(ShardSessionFactory factory) {
    SessionBuilder of(Object key) {
        return factory.withOptions().tenantIdentifier((Object) factory.runtime().sessionKey(key));
    }

    SessionBuilder reading(Object key, Reading reading) {
        return of(key).readOnly(true).eventListeners(reading);
    }

    SessionBuilder ofNode(Node node) {
        return factory.withOptions().tenantIdentifier((Object) new NodeScope(node.name()));
    }

    StatelessSessionBuilder statelessOf(Object key) {
        return factory.withStatelessOptions()
                .tenantIdentifier((Object) factory.runtime().sessionKey(key));
    }

    /** The builder of stateless sessions takes no listeners. */
    StatelessSession openStateless(Object key, Reading reading) {
        var session = statelessOf(key).readOnly(true).openStatelessSession();
        ((SharedSessionContractImplementor) session).getEventListenerManager().addListener(reading);
        return session;
    }
}
