package io.shardloom.topology;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** One numbered version of all placements. Immutable; a change makes the next version. */
public final class ShardMap {

    /** The version of a map that comes from configuration and has not changed since. */
    public static final long CONFIGURED = 1;

    private final long version;
    private final Map<String, ShardGroup> groups;
    private final Map<String, List<String>> nodesByShard;
    private final Map<String, List<String>> nodesByGroup = new LinkedHashMap<>();

    private ShardMap(long version, Map<String, ShardGroup> groups, Map<String, List<String>> nodesByShard) {
        this.version = version;
        this.groups = groups;
        this.nodesByShard = nodesByShard;
        nodesByShard.forEach((group, nodes) -> nodesByGroup.put(group, List.copyOf(new LinkedHashSet<>(nodes))));
    }

    /**
     * Makes a map.
     *
     * @param version its version, {@link #CONFIGURED} for one from configuration
     * @param groups the groups
     * @param nodes for each group's name the node's name of each shard, in the order of the shard numbers
     * @return the map
     * @throws IllegalArgumentException if a shard has no node
     */
    public static ShardMap of(long version, Collection<ShardGroup> groups, Map<String, List<String>> nodes) {
        Map<String, ShardGroup> byName = new LinkedHashMap<>();
        Map<String, List<String>> placed = new LinkedHashMap<>();
        for (ShardGroup group : groups) {
            List<String> ofGroup = nodes.getOrDefault(group.name(), List.of());
            if (ofGroup.size() != group.shards().size()) {
                throw new IllegalArgumentException("Group '" + group.name() + "' has "
                        + group.shards().size() + " shards, but nodes for " + ofGroup.size()
                        + ". Place every shard.");
            }
            byName.put(group.name(), group);
            placed.put(group.name(), List.copyOf(ofGroup));
        }
        return new ShardMap(version, byName, placed);
    }

    /**
     * Returns the map's version.
     *
     * @return it grows by one with each change
     */
    public long version() {
        return version;
    }

    /**
     * Returns on which node a shard is.
     *
     * @param group the group's name
     * @param shardNumber the shard's number
     * @return the node's name
     */
    public String nodeOf(String group, int shardNumber) {
        return nodesByShard(group).get(shardNumber);
    }

    /**
     * Returns the shards of a group that a node holds.
     *
     * @param group the group's name
     * @param node the node's name
     * @return in the order of their numbers, empty when it holds none
     */
    public List<Shard> shardsOn(String group, String node) {
        List<String> nodes = nodesByShard(group);
        return group(group).shards().stream()
                .filter(shard -> nodes.get(shard.number()).equals(node))
                .toList();
    }

    /**
     * Returns the nodes that hold shards of a group.
     *
     * @param group the group's name
     * @return each node's name once, in the order of the shards
     */
    public List<String> nodesOf(String group) {
        List<String> nodes = nodesByGroup.get(group);
        if (nodes == null) {
            throw unknown(group);
        }
        return nodes;
    }

    /**
     * Returns every placement.
     *
     * @return group by group, in the order of the shard numbers
     */
    public List<Placement> placements() {
        List<Placement> placements = new ArrayList<>();
        groups.values().forEach(group -> group.shards()
                .forEach(shard ->
                        placements.add(new Placement(group.name(), shard, nodeOf(group.name(), shard.number())))));
        return placements;
    }

    /**
     * Returns the next version, in which one shard is on another node.
     *
     * @param group the group's name
     * @param shardNumber the shard's number
     * @param node the name of the node it is on now
     * @return a map whose version is one higher
     */
    public ShardMap withPlacement(String group, int shardNumber, String node) {
        List<String> nodes = new ArrayList<>(nodesByShard(group));
        nodes.set(shardNumber, node);
        Map<String, List<String>> changed = new LinkedHashMap<>(nodesByShard);
        changed.put(group, List.copyOf(nodes));
        return new ShardMap(version + 1, groups, changed);
    }

    private ShardGroup group(String name) {
        ShardGroup group = groups.get(name);
        if (group == null) {
            throw unknown(name);
        }
        return group;
    }

    private List<String> nodesByShard(String group) {
        List<String> nodes = nodesByShard.get(group);
        if (nodes == null) {
            throw unknown(group);
        }
        return nodes;
    }

    private IllegalArgumentException unknown(String group) {
        return new IllegalArgumentException(
                "The shard map has no group '" + group + "' (groups: " + String.join(", ", groups.keySet()) + ").");
    }

    @Override
    public String toString() {
        return "shard map " + version + " " + nodesByShard;
    }
}
