package io.shardloom.hibernate.internal.boot;

import io.shardloom.Sharding;
import io.shardloom.config.Configuration;
import io.shardloom.config.RowSecurity;
import io.shardloom.failure.Fault;
import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.hibernate.internal.mapping.EntityHome;
import io.shardloom.hibernate.internal.mapping.ShardedModel;
import io.shardloom.id.GlobalSequence;
import io.shardloom.key.GroupKey;
import io.shardloom.reference.ReferenceCopies;
import io.shardloom.reference.ReferenceFill;
import io.shardloom.scatter.Scatter;
import io.shardloom.server.NodePools;
import io.shardloom.strategy.StrategyKind;
import io.shardloom.topology.Node;
import io.shardloom.topology.Topology;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hibernate.service.Service;
import org.hibernate.service.spi.Stoppable;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The sharding of one persistence unit, a service of its registry and closed with it.
 *
 * <p>It comes to be in two steps, because the types of the keys are known only from the mapping: first configuration
 * and pools, then, when Hibernate has read the entities, model and routes. Faults of both steps are told in one go.
 */
public final class ShardingRuntime implements Service, Stoppable {
    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger("io.shardloom.hibernate");

    private final transient @Nullable Configuration configuration;
    private final transient @Nullable RowSecurity rowSecurity;
    private final transient boolean databaseKnown;
    private final transient List<Fault> faults = new ArrayList<>();
    private final transient Map<SequenceKey, GlobalSequence> sequences = new ConcurrentHashMap<>();
    private final transient Set<String> seeded = ConcurrentHashMap.newKeySet();
    private transient volatile Set<String> referenceTables = Set.of();
    /** What is being connected to while the boot goes on. */
    private transient @Nullable NodePools connecting;

    private transient volatile @Nullable NodePools pools;
    private transient volatile @Nullable Scatter scatter;
    private transient volatile @Nullable Sharding sharding;
    private transient volatile @Nullable Topology topology;
    private transient volatile @Nullable ShardedModel model;

    private ShardingRuntime(@Nullable Configuration configuration, boolean databaseKnown) {
        this.configuration = configuration;
        this.rowSecurity =
                configuration == null ? null : configuration.rowSecurity().orElse(null);
        this.databaseKnown = databaseKnown;
    }

    /** Returns the runtime of a unit without sharding. */
    static ShardingRuntime disabled(boolean databaseKnown) {
        return new ShardingRuntime(null, databaseKnown);
    }

    /**
     * Returns the runtime of a configured unit and, where asked, begins to connect to every primary, also beside faults,
     * so that an unreachable one is told with them. Where users or passwords are at fault that would only repeat it.
     */
    static ShardingRuntime of(Configuration configuration, boolean connect) {
        var runtime = new ShardingRuntime(configuration, true);
        runtime.faults.addAll(configuration.faults());
        if (connect && runtime.faults.stream().noneMatch(ShardingRuntime::isOfCredentials)) {
            runtime.connecting = NodePools.start(configuration);
        }
        return runtime;
    }

    private static boolean isOfCredentials(Fault fault) {
        return fault.subject().endsWith("user") || fault.subject().endsWith("password");
    }

    /**
     * Tells whether the unit is sharded.
     *
     * @return false where no {@code shardloom.*} property is set
     */
    public boolean enabled() {
        return configuration != null;
    }

    /**
     * Tells whether Hibernate could start without Shardloom as far as its database goes.
     *
     * @return false where neither a node nor anything of Hibernate's own says which database it is
     */
    public boolean databaseKnown() {
        return databaseKnown;
    }

    /**
     * Returns what is known to be wrong before the mapping is read, when the servers have answered or failed to.
     *
     * @return maybe empty
     */
    public synchronized List<Fault> faults() {
        var begun = connecting;
        if (begun != null) {
            begun.awaitPrimaries(faults::add);
            pools = begun;
            connecting = null;
        }
        return List.copyOf(faults);
    }

    /**
     * Ends the start: from here on keys can be routed.
     *
     * @param model what the mapping says
     * @param topology the nodes, the groups and their placements
     */
    public void complete(ShardedModel model, Topology topology) {
        this.model = model;
        this.topology = topology;
    }

    /**
     * Returns the unit's configuration.
     *
     * @throws IllegalStateException if the unit is not sharded
     */
    public Configuration configuration() {
        return present(configuration);
    }

    /**
     * Tells whether the pools are open.
     *
     * @return false before the first connection of a unit whose boot did not connect
     */
    public boolean isConnected() {
        return pools != null;
    }

    /** Returns the pools, opened at the first call where the boot did not connect. */
    public NodePools pools() {
        var open = pools;
        return open != null ? open : openPools();
    }

    private synchronized NodePools openPools() {
        faults(); // waits for what is being connected to
        var open = pools;
        if (open == null) {
            open = NodePools.open(configuration());
            pools = open;
        }
        return open;
    }

    /**
     * Returns the routes.
     *
     * @throws IllegalStateException if the unit is not sharded or has not started
     */
    public Sharding sharding() {
        var made = sharding;
        return made != null ? made : makeSharding();
    }

    private synchronized Sharding makeSharding() {
        var made = sharding;
        if (made == null) {
            made = Sharding.of(topology(), pools());
            sharding = made;
        }
        return made;
    }

    /** Returns the threads that ask several nodes at once. */
    public Scatter scatter() {
        var made = scatter;
        return made != null ? made : makeScatter();
    }

