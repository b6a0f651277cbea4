package io.shardloom.config;

import io.shardloom.failure.Fault;
import io.shardloom.key.KeyType;
import io.shardloom.topology.Layout;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import io.shardloom.topology.ShardGroup;
import io.shardloom.topology.ShardMap;
import io.shardloom.topology.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the {@code shardloom.} properties say. Reading never throws: all faults are collected, so that one start shows
 * every one. Immutable.
 */
public final class Configuration {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final List<Fault> faults;
    private final List<Node> nodes;
    private final Map<String, Credentials> credentials;
    private final Map<String, GroupDefinition> groups;
    private final Map<String, String> hikari;
    private final Duration connectTimeout;
    private final Map<String, ReplicaSettings> replicaSettings;
    private final @Nullable String sequenceNode;
    private final @Nullable RowSecurity rowSecurity;
    private final @Nullable Credentials schemaCredentials;

    private Configuration(Map<?, ?> given, Set<String> alsoKnown, Function<String, @Nullable String> environment) {
        List<Fault> found = new ArrayList<>();
        PropertyReader properties = new PropertyReader(given, environment, found);
        NodeReader reader = new NodeReader(properties);
        this.nodes = List.copyOf(reader.nodes());
        this.credentials = Map.copyOf(reader.credentials());
        this.groups = new GroupReader(properties, nodes).groups();
        this.hikari = HikariReader.read(properties);
        this.connectTimeout = properties.duration(Settings.CONNECT_TIMEOUT).orElse(CONNECT_TIMEOUT);
        this.replicaSettings = Map.copyOf(new ReplicaReader(properties, nodes).byNode());
        this.sequenceNode = properties.text(Settings.SEQUENCE_NODE).orElse(null);
        List<String> names = nodes.stream().map(Node::name).toList();
        if (sequenceNode != null && !names.contains(sequenceNode)) {
            properties.fault(
                    Settings.SEQUENCE_NODE,
                    sequenceNode,
                    "there is no node '" + sequenceNode + "' (nodes: " + String.join(", ", names) + ")."
                            + Names.didYouMean(sequenceNode, names));
        }
        this.rowSecurity = RowSecurityReader.read(properties, credentials);
        this.schemaCredentials = properties
                .text(Settings.SCHEMA_USER)
                .map(user -> new Credentials(
                        user, properties.text(Settings.SCHEMA_PASSWORD).orElse(null)))
                .orElse(null);
        UnknownProperties.check(properties, alsoKnown);
        this.faults = List.copyOf(found);
    }

    /**
     * Reads the properties; {@code ${NAME}} in a value is taken from the environment.
     *
     * @param properties any properties; only those that start with {@code shardloom.} are read
     * @return the configuration with its faults
     */
    public static Configuration read(Map<?, ?> properties) {
        return read(properties, Set.of());
    }

    /**
     * Reads the properties when other modules have properties of their own.
     *
     * @param properties any properties; only those that start with {@code shardloom.} are read
     * @param alsoKnown further names that are no faults; one that ends with {@code .*} stands for all names below it
     * @return the configuration with its faults
     */
    public static Configuration read(Map<?, ?> properties, Set<String> alsoKnown) {
        return read(properties, alsoKnown, System::getenv);
    }

    /**
     * Reads the properties with a given environment.
     *
     * @param properties any properties; only those that start with {@code shardloom.} are read
     * @param alsoKnown further names that are no faults; one that ends with {@code .*} stands for all names below it
     * @param environment the value of an environment variable, or null when it is not set
     * @return the configuration with its faults
     */
    public static Configuration read(
            Map<?, ?> properties, Set<String> alsoKnown, Function<String, @Nullable String> environment) {
        return new Configuration(properties, alsoKnown, environment);
    }

    /**
     * Reads the address of a server.
     *
     * @param url a JDBC URL of one server, without user and password
     * @return the server
     * @throws IllegalArgumentException with what is wrong with the URL
     */
    public static Server server(String url) {
        return JdbcUrl.server(url);
    }

    /**
     * Returns everything wrong with the properties.
     *
     * @return empty when they are right
     */
    public List<Fault> faults() {
        return faults;
    }

    /**
     * Returns the nodes that could be read.
     *
     * @return in natural order of their names, n2 before n10
     */
    public List<Node> nodes() {
        return nodes;
    }

    /**
     * Returns who connects to a node.
     *
     * @param node the node's name
     * @return the node's own user and password, else those for all nodes
     */
    public Credentials credentials(String node) {
        return credentials.getOrDefault(node, new Credentials(null, null));
    }

    /**
     * Returns who connects for schema management.
     *
     * @return empty where it is who connects for everything else
     */
    public Optional<Credentials> schemaCredentials() {
        return Optional.ofNullable(schemaCredentials);
    }

    /**
     * Returns the roles of row-level security.
     *
     * @return empty where it is not switched on
     */
    public Optional<RowSecurity> rowSecurity() {
        return Optional.ofNullable(rowSecurity);
    }

    /**
     * Returns the settings handed on to each HikariCP pool.
     *
     * @return by the name of the HikariConfig property
     */
    public Map<String, String> hikari() {
        return hikari;
    }

