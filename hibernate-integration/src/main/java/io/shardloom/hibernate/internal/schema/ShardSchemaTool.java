package io.shardloom.hibernate.internal.schema;

import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.topology.Node;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.hibernate.boot.Metadata;
import org.hibernate.boot.model.naming.Identifier;
import org.hibernate.boot.registry.StandardServiceInitiator;
import org.hibernate.cfg.MappingSettings;
import org.hibernate.cfg.SchemaToolingSettings;
import org.hibernate.mapping.Table;
import org.hibernate.service.spi.ServiceRegistryImplementor;
import org.hibernate.tool.schema.TargetType;
import org.hibernate.tool.schema.internal.ExceptionHandlerHaltImpl;
import org.hibernate.tool.schema.internal.HibernateSchemaManagementTool;
import org.hibernate.tool.schema.spi.ContributableMatcher;
import org.hibernate.tool.schema.spi.DelayedDropAction;
import org.hibernate.tool.schema.spi.ExecutionOptions;
import org.hibernate.tool.schema.spi.SchemaCreator;
import org.hibernate.tool.schema.spi.SchemaDropper;
import org.hibernate.tool.schema.spi.SchemaManagementException;
import org.hibernate.tool.schema.spi.SchemaManagementTool;
import org.hibernate.tool.schema.spi.SchemaManagementToolCoordinator;
import org.hibernate.tool.schema.spi.SchemaMigrator;
import org.hibernate.tool.schema.spi.SchemaPopulator;
import org.hibernate.tool.schema.spi.SchemaTruncator;
import org.hibernate.tool.schema.spi.SchemaValidator;
import org.hibernate.tool.schema.spi.ScriptTargetOutput;
import org.hibernate.tool.schema.spi.SourceDescriptor;
import org.hibernate.tool.schema.spi.TargetDescriptor;
import org.jspecify.annotations.Nullable;

/** Hibernate's own schema tool, run once for each node with the tables and partitions of that node. */
public final class ShardSchemaTool extends HibernateSchemaManagementTool {
    /** The setting that limits schema management to one node, by name. */
    public static final String NODE = "shardloom.schema.node";

    /** Internal: a {@link ScriptCollector} that takes the statements of each node apart. */
    public static final String COLLECTOR = "shardloom.schema.collector";

    /** Puts the tool into a unit, to be made when a schema is managed. */
    public static final class Initiator implements StandardServiceInitiator<SchemaManagementTool> {
        private final ShardingRuntime runtime;

        /**
         * Creates the initiator of one persistence unit.
         *
         * @param runtime the unit's sharding
         */
        public Initiator(ShardingRuntime runtime) {
            this.runtime = runtime;
        }

        @Override
        public Class<SchemaManagementTool> getServiceInitiated() {
            return SchemaManagementTool.class;
        }

        @Override
        public SchemaManagementTool initiateService(Map<String, Object> settings, ServiceRegistryImplementor registry) {
            return new ShardSchemaTool(runtime);
        }
    }

    private final transient ShardingRuntime runtime;

    private ShardSchemaTool(ShardingRuntime runtime) {
        this.runtime = runtime;
    }

    @Override
    public SchemaCreator getSchemaCreator(Map<String, Object> options) {
        var creator = super.getSchemaCreator(options);
        return (metadata, execution, matcher, source, target) -> {
            var seed = new SeedStatements();
            onTargets(
                    options,
                    target,
                    (node, to) -> creator.doCreation(
                            metadata, seed.on(node, failing(execution)), on(node, matcher), source, to));
            seed.requireEachTaken(runtime.configuration().nodes());
            if (target.getTargetTypes().contains(TargetType.DATABASE)) {
                runtime.seeded(nodes(options).stream().map(Node::name).toList());
            }
        };
    }

    @Override
    public SchemaPopulator getSchemaPopulator(Map<String, Object> options) {
        var populator = super.getSchemaPopulator(options);
        return (execution, target) -> {
            var seed = new SeedStatements();
            onTargets(options, target, (node, to) -> populator.doPopulation(seed.on(node, failing(execution)), to));
            var all = runtime.configuration().nodes();
            seed.requireEachTaken(all);
            if (nodes(options).equals(all)) {
                runtime.seeded(all.stream().map(Node::name).toList());
            }
        };
    }

    @Override
    public SchemaDropper getSchemaDropper(Map<String, Object> options) {
        var dropper = super.getSchemaDropper(options);
        return new SchemaDropper() {
            @Override
            public void doDrop(
                    Metadata metadata,
                    ExecutionOptions execution,
                    ContributableMatcher matcher,
                    SourceDescriptor source,
                    TargetDescriptor target) {
                onTargets(
                        options,
                        target,
                        (node, to) -> dropper.doDrop(metadata, execution, on(node, matcher), source, to));
            }

            @Override
            public DelayedDropAction buildDelayedAction(
                    Metadata metadata,
                    ExecutionOptions execution,
                    ContributableMatcher matcher,
                    SourceDescriptor source) {
                return registry -> onEachNode(
                        options,
                        node -> dropper.doDrop(metadata, execution, on(node, matcher), source, new DatabaseTarget()));
            }
        };
    }

