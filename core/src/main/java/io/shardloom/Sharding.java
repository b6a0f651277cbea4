package io.shardloom;

import io.shardloom.atomic.AtomicCommit;
import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ReadToken;
import io.shardloom.config.Configuration;
import io.shardloom.config.ResolvedGroups;
import io.shardloom.event.ShardingListener;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.failure.InvalidShardKeyException;
import io.shardloom.failure.MissingShardKeyException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.id.GlobalSequence;
import io.shardloom.id.SequenceWitnesses;
import io.shardloom.key.GroupKey;
import io.shardloom.key.KeyType;
import io.shardloom.server.NodePools;
import io.shardloom.server.ServerStatus;
import io.shardloom.topology.Location;
import io.shardloom.topology.Node;
import io.shardloom.topology.Shard;
import io.shardloom.topology.ShardGroup;
import io.shardloom.topology.ShardMap;
import io.shardloom.topology.Topology;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the shard, the node and a connection for a key. Thread-safe; closing it closes its pools.
 */
public final class Sharding implements AutoCloseable {

    private final Map<String, ShardGroup> groups;
    private final Map<String, Node> nodes;
    private final List<Node> allNodes;
    private final NodePools pools;
    private final AtomicCommit atomicCommit;
    private final @Nullable ShardGroup onlyGroup;
    private volatile ShardMap shardMap;

    private Sharding(Topology topology, NodePools pools) {
        this.groups = new LinkedHashMap<>();
        topology.groups().forEach(group -> groups.put(group.name(), group));
        this.nodes = new LinkedHashMap<>();
        topology.nodes().forEach(node -> nodes.put(node.name(), node));
        this.allNodes = List.copyOf(nodes.values());
        this.onlyGroup = topology.groups().size() == 1 ? topology.groups().get(0) : null;
        this.pools = pools;
        this.atomicCommit = AtomicCommit.of(topology.nodes(), pools);
        this.shardMap = topology.shardMap();
    }

    /**
     * Puts the pieces together.
     *
     * @param topology the nodes, the groups and the first shard map
     * @param pools the nodes' pools, closed by {@link #close()}
     * @return the door
     */
    public static Sharding of(Topology topology, NodePools pools) {
        return new Sharding(topology, pools);
    }

    /**
     * Opens everything from configuration alone; each group has its {@code key-type} there.
     *
     * @param configuration what the properties say
     * @return the door, every primary reached
     * @throws ConfigurationException with every fault: of the properties, the groups, the servers
     */
    public static Sharding open(Configuration configuration) {
        List<Fault> faults = new ArrayList<>(configuration.faults());
        ResolvedGroups resolved = configuration.groups(Map.of());
        faults.addAll(resolved.faults());
        NodePools pools = NodePools.open(configuration, faults::add);
        try {
            ConfigurationException.throwIfAny(faults);
            return of(resolved.orThrow(configuration), pools);
        } catch (RuntimeException e) {
            pools.close();
            throw e;
        }
    }

    /**
     * Returns every group.
     *
     * @return in the order of the topology
     */
    public List<ShardGroup> groups() {
        return List.copyOf(groups.values());
    }

    /**
     * Returns every node.
     *
     * @return in the order of the topology
     */
    public List<Node> nodes() {
        return allNodes;
    }

    /**
     * Returns a node.
     *
     * @param name the node's name
     * @return the node
     * @throws ShardloomException if there is none of this name
     */
    public Node node(String name) {
        Node node = nodes.get(name);
        if (node == null) {
            throw new ShardloomException("There is no node '" + name + "' (nodes: " + String.join(", ", nodes.keySet())
                    + "). Name one of these.");
        }
        return node;
    }

    /**
     * Returns a group.
     *
     * @param name the group's name
     * @return the group
     * @throws ShardloomException if there is none of this name
     */
    public ShardGroup group(String name) {
        ShardGroup group = groups.get(name);
        if (group == null) {
            throw new ShardloomException("There is no group '" + name + "' (groups: "
                    + String.join(", ", groups.keySet()) + "). Name one of these.");
        }
        return group;
    }

    /**
     * Makes a key when its group is plain to see: there is one group only, or one only whose key type takes the value's
     * Java class.
     *
     * @param key a plain value, or a {@link GroupKey} that names its group
     * @return the key
     * @throws MissingShardKeyException if it is null
     * @throws InvalidShardKeyException if no group or more than one takes the value
     */
    public GroupKey key(@Nullable Object key) {
        if (key instanceof GroupKey groupKey) {
            return checked(groupKey);
        }
        if (key == null) {
            throw new MissingShardKeyException(
                    "null was given as the shard key. Give the key whose rows the work is" + " about.");
        }
        return (onlyGroup != null ? onlyGroup : groupTaking(key)).key(key);
    }

    /**
     * Makes a key of a group.
     *
     * @param group the group's name
     * @param key the value
     * @return the key
     * @throws InvalidShardKeyException if it is not a key of the group
     */
    public GroupKey key(String group, @Nullable Object key) {
        return group(group).key(key);
    }

    private GroupKey checked(GroupKey key) {
        ShardGroup group = group(key.group());
        if (group.keyType() != key.type()) {
            throw new InvalidShardKeyException(
                            "the key " + key + " is a " + key.type().sqlName()
                                    + ", and the group's keys are "
                                    + group.keyType().sqlName() + ". Make it with key(\"" + group.name()
                                    + "\", value).")
                    .in(group.name());
        }
        return key;
    }

