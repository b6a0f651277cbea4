package io.shardloom.hibernate.internal.fanout;

import io.shardloom.Sharding;
import io.shardloom.strategy.PartitionBound.HashBound;
import io.shardloom.topology.Node;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How many of the rows before a page each node leaves out by itself. On one node that is all of them. On several nodes of a
 * hash group it is a guess, safely below the node's share, that {@link DeepPage} proves before it gives a row away.
 *
 * @param ofNode by the node's name, empty where all rows are to be sent
 * @param proved true where nothing has to be proved
 */
record Skips(Map<String, Integer> ofNode, boolean proved) {
    /** Below this a wrong guess costs more than a right one saves. */
    private static final int LEAST_OFFSET = 200;

    private static final Skips NONE = new Skips(Map.of(), true);

    /** Guesses for one page. */
    static Skips of(QueryPlan<?> plan, List<Node> nodes, Page page, Sharding sharding) {
        if (plan.grouping() != null
                || page.offset() == 0
                || page.offset() > Integer.MAX_VALUE
                || page.limit() == 0
                || plan.collections()) {
            return NONE;
        }
        if (nodes.size() == 1) {
            return new Skips(Map.of(nodes.get(0).name(), (int) page.offset()), true);
        }
        if (plan.distinct() != null
                || plan.order().isEmpty()
                || page.offset() < LEAST_OFFSET
                || !(plan.spread() instanceof Spread.Group group)) {
            return NONE;
        }
        var skips = new HashMap<String, Integer>();
        for (var node : nodes) {
            double share = share(group.group(), node, sharding);
            double deviation = Math.sqrt(page.offset() * share * (1 - share));
            int skip = (int) (page.offset() * share - plan.evenness().deviations() * deviation);
            if (skip > 1) {
                skips.put(node.name(), skip);
            }
        }
        return nodes.size() == sharding.shardMap().nodesOf(group.group()).size() ? new Skips(skips, false) : NONE;
    }

    /** Returns which part of all keys a node holds; none where keys are not hashed, for nothing is known of it. */
    private static double share(String group, Node node, Sharding sharding) {
        return sharding.shardMap().shardsOn(group, node.name()).stream()
                .mapToDouble(shard -> shard.bound() instanceof HashBound bound ? 1.0 / bound.modulus() : 0)
                .sum();
    }

    /** Returns how many rows a node leaves out. */
    int of(Node node) {
        return ofNode.getOrDefault(node.name(), 0);
    }

    /** Returns how many rows all nodes together leave out. */
    long total() {
        return ofNode.values().stream().mapToLong(Integer::longValue).sum();
    }
}