    /**
     * Returns how long a start waits for each primary.
     *
     * @return 5 seconds by default
     */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /**
     * Returns how a node's servers are chosen and watched.
     *
     * @param node the name of one of {@link #nodes()}
     * @return its settings, those of the unit where it has none of its own
     */
    public ReplicaSettings replicas(String node) {
        return Objects.requireNonNull(replicaSettings.get(node), node);
    }

    /**
     * Returns the node that hands out the numbers of global sequences.
     *
     * @return the first node by default; empty when there is no such node
     */
    public Optional<Node> sequenceNode() {
        return nodes.stream()
                .filter(node -> sequenceNode == null || node.name().equals(sequenceNode))
                .findFirst();
    }

    /**
     * Tells whether any group has the partitioned layout, whose plans must be generic.
     *
     * @return true by default
     */
    public boolean partitioned() {
        return groupNames().stream().anyMatch(name -> definition(name).layout() == Layout.PARTITIONED);
    }

    /**
     * Returns the names of the groups that are configured; {@code default} alone when none is.
     *
     * @return in natural order
     */
    public Set<String> groupNames() {
        Set<String> names = groups.values().stream()
                .filter(GroupDefinition::explicit)
                .map(GroupDefinition::name)
                .collect(Collectors.toCollection(() -> new TreeSet<>(Names.NATURAL)));
        return names.isEmpty() ? Set.of(GroupReader.DEFAULT_GROUP) : names;
    }

    /**
     * Makes the groups, now that the mapping has told their key types.
     *
     * @param inferred the key type of each group that entities use, by the group's name
     * @return the topology, or the faults of the groups
     */
    public ResolvedGroups groups(Map<String, KeyType> inferred) {
        Set<String> wanted = new TreeSet<>(Names.NATURAL);
        wanted.addAll(inferred.keySet());
        if (wanted.isEmpty() || !groupNames().equals(Set.of(GroupReader.DEFAULT_GROUP)) || explicitDefault()) {
            wanted.addAll(groupNames());
        }
        return resolve(wanted, inferred);
    }

    /**
     * Makes the groups of a mapping, which may use none at all.
     *
     * @param inferred the key type of each group that entities use, by the group's name
     * @param complete whether every entity could be read; if not, a group of unknown key type is no fault of its own
     * @return the topology, or the faults of the groups
     */
    public ResolvedGroups mappedGroups(Map<String, KeyType> inferred, boolean complete) {
        Set<String> wanted = new TreeSet<>(Names.NATURAL);
        wanted.addAll(inferred.keySet());
        groups.values().stream()
                .filter(group -> group.explicit() && (complete || group.keyType() != null))
                .forEach(group -> wanted.add(group.name()));
        return resolve(wanted, inferred);
    }

    private ResolvedGroups resolve(Set<String> wanted, Map<String, KeyType> inferred) {
        List<Fault> found = new ArrayList<>();
        List<ShardGroup> resolved = new ArrayList<>();
        Map<String, List<String>> placements = new HashMap<>();
        for (String name : wanted) {
            resolve(name, inferred.get(name), found).ifPresent(placed -> {
                resolved.add(placed.group());
                placements.put(name, placed.nodes());
            });
        }
        boolean whole = faults.isEmpty() && found.isEmpty();
        return new ResolvedGroups(
                whole ? new Topology(nodes, resolved, ShardMap.of(ShardMap.CONFIGURED, resolved, placements)) : null,
                resolved,
                placements,
                found);
    }

    private boolean explicitDefault() {
        return definition(GroupReader.DEFAULT_GROUP).explicit();
    }

    private Optional<GroupResolver.Placed> resolve(String name, @Nullable KeyType inferred, List<Fault> found) {
        GroupDefinition group = groups.get(name);
        if (group == null) {
            found.add(Fault.of(
                    Settings.GROUP_PREFIX + name + "." + Settings.STRATEGY,
                    "the mapping uses the group '" + name + "', which is not configured (groups: "
                            + String.join(", ", groups.keySet()) + ")." + Names.didYouMean(name, groups.keySet())
                            + " Give the group a strategy: hash, list or range."));
            return Optional.empty();
        }
        if (group.broken()) {
            return Optional.empty();
        }
        KeyType declared = group.keyType();
        String property = group.property(Settings.KEY_TYPE);
        if (declared != null && inferred != null && declared != inferred) {
            found.add(new Fault(
                    property,
                    declared.sqlName(),
                    "key type not matching the group's: the shard keys of its entities are " + inferred.sqlName()
                            + ". Remove the property, or change the entities."));
            return Optional.empty();
        }
        KeyType keyType = declared != null ? declared : inferred;
        if (keyType == null) {
            found.add(Fault.of(
                    property,
                    "the type of the group's keys is not known, because no entity uses the group. Give it here, such as"
                            + " uuid, or remove the group."));
            return Optional.empty();
        }
        return new GroupResolver(group, keyType, found).resolve();
    }

    private GroupDefinition definition(String name) {
        return Objects.requireNonNull(groups.get(name), name);
    }
}
