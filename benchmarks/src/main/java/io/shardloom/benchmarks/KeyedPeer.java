package io.shardloom.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardloom.benchmarks.side.NodeRouter;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import jakarta.persistence.Persistence;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.Session;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.MultiTenancySettings;

/**
 * Hibernate without Shardloom on the very tables that Shardloom has made, through pools with Shardloom's settings: plain on
 * one server, or with the least router on several, which is told the node and so has nothing to find out.
 */
final class KeyedPeer implements AutoCloseable {
    private final List<HikariDataSource> pools;
    private final SessionFactory factory;
    private final boolean routes;

    private KeyedPeer(List<HikariDataSource> pools, boolean routes, Map<String, Object> more) {
        this.pools = pools;
        this.routes = routes;
        var properties = new HashMap<>(more);
        properties.put("hibernate.connection.provider_disables_autocommit", "true");
        this.factory = Persistence.createEntityManagerFactory("keyed-orders", properties)
                .unwrap(SessionFactory.class);
    }

    /** Returns plain Hibernate on the first node's primary. */
    static KeyedPeer plain(EmbeddedCluster cluster, Map<String, Object> settings) {
        var pool = pool(cluster, cluster.nodes().get(0));
        return new KeyedPeer(List.of(pool), false, with(settings, "jakarta.persistence.nonJtaDataSource", pool));
    }

    /** Returns Hibernate with a router to the primaries of all nodes. */
    static KeyedPeer router(EmbeddedCluster cluster, Map<String, Object> settings) {
        var pools = cluster.nodes().stream().map(node -> pool(cluster, node)).toList();
        return new KeyedPeer(
                pools,
                true,
                with(settings, MultiTenancySettings.MULTI_TENANT_CONNECTION_PROVIDER, new NodeRouter(pools, pools)));
    }

    private static Map<String, Object> with(Map<String, Object> settings, String name, Object value) {
        var more = new HashMap<>(settings);
        more.put(name, value);
        return more;
    }

    private static HikariDataSource pool(EmbeddedCluster cluster, EmbeddedNode node) {
        var config = new HikariConfig();
        config.setJdbcUrl(node.primary().jdbcUrl());
        config.setUsername(cluster.user());
        config.setPassword(cluster.password());
        config.setAutoCommit(false);
        config.setMinimumIdle(1); // as Shardloom's
        config.addDataSourceProperty("options", "-c plan_cache_mode=force_generic_plan");
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        return new HikariDataSource(config);
    }

    /** Works in one transaction on a node. */
    void write(int node, Consumer<Session> work) {
        if (routes) {
            in(node, false, work);
        } else {
            factory.inTransaction(work);
        }
    }

    /** Works in one transaction of a read-only session on a node. */
    void read(int node, Consumer<Session> work) {
        in(node, true, work);
    }

    private void in(int node, boolean readOnly, Consumer<Session> work) {
        var sessions = factory.withOptions().readOnly(readOnly);
        try (var session = (routes ? sessions.tenantIdentifier((Object) node) : sessions).openSession()) {
            session.beginTransaction();
            work.accept(session);
            session.getTransaction().commit();
        }
    }

    @Override
    public void close() {
        factory.close();
        pools.forEach(HikariDataSource::close);
    }
}
