package io.shardloom.hibernate.internal.mapping;

import io.shardloom.ddl.PartitionDdl;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.hibernate.internal.boot.LoadingOutside;
import io.shardloom.hibernate.internal.boot.PlainServer;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.hibernate.internal.nativesql.NativeSqlGuard;
import io.shardloom.hibernate.internal.schema.RowSecurityCheck;
import io.shardloom.hibernate.internal.schema.SchemaSettings;
import io.shardloom.hibernate.internal.schema.SchemaShaper;
import io.shardloom.topology.Layout;
import io.shardloom.topology.ShardGroup;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.hibernate.HibernateException;
import org.hibernate.boot.ResourceStreamLocator;
import org.hibernate.boot.spi.AdditionalMappingContributions;
import org.hibernate.boot.spi.AdditionalMappingContributor;
import org.hibernate.boot.spi.InFlightMetadataCollector;
import org.hibernate.boot.spi.MetadataBuildingContext;
import org.hibernate.cfg.JdbcSettings;
import org.hibernate.engine.config.spi.ConfigurationService;
import org.hibernate.mapping.PersistentClass;
import org.hibernate.mapping.RootClass;

/**
 * Found by Hibernate: reads the mapping when it is complete, tells every fault of configuration and mapping in one
 * error, and finishes the start of the unit's sharding.
 */
public final class ShardMappingContributor implements AdditionalMappingContributor {
    @Override
    public void contribute(
            AdditionalMappingContributions contributions,
            InFlightMetadataCollector metadata,
            ResourceStreamLocator resources,
            MetadataBuildingContext context) {
        var registry = context.getBootstrapContext().getServiceRegistry();
        var runtime = registry.requireService(ShardingRuntime.class);
        if (!runtime.enabled()) {
            refuseShardedEntitiesWithoutAnyServer(
                    runtime,
                    metadata,
                    registry.requireService(ConfigurationService.class).getSettings());
            return;
        }

        var configuration = runtime.configuration();
        var mappingFaults = new ArrayList<Fault>();
        var reader = new ModelReader(metadata, configuration, mappingFaults);
        var model = reader.read();
        var groups = configuration.mappedGroups(model.keyTypes(), mappingFaults.isEmpty());
        reader.checkAssociations(groups);
        var faults = new ArrayList<Fault>(runtime.faults());
        var settings = registry.requireService(ConfigurationService.class).getSettings();
        faults.addAll(PlainServer.besideNodes(settings));
        faults.addAll(LoadingOutside.faults(settings));
        faults.addAll(SchemaSettings.faults(settings, configuration));
        faults.addAll(NativeSqlGuard.faults(settings));
        faults.addAll(mappingFaults);
        if (NativeSqlGuard.checks(settings)) {
            faults.addAll(MappedSql.faults(metadata, model.entities()));
        }
        faults.addAll(groups.faults());
        faults.addAll(partitionNames(model, groups.groups()));
        if (faults.isEmpty()) {
            faults.addAll(RowSecurityCheck.faults(runtime, model, settings));
        }
        ConfigurationException.throwIfAny(faults);

        runtime.complete(model, groups.orThrow(configuration));
        // Our turn comes before Hibernate's last pass over the foreign keys; the resolver's comes after it.
        metadata.registerValueMappingResolver(last -> {
            new SchemaShaper(runtime, model, last.getMetadataCollector()).shape();
            return true;
        });
    }

    private static List<Fault> partitionNames(ShardedModel model, List<ShardGroup> groups) {
        var faults = new ArrayList<Fault>();
        for (var group : groups) {
            if (group.layout() == Layout.PARTITIONED) {
                model.tables().entrySet().stream()
                        .filter(table -> table.getValue().group().equals(group.name()))
                        .map(table -> table.getKey().getName())
                        .sorted()
                        .forEach(table -> faults.addAll(PartitionDdl.faults(group, table)));
            }
        }
        return faults;
    }

    private static void refuseShardedEntitiesWithoutAnyServer(
            ShardingRuntime runtime, InFlightMetadataCollector metadata, Map<String, Object> settings) {
        var roots = metadata.getEntityBindingMap().values().stream()
                .filter(RootClass.class::isInstance)
                .map(RootClass.class::cast)
                .sorted(Comparator.comparing(PersistentClass::getEntityName))
                .toList();
        if (PlainServer.isNamed(settings)) { // the same entities on one plain PostgreSQL
            ConfigurationException.throwIfAny(roots.stream()
                    .flatMap(root -> ModelReader.numbersWithoutNode(root).stream())
                    .toList());
            return;
        }
        var sharded = roots.stream().filter(ModelReader::isAnnotated).findFirst();
        if (sharded.isPresent()) {
            throw new ConfigurationException(List.of(Fault.of(
                    "shardloom.node.<name>.primary",
                    "there is no node, and " + sharded.get().getJpaEntityName()
                            + " is sharded. Name at least one, such as shardloom.node.n1.primary ="
                            + " jdbc:postgresql://host:5432/database, or jakarta.persistence.jdbc.url for one"
                            + " PostgreSQL without sharding.")));
        }
        if (!runtime.databaseKnown()) {
            throw new HibernateException("Unable to determine Dialect without JDBC metadata (please set '"
                    + JdbcSettings.JAKARTA_JDBC_URL + "' for common cases or '" + JdbcSettings.DIALECT + "' when a"
                    + " custom Dialect implementation must be provided)"); // as Hibernate says without Shardloom
        }
    }
}
