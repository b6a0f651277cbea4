package io.shardloom.benchmarks.side;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.AbstractDataSourceBasedMultiTenantConnectionProviderImpl;

/** The least one writes by hand to have Hibernate work on several nodes: a tenant is a node's number. */
public final class NodeRouter extends AbstractDataSourceBasedMultiTenantConnectionProviderImpl<Integer> {
    private static final long serialVersionUID = 1L;

    private final transient List<? extends DataSource> primaries;
    private final transient List<? extends DataSource> replicas;

    /**
     * Routes to the data sources of some nodes.
     *
     * @param primaries one for each node
     * @param replicas where read-only sessions go, likewise
     */
    public NodeRouter(List<? extends DataSource> primaries, List<? extends DataSource> replicas) {
        this.primaries = primaries;
        this.replicas = replicas;
    }

    @Override
    public Connection getReadOnlyConnection(Integer node) throws SQLException {
        return replicas.get(node).getConnection();
    }

    @Override
    protected DataSource selectAnyDataSource() {
        return primaries.get(0);
    }

    @Override
    protected DataSource selectDataSource(Integer node) {
        return primaries.get(node);
    }
}