    private ShardGroup groupTaking(Object key) {
        if (groups.isEmpty()) {
            throw new InvalidShardKeyException("There is no group, so no shard key of class "
                    + key.getClass().getName() + " is taken. Mark an entity's key with @ShardKey, or configure a group"
                    + " with its key-type.");
        }
        KeyType type = KeyType.ofJava(key.getClass()).orElse(null);
        List<ShardGroup> taking = groups.values().stream()
                .filter(group -> group.keyType() == type)
                .toList();
        if (taking.size() == 1) {
            return taking.get(0);
        }
        String all = groups.values().stream()
                .map(group -> group.name() + " (" + group.keyType().sqlName() + ")")
                .collect(Collectors.joining(", "));
        throw new InvalidShardKeyException((taking.isEmpty() ? "No group takes" : "More than one group takes")
                + " a shard key of class " + key.getClass().getName() + " (groups: " + all
                + "). Name the group: key(\"" + groups.keySet().iterator().next() + "\", value).");
    }

    /**
     * Finds where a key lives now.
     *
     * @param key the key
     * @return its shard and its node
     * @throws io.shardloom.failure.NoShardForKeyException if its group has no shard for it
     */
    public Location locate(GroupKey key) {
        ShardGroup group = group(key.group());
        Shard shard = group.shardOf(key.value());
        Node node = node(shardMap.nodeOf(key.group(), shard.number()));
        return new Location(key, group.strategy().hashOf(key.value()), shard, node);
    }

    /**
     * Finds the node a key lives on now, and makes no object.
     *
     * @param key the key
     * @return the node
     * @throws io.shardloom.failure.NoShardForKeyException if its group has no shard for it
     */
    public Node nodeOf(GroupKey key) {
        Shard shard = group(key.group()).shardOf(key.value());
        return node(shardMap.nodeOf(key.group(), shard.number()));
    }

    /**
     * Takes a connection to the node a key lives on.
     *
     * @param key the key
     * @param readOnly true for a replica where there is one, false for the primary
     * @return a connection to close, with autocommit off
     * @throws io.shardloom.failure.ServerUnavailableException if no server gives one in time
     */
    public Connection connection(GroupKey key, boolean readOnly) {
        return pools.connection(nodeOf(key), readOnly);
    }

    /**
     * Takes a read-only connection to the node a key lives on.
     *
     * @param key the key
     * @param target which servers may take the read
     * @return a connection to close, with autocommit off, read-only
     * @throws io.shardloom.failure.ServerUnavailableException if no such server gives one in time
     */
    public Connection connection(GroupKey key, ReadTarget target) {
        return pools.connection(nodeOf(key), target);
    }

    /**
     * Takes a read-only connection to the node a key lives on that sees at least what a token stands for.
     *
     * @param key the key
     * @param target which servers may take the read
     * @param token taken from the same node
     * @return a connection to close, with autocommit off, read-only
     * @throws io.shardloom.failure.ServerUnavailableException if no such server gives one in time
     */
    public Connection connection(GroupKey key, ReadTarget target, ReadToken token) {
        return pools.connection(nodeOf(key), target, token);
    }

    /**
     * Takes a token for later reads that must see what was committed so far on the node a key lives on, in one round trip.
     *
     * @param key the key
     * @return the token
     * @throws io.shardloom.failure.ServerUnavailableException if the primary does not give it
     */
    public ReadToken token(GroupKey key) {
        return pools.token(nodeOf(key));
    }

    /**
     * Has a listener told what happens to the servers from now on.
     *
     * @param listener is called on a thread of its own, one event at a time
     */
    public void addListener(ShardingListener listener) {
        pools.addListener(listener);
    }

    /**
     * Says why work with a key goes where it goes.
     *
     * @param key the key
     * @return its hash, shard, bound, node and servers
     */
    public Explanation explain(GroupKey key) {
        Location location = locate(key);
        return new Explanation(
                location, shardMap.version(), pools.writeTarget(location.node()), pools.readTarget(location.node()));
    }

    /**
     * Returns the current shard map.
     *
     * @return an immutable snapshot
     */
    public ShardMap shardMap() {
        return shardMap;
    }

    /**
     * Returns what is known about each server, and what its pool does.
     *
     * @return every server
     */
    public List<ServerStatus> status() {
        return pools.status();
    }

    /**
     * Returns the nodes' pools.
     *
     * @return closed by {@link #close()}
     */
    public NodePools pools() {
        return pools;
    }

    /**
     * Makes the client of a global sequence.
     *
     * @param name the sequence's name
     * @param block how many numbers one fetch takes, 1 or more
     * @return the sequence; keep it, each one fetches blocks of its own
     */
    public GlobalSequence sequence(String name, int block) {
        return GlobalSequence.of(name, block, pools.sequences(), SequenceWitnesses.of(nodes(), pools));
    }

    /**
     * Returns the commits of transactions that span nodes.
     *
     * @return closed by {@link #close()}; its recovery runs in the background once it is started
     */
    public AtomicCommit atomicCommit() {
        return atomicCommit;
    }

    @Override
    public void close() {
        atomicCommit.close();
        pools.close();
    }
}
