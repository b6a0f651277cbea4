package io.shardloom.topology;

import java.util.List;

/**
 * All nodes, all groups, and where the groups' shards are placed at first. Immutable.
 *
 * @param nodes every node, in natural order of their names
 * @param groups every group
 * @param shardMap the placements by configuration
 */
public record Topology(List<Node> nodes, List<ShardGroup> groups, ShardMap shardMap) {

    /** Copies the lists. */
    public Topology {
        nodes = List.copyOf(nodes);
        groups = List.copyOf(groups);
    }

    /**
     * Returns a group.
     *
     * @param name the group's name
     * @return the group
     * @throws IllegalArgumentException if there is none of this name
     */
    public ShardGroup group(String name) {
        return groups.stream()
                .filter(group -> group.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no group '" + name + "'."));
    }
}
