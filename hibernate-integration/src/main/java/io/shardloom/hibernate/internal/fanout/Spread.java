package io.shardloom.hibernate.internal.fanout;

import io.shardloom.Sharding;
import io.shardloom.topology.Node;
import io.shardloom.topology.ShardMap;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where the rows of a query are. */
sealed interface Spread {

    /** Returns the nodes to ask: at least one, because even of no rows there is a count. */
    List<Node> nodes(Sharding sharding, Map<Object, @Nullable Object> parameters);

    /** Tells whether these nodes are several and all that hold such rows. */
    default boolean isAll(List<Node> nodes, Sharding sharding) {
        return false;
    }

    /**
     * On the shards of a group.
     *
     * @param group the group's name
     * @param narrowing what the query says of the keys, one for each of its selects
     * @param one whether a condition gives one key and no other node may be asked, because it would add rows
     */
    record Group(String group, List<Narrowing> narrowing, boolean one) implements Spread {
        @Override
        public List<Node> nodes(Sharding sharding, Map<Object, @Nullable Object> parameters) {
            var shards = Narrowing.anyOf(narrowing, parameters);
            var map = sharding.shardMap();
            var nodes = shards == null
                    ? inOrder(sharding, map.nodesOf(group))
                    : shards.isEmpty()
                            ? List.of(sharding.node(map.nodesOf(group).get(0)))
                            : holding(sharding, map, shards);
            if (one && nodes.size() > 1) {
                throw Refusals.part(
                        "the value of the condition that gives one key is not of the key's type",
                        "the node of the key cannot be told; bind a value of that type");
            }
            return nodes;
        }

        private List<Node> holding(Sharding sharding, ShardMap map, BitSet shards) {
            int shard = shards.nextSetBit(0);
            var first = map.nodeOf(group, shard);
            while (shard >= 0 && map.nodeOf(group, shard).equals(first)) {
                shard = shards.nextSetBit(shard + 1);
            }
            if (shard < 0) {
                return List.of(sharding.node(first));
            }
            var names = new HashSet<String>();
            shards.stream().forEach(each -> names.add(map.nodeOf(group, each)));
            return inOrder(sharding, names);
        }

        private static List<Node> inOrder(Sharding sharding, Collection<String> names) {
            var nodes = new ArrayList<Node>(names.size());
            for (var node : sharding.nodes()) {
                if (names.contains(node.name())) {
                    nodes.add(node);
                }
            }
            return nodes;
        }

        @Override
        public boolean isAll(List<Node> nodes, Sharding sharding) {
            return nodes.size() > 1
                    && nodes.size() == sharding.shardMap().nodesOf(group).size();
        }
    }

    /** On every node the same. */
    record Everywhere() implements Spread {
        @Override
        public List<Node> nodes(Sharding sharding, Map<Object, @Nullable Object> parameters) {
            return sharding.nodes().subList(0, 1);
        }
    }

    /**
     * On one node.
     *
     * @param node its name
     */
    record Local(String node) implements Spread {
        @Override
        public List<Node> nodes(Sharding sharding, Map<Object, @Nullable Object> parameters) {
            return List.of(sharding.node(node));
        }
    }
}
