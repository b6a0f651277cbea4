package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.merge.OrderedMerge;
import io.shardloom.merge.SortKey;
import io.shardloom.topology.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The rows of all nodes, merged. For one thread at a time; to be closed. */
final class MergedRows implements Iterator<@Nullable Object[]>, AutoCloseable {
    private static final int BLOCK = 500;

    private final QueryPlan<?> plan;
    private final List<NodeRows> sources = new ArrayList<>();
    private final Iterator<@Nullable Object[]> merged;
    private final @Nullable Set<Object> seen;
    private long toSkip;
    private long left;
    private @Nullable Object @Nullable [] ahead;

    MergedRows(QueryPlan<?> plan, NodeSessions sessions, Map<Object, @Nullable Object> parameters, Page page) {
        this.plan = plan;
        this.seen = plan.distinct() == null ? null : new HashSet<>();
        this.toSkip = page.offset();
        this.left = page.limit();
        try {
            var sharding = sessions.factory().runtime().sharding();
            if (left > 0) {
                for (var node : plan.spread().nodes(sharding, parameters)) {
                    sources.add(open(node, sessions, parameters, page));
                }
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
        this.merged = plan.order().isEmpty()
                ? new Concatenation()
                : new OrderedMerge<>(sources, SortKey.all(plan.order()));
    }

    private NodeRows open(Node node, NodeSessions sessions, Map<Object, @Nullable Object> parameters, Page page) {
        var query = new NodeSelection(plan, sessions.on(node));
        query.bind(parameters);
        long rows = page.ofNode();
        if (rows < Integer.MAX_VALUE) {
            query.setMaxResults((int) rows);
        }
        query.setFetchSize((int) Math.min(rows, BLOCK));
        return new NodeRows(query, plan.width());
    }

    @Override
    public boolean hasNext() {
        while (ahead == null && left > 0 && merged.hasNext()) {
            var row = merged.next();
            if (isNew(row)) {
                if (toSkip > 0) {
                    toSkip--;
                } else {
                    ahead = row;
                    left--;
                }
            }
        }
        return ahead != null;
    }

    private boolean isNew(@Nullable Object[] row) {
        var distinct = plan.distinct();
        if (distinct == null || seen == null) {
            return true;
        }
        var normal = new @Nullable Object[distinct.size()];
        for (int i = 0; i < normal.length; i++) {
            normal[i] = distinct.get(i).normal(row[distinct.get(i).column()]);
        }
        return seen.add(Arrays.asList(normal));
    }

    @Override
    public @Nullable Object[] next() {
        if (!hasNext() || ahead == null) {
            throw new NoSuchElementException();
        }
        var row = ahead;
        ahead = null;
        return row;
    }

    @Override
    public void close() {
        sources.forEach(NodeRows::close);
    }

    /** One node after the other. */
    private final class Concatenation implements Iterator<@Nullable Object[]> {
        private int at;

        @Override
        public boolean hasNext() {
            while (at < sources.size() && !sources.get(at).hasNext()) {
                at++;
            }
            return at < sources.size();
        }

        @Override
        public @Nullable Object[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return sources.get(at).next();
        }
    }
}
