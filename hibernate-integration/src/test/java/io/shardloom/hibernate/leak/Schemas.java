package io.shardloom.hibernate.leak;

import io.shardloom.testing.EmbeddedServer;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.MultiTenancySettings;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** Plain Hibernate on one plain PostgreSQL: each key has a schema, named after it, with all tables. */
final class Schemas implements MultiTenantConnectionProvider<Object> {
    private static final long serialVersionUID = 1L;

    private final transient EmbeddedServer server;
    private final transient ConcurrentLinkedQueue<Connection> idle = new ConcurrentLinkedQueue<>();

    private Schemas(EmbeddedServer server) {
        this.server = server;
    }

    /** Creates the schemas of keys and opens plain Hibernate on them. */
    static Store open(EmbeddedServer server, List<Class<?>> entities, Collection<UUID> keys) throws SQLException {
        var script = new StringWriter();
        var schemas = new Schemas(server);
        var unit = new HibernatePersistenceConfiguration("plain");
        unit.managedClasses(entities);
        unit.property(MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER, schemas);
        unit.property("jakarta.persistence.schema-generation.scripts.action", "create");
        unit.property("jakarta.persistence.schema-generation.scripts.create-target", script);
        var factory = unit.createEntityManagerFactory();
        for (var key : keys) {
            server.execute("create schema \"" + key + "\"; set search_path to \"" + key + "\"; " + script);
        }
        return new Store.Plain(factory.unwrap(SessionFactory.class), schemas);
    }

    void close() {
        for (var connection = idle.poll(); connection != null; connection = idle.poll()) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public Connection getAnyConnection() throws SQLException {
        var connection = idle.poll();
        return connection != null ? connection : server.connect();
    }

    @Override
    public void releaseAnyConnection(Connection connection) {
        idle.add(connection);
    }

    @Override
    public Connection getConnection(Object tenant) throws SQLException {
        var connection = getAnyConnection();
        connection.setSchema((String) tenant);
        return connection;
    }

    @Override
    public void releaseConnection(Object tenant, Connection connection) {
        idle.add(connection);
    }

    @Override
    public boolean supportsAggressiveRelease() {
        return false;
    }

    @Override
    public boolean isUnwrappableAs(Class<?> type) {
        return false;
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        throw new UnsupportedOperationException();
    }
}