    @Override
    public SchemaTruncator getSchemaTruncator(Map<String, Object> options) {
        var truncator = super.getSchemaTruncator(options);
        return (metadata, execution, matcher, target) -> {
            var seed = new SeedStatements(); // Hibernate runs the import script again
            onEachNode(
                    options,
                    node -> truncator.doTruncate(metadata, seed.on(node, execution), on(node, matcher), target));
            seed.requireEachTaken(runtime.configuration().nodes());
            runtime.seeded(nodes(options).stream().map(Node::name).toList());
        };
    }

    @Override
    public SchemaMigrator getSchemaMigrator(Map<String, Object> options) {
        return (metadata, execution, matcher, target) -> {
            throw new ConfigurationException(List.of(new Fault(
                    "hibernate.hbm2ddl.auto",
                    "update",
                    "Hibernate cannot compare partitioned tables with the mapping. Use create, validate or none, and"
                            + " migrate with Flyway or Liquibase from Shardloom.createScripts(…).")));
        };
    }

    @Override
    public SchemaValidator getSchemaValidator(Map<String, Object> options) {
        var validator = super.getSchemaValidator(options);
        return (metadata, execution, matcher) -> onEachNode(options, node -> {
            try {
                validator.doValidation(metadata, execution, on(node, matcher));
                new PartitionCheck(runtime, node, defaultSchema(options)).check();
                new SequenceCheck(runtime, node).check();
                ConfigurationException.throwIfAny(
                        RowSecurityCheck.faults(runtime, runtime.model(), node, defaultSchema(options)));
            } catch (SchemaManagementException e) {
                throw new SchemaManagementException(
                        "Node " + node.name() + " (" + node.primary().endpoint() + "): " + e.getMessage());
            }
        });
    }

    static @Nullable Identifier defaultSchema(Map<String, Object> options) {
        var name = options.get(MappingSettings.DEFAULT_SCHEMA);
        return name == null ? null : Identifier.toIdentifier(name.toString());
    }

    /** Hibernate logs a statement that fails and goes on; a schema that lacks something must not be used. */
    private static ExecutionOptions failing(ExecutionOptions execution) {
        if (execution.getConfigurationValues().containsKey(SchemaToolingSettings.HBM2DDL_HALT_ON_ERROR)) {
            return execution;
        }
        return SchemaManagementToolCoordinator.buildExecutionOptions(
                execution.getConfigurationValues(), ExceptionHandlerHaltImpl.INSTANCE);
    }

    private ContributableMatcher on(Node node, ContributableMatcher matcher) {
        return contributable -> matcher.matches(contributable)
                && (!(contributable instanceof Table table)
                        || node.name().equals(runtime.model().localTables().getOrDefault(table, node.name())));
    }

    private void onEachNode(Map<String, Object> options, Consumer<Node> work) {
        for (var node : nodes(options)) {
            SchemaTarget.on(node, () -> work.accept(node));
        }
    }

    private void onTargets(Map<String, Object> options, TargetDescriptor target, NodeAndTarget work) {
        var collector = (ScriptCollector) options.get(COLLECTOR);
        boolean toScript = target.getTargetTypes().contains(TargetType.SCRIPT);
        if (toScript && collector == null && nodes(options).size() > 1) {
            throw new ConfigurationException(List.of(Fault.of(
                    NODE,
                    "a script file takes the statements of one node, and the unit has "
                            + nodes(options).size()
                            + ". Set it to the node to write, or call Shardloom.createScripts(…) for all of them.")));
        }
        onEachNode(options, node -> work.run(node, toScript && collector != null ? collector.on(node) : target));
    }

    private List<Node> nodes(Map<String, Object> options) {
        var all = runtime.configuration().nodes();
        var wanted = options.get(NODE);
        if (wanted == null) {
            return all;
        }
        var chosen = all.stream()
                .filter(node -> node.name().equals(wanted.toString().strip()))
                .toList();
        if (chosen.isEmpty()) {
            throw new ConfigurationException(List.of(new Fault(
                    NODE,
                    wanted.toString(),
                    "there is no such node. Name one of "
                            + String.join(", ", all.stream().map(Node::name).toList()) + ".")));
        }
        return chosen;
    }

    private interface NodeAndTarget {
        void run(Node node, TargetDescriptor target);
    }

    private static final class DatabaseTarget implements TargetDescriptor {
        @Override
        public EnumSet<TargetType> getTargetTypes() {
            return EnumSet.of(TargetType.DATABASE);
        }

        @Override
        public @Nullable ScriptTargetOutput getScriptTargetOutput() {
            return null;
        }
    }
}
