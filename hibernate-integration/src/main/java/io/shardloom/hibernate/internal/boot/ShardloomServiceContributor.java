package io.shardloom.hibernate.internal.boot;

import io.shardloom.config.Configuration;
import io.shardloom.hibernate.internal.connection.KeyResolver;
import io.shardloom.hibernate.internal.connection.PoolCloser;
import io.shardloom.hibernate.internal.connection.ShardConnectionProvider;
import io.shardloom.hibernate.internal.nativesql.NativeSqlGuard;
import io.shardloom.hibernate.internal.outcome.LostCommits;
import io.shardloom.hibernate.internal.persister.KeyedBulkStrategy;
import io.shardloom.hibernate.internal.persister.ShardPersisterClassResolver;
import io.shardloom.hibernate.internal.readonly.GuardedMutations;
import io.shardloom.hibernate.internal.schema.ShardSchemaTool;
import io.shardloom.hibernate.internal.write.BulkGuard;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.cfg.QuerySettings;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;
import org.hibernate.engine.jdbc.env.JdbcMetadataOnBoot;
import org.hibernate.engine.jdbc.env.internal.JdbcEnvironmentInitiator;
import org.hibernate.service.spi.ServiceContributor;

/** Found by Hibernate: turns the {@code shardloom.*} properties of a unit into its connections and tenancy. */
public final class ShardloomServiceContributor implements ServiceContributor {
    private static final String PREFIX = "shardloom.";
    /** System properties of the test servers, which Hibernate shows among a unit's own. */
    private static final String TESTING = PREFIX + "testing.";

    @Override
    public void contribute(StandardServiceRegistryBuilder builder) {
        Map<String, Object> settings = builder.getSettings();
        if (settings.keySet().stream().noneMatch(name -> name.startsWith(PREFIX) && !name.startsWith(TESTING))) {
            boolean known = PlainServer.isKnownKind(settings);
            builder.addService(ShardingRuntime.class, ShardingRuntime.disabled(known));
            if (!known) {
                // so that the boot reaches the mapping, which tells whether a node is missing
                builder.applySettings(ServersFirst.OFFLINE);
            }
            return;
        }
        var configuration = Configuration.read(
                settings,
                Set.of(ShardSchemaTool.NODE, ShardSchemaTool.COLLECTOR, NativeSqlGuard.SETTING, TESTING + "*"));
        maskPasswords(builder);
        boolean connect = JdbcEnvironmentInitiator.jdbcMetadataAccess(settings) != JdbcMetadataOnBoot.DISALLOW;
        var runtime = ShardingRuntime.of(configuration, connect);
        builder.addService(ShardingRuntime.class, runtime);
        builder.addService(ConnectionProvider.class, new PoolCloser(runtime));
        builder.applySetting(AvailableSettings.MULTI_TENANT_CONNECTION_PROVIDER, new ShardConnectionProvider(runtime));
        builder.applySetting(AvailableSettings.MULTI_TENANT_IDENTIFIER_RESOLVER, new KeyResolver(runtime));
        builder.applySetting(AvailableSettings.CONNECTION_PROVIDER_DISABLES_AUTOCOMMIT, true);
        builder.applySetting("hibernate.persister.resolver", new ShardPersisterClassResolver());
        builder.applySetting("hibernate.query.sqm.translator", BulkGuard.class.getName()); // an instance is not taken
        if (!settings.containsKey(QuerySettings.QUERY_MULTI_TABLE_MUTATION_STRATEGY)) {
            builder.applySetting(QuerySettings.QUERY_MULTI_TABLE_MUTATION_STRATEGY, KeyedBulkStrategy.class.getName());
        }
        builder.addInitiator(new ServersFirst(runtime));
        builder.addInitiator(new ShardSchemaTool.Initiator(runtime));
        builder.addInitiator(new GuardedMutations.Initiator());
        builder.addInitiator(new LostCommits.Initiator());
        NativeSqlGuard.install(builder);
    }

    /** Hibernate logs all settings of a unit and shows them as the factory's properties; it masks its own alone. */
    private static void maskPasswords(StandardServiceRegistryBuilder builder) {
        for (var name : List.copyOf(builder.getSettings().keySet())) {
            if (name.startsWith(PREFIX) && name.endsWith("password")) {
                builder.applySetting(name, "****");
            }
        }
    }
}