    private synchronized Scatter makeScatter() {
        var made = scatter;
        if (made == null) {
            made = Scatter.of(Math.max(8, 4 * configuration().nodes().size()));
            scatter = made;
        }
        return made;
    }

    /**
     * Makes the key a session is to be bound to, and sees to it that there is a shard for it, so that its lack is told
     * before any work is done. A hash group has a shard for every key.
     *
     * @param key a plain value or a {@link GroupKey}
     * @throws io.shardloom.failure.NoShardForKeyException if a list or range group has no shard for it
     * @throws InvalidShardKeyException if it is no key, or one that Hibernate would store as another
     */
    public GroupKey sessionKey(@Nullable Object key) {
        if (model().entities().isEmpty()) {
            throw new InvalidShardKeyException("The persistence unit has no entity, so no shard key is taken. List its"
                    + " classes as <class> in persistence.xml: Hibernate finds them by itself only where a scanner is on"
                    + " the class path.");
        }
        var made = KeptTimes.checked(sharding().key(key));
        var group = sharding().group(made.group());
        if (group.kind() != StrategyKind.HASH) {
            group.shardOf(made.value());
        }
        return made;
    }

    /**
     * Returns the node of a row in a session of all keys.
     *
     * @param group of its entity
     * @param key of the row, a plain value
     * @throws io.shardloom.failure.NoShardForKeyException if a list or range group has no shard for it
     * @throws InvalidShardKeyException if it is no key, or one that Hibernate would store as another
     */
    public Node nodeOfRow(String group, Object key) {
        return sharding().nodeOf(KeptTimes.checked(sharding().key(group, key)));
    }

    /**
     * Returns nodes, groups and their first placements.
     *
     * @throws IllegalStateException if the unit is not sharded or has not started
     */
    public Topology topology() {
        return present(topology);
    }

    /**
     * Returns what the mapping says.
     *
     * @throws IllegalStateException if the unit is not sharded or has not started
     */
    public ShardedModel model() {
        return present(model);
    }

    /**
     * Returns the unit's client of a global sequence, the same at each call with the same block.
     *
     * @param name the sequence's name
     * @param block how many numbers one fetch takes; attributes with other blocks share the sequence, not the client
     */
    public GlobalSequence sequence(String name, int block) {
        return sequences.computeIfAbsent(
                new SequenceKey(name, block), key -> sharding().sequence(key.name, key.block));
    }

    /**
     * Connects to a node's primary for schema management.
     *
     * @param node the node
     * @return a connection to close
     */
    public Connection schemaConnection(Node node) {
        return pools().schemaConnection(node);
    }

    /**
     * Returns the roles of row-level security.
     *
     * @return null where it is not switched on
     */
    public @Nullable RowSecurity rowSecurity() {
        return rowSecurity;
    }

    /** Returns what keeps the copies of reference tables equal. */
    public ReferenceCopies referenceCopies() {
        return new ReferenceCopies(configuration().nodes(), pools(), sharding().atomicCommit());
    }

    /**
     * Is told that the schema of nodes was made, or rows of a script were written on all of them: their reference tables are
     * to be like those of the others, at the start or now.
     *
     * @param names of the nodes
     */
    public void seeded(Collection<String> names) {
        seeded.addAll(names);
        if (!referenceTables.isEmpty()) {
            fillReferenceTables();
        }
    }

    private void fillReferenceTables() {
        var made = Set.copyOf(seeded);
        var fill = new ReferenceFill(configuration().nodes(), pools(), referenceCopies());
        try {
            fill.run(referenceTables, made)
                    .forEach((node, rows) -> LOGGER.infof(
                            "Node %s was given %d rows of reference tables that the other nodes have", node, rows));
            seeded.removeAll(made);
        } catch (ShardloomException e) {
            LOGGER.warnf(
                    "SL000302: The reference tables of new nodes could not be filled: %s When that is mended, start again,"
                            + " or call Shardloom.repairReferenceTables with the node whose rows are right.",
                    String.valueOf(e.getMessage()));
        }
    }

    /**
     * Starts what a unit of several nodes does by itself, where the boot has connected.
     *
     * @param tables of its reference entities, as SQL names them
     * @param afterRecovery called when rows have changed without any session that would have told the caches
     */
    public void start(Set<String> tables, Runnable afterRecovery) {
        if (pools == null || configuration().nodes().size() < 2) {
            return;
        }
        referenceTables = Set.copyOf(tables);
        fillReferenceTables();
        var commits = sharding().atomicCommit();
        commits.recovery().start(configuration().recoveryInterval(), afterRecovery);
        if (model().entities().values().stream().anyMatch(EntityHome.Reference.class::isInstance)) {
            commits.faults()
                    .forEach(
                            fault -> LOGGER.warnf("SL000301: Reference tables can be read and not written: %s", fault));
        }
    }

    /** Returns the first node, which stands for the others where any will do. */
    public Node firstNode() {
        return configuration().nodes().get(0);
    }

    @Override
    public void stop() {
        var threads = scatter;
        if (threads != null) {
            threads.close();
        }
        var made = sharding;
        if (made != null) {
            made.close();
        }
        closePools();
    }

    private synchronized void closePools() {
        var open = connecting != null ? connecting : pools;
        if (open != null) {
            open.close();
        }
    }

    private record SequenceKey(String name, int block) {}

    private static <T> T present(@Nullable T part) {
        if (part == null) {
            throw new IllegalStateException(
                    "This persistence unit is not sharded: it names no shardloom.node.<name>.primary.");
        }
        return part;
    }
}
