package io.shardloom.config;

import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.topology.ShardGroup;
import io.shardloom.topology.Topology;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What became of the groups once their key types were known: a topology, or faults. Immutable. */
public final class ResolvedGroups {

    private final @Nullable Topology topology;
    private final List<ShardGroup> groups;
    private final Map<String, List<String>> nodes;
    private final List<Fault> faults;

    ResolvedGroups(
            @Nullable Topology topology, List<ShardGroup> groups, Map<String, List<String>> nodes, List<Fault> faults) {
        this.topology = topology;
        this.groups = List.copyOf(groups);
        this.nodes = Map.copyOf(nodes);
        this.faults = List.copyOf(faults);
    }

    /**
     * Returns the topology.
     *
     * @return empty when there is a fault, here or in the configuration itself
     */
    public Optional<Topology> topology() {
        return Optional.ofNullable(topology);
    }

    /**
     * Returns the groups that could be made, whatever is wrong beside them, for checks that need no more.
     *
     * @return all groups when there is no fault
     */
    public List<ShardGroup> groups() {
        return groups;
    }

    /**
     * Returns the nodes on which a group has shards.
     *
     * @param group the group's name
     * @return each node's name once; empty when the group could not be made
     */
    public Set<String> nodesOf(String group) {
        return Set.copyOf(nodes.getOrDefault(group, List.of()));
    }

    /**
     * Returns the faults of the groups; those of {@link Configuration#faults()} are not repeated.
     *
     * @return empty when the groups are right
     */
    public List<Fault> faults() {
        return faults;
    }

    /**
     * Returns the topology or throws.
     *
     * @param configuration where the groups came from
     * @return the topology
     * @throws ConfigurationException with the faults of the configuration and of the groups
     */
    public Topology orThrow(Configuration configuration) {
        ConfigurationException.throwIfAny(
                Stream.concat(configuration.faults().stream(), faults.stream()).toList());
        return Objects.requireNonNull(topology, "a topology without faults");
    }
}
