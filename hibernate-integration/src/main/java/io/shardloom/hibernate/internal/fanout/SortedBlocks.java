package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.ShardloomException;
import io.shardloom.merge.SortKey;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The rows of several nodes, each read ahead by a block, so that the texts of all blocks are ranked by one server at once. A
 * node whose rows are not in that server's order is found out. For one thread at a time.
 */
final class SortedBlocks {
    private final List<Block> blocks;
    private final Comparator<@Nullable Object[]> order;

    SortedBlocks(List<NodeRows> sources, List<SortKey> keys) {
        this.blocks = sources.stream().map(Block::new).toList();
        this.order = SortKey.all(
                Ranks.bind(keys, sources.get(0).session(), () -> blocks.stream().flatMap(Block::rows)));
    }

    List<? extends Iterator<@Nullable Object[]>> sources() {
        return blocks;
    }

    /** Returns the order of the rows of all nodes. */
    Comparator<@Nullable Object[]> order() {
        return order;
    }

    private final class Block implements Iterator<@Nullable Object[]> {
        private final NodeRows source;
        private final Deque<@Nullable Object[]> rows = new ArrayDeque<>();
        private @Nullable Object @Nullable [] given;
        private boolean ended;

        Block(NodeRows source) {
            this.source = source;
        }

        /** Returns the row the merge holds and those behind it. */
        Stream<@Nullable Object[]> rows() {
            return given == null ? rows.stream() : Stream.concat(Stream.<@Nullable Object[]>of(given), rows.stream());
        }

        private boolean areOthersLeft() {
            return blocks.stream().anyMatch(other -> other != this && !other.ended);
        }

        @Override
        public boolean hasNext() {
            if (rows.isEmpty()) {
                while (rows.size() < source.block() && source.hasNext()) {
                    rows.add(source.next());
                }
                ended = rows.isEmpty();
            }
            return !rows.isEmpty();
        }

        @Override
        public @Nullable Object[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            var before = given;
            var row = rows.removeFirst();
            given = row;
            if (before != null && areOthersLeft() && order.compare(before, row) > 0) {
                throw new ShardloomException("Node " + source.node().name()
                        + " does not sort texts as the node that was asked to rank them. Let the servers of all nodes,"
                        + " replicas too, have the same version of the collation (docs/queries.md).");
            }
            return row;
        }
    }
}
