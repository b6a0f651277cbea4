package io.shardloom.hibernate.internal.boot;

import java.util.HashMap;
import java.util.Map;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.engine.jdbc.env.internal.JdbcEnvironmentInitiator;
import org.hibernate.engine.jdbc.env.spi.JdbcEnvironment;
import org.hibernate.service.spi.ServiceRegistryImplementor;

/**
 * Waits for the servers where Hibernate first asks about its database, and not before, because its boot has enough to do
 * until then. Where they are at fault it is kept from asking.
 */
final class ServersFirst extends JdbcEnvironmentInitiator {

    /** Has Hibernate ask no server, so that its boot reaches the mapping and tells the faults of that too. */
    static final Map<String, Object> OFFLINE = Map.of(
            JdbcSettings.ALLOW_METADATA_ON_BOOT,
            false,
            JdbcSettings.JAKARTA_HBM2DDL_DB_NAME,
            "PostgreSQL",
            JdbcSettings.JAKARTA_HBM2DDL_DB_MAJOR_VERSION,
            18);

    private final ShardingRuntime runtime;

    ServersFirst(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public JdbcEnvironment initiateService(Map<String, Object> settings, ServiceRegistryImplementor registry) {
        if (runtime.faults().isEmpty()) {
            return super.initiateService(settings, registry);
        }
        Map<String, Object> offline = new HashMap<>(settings);
        offline.putAll(OFFLINE);
        return super.initiateService(offline, registry);
    }
}
