package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.GroupMerge;
import io.shardloom.merge.OrderedMerge;
import io.shardloom.merge.SortKey;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.hibernate.exception.DataException;
import org.jspecify.annotations.Nullable;

/** The rows of all nodes, merged. For one thread at a time; to be closed. */
final class MergedRows implements RowSource {
    private static final String DATA_EXCEPTION = "22000";

    private final QueryPlan<?> plan;
    private final @Nullable Deadline deadline;
    private final List<NodeRows> sources;
    private final Comparator<@Nullable Object[]> order;
    private final Iterator<@Nullable Object[]> merged;
    private final @Nullable Set<Object> seen;
    private long toSkip;
    private long left;
    private @Nullable Object @Nullable [] ahead;

    /**
     * Starts the merge.
     *
     * @param run the run of the query
     * @param sources what its nodes send
     * @param page which part of it is wanted
     */
    MergedRows(NodeRun run, List<NodeRows> sources, Page page) {
        this.plan = run.plan();
        this.deadline = run.deadline();
        this.sources = sources;
        this.seen = plan.isDistinct() ? new HashSet<>() : null;
        this.toSkip = page.offset();
        this.left = page.limit();
        var grouping = plan.grouping();
        if (grouping == null && Collated.isIn(plan.order()) && sources.size() > 1) {
            var blocks = new SortedBlocks(sources, plan.order());
            this.order = blocks.order();
            this.merged = new OrderedMerge<>(blocks.sources(), order);
        } else {
            this.order = SortKey.all(plan.order());
            this.merged = grouping != null
                    ? groups(grouping, run.parameters())
                    : plan.order().isEmpty() ? new Concatenation() : new OrderedMerge<>(sources, order);
        }
    }

    private Iterator<@Nullable Object[]> groups(Grouping grouping, Map<Object, @Nullable Object> parameters) {
        if (left == 0) {
            return Collections.emptyIterator(); // no node was asked
        }
        var merge = new GroupMerge(grouping.merged(), row -> GroupColumns.key(grouping.keys(), row));
        sources.forEach(merge::addAll);
        var groups = new ArrayList<Group>();
        var evaluation = grouping.evaluation();
        for (var values : evaluation == null
                ? merge.rows()
                : evaluation.of(merge.rows(), sources.get(0).session(), parameters, deadline)) {
            if (Boolean.TRUE.equals(grouping.having().of(values, parameters))) {
                var group = new Group(grouping, values, parameters);
                if (seen == null || seen.add(Arrays.asList(group.row()))) {
                    groups.add(group);
                }
            }
        }
        if (groups.size() > 1 && !grouping.order().isEmpty()) {
            var keys = Ranks.bind(grouping.order(), sources.get(0).session(), () -> groups.stream()
                    .map(Group::sorted));
            var sorted = SortKey.all(keys);
            groups.sort((a, b) -> sorted.compare(a.sorted(), b.sorted()));
        }
        return groups.stream().map(Group::row).iterator();
    }

    /** Returns the order of the rows. */
    Comparator<@Nullable Object[]> order() {
        return order;
    }

    /** A group of the query. What is selected of it is computed last, because the server may not compute it of a group that is left out. */
    private static final class Group {
        private final Grouping grouping;
        private final @Nullable Object[] values;
        private final Map<Object, @Nullable Object> parameters;
        private final @Nullable Object[] sorted;

        Group(Grouping grouping, @Nullable Object[] values, Map<Object, @Nullable Object> parameters) {
            this.grouping = grouping;
            this.values = values;
            this.parameters = parameters;
            this.sorted = compute(grouping.sorted());
        }

        @Nullable
        Object[] sorted() {
            return sorted;
        }

        @Nullable
        Object[] row() {
            return compute(grouping.selected());
        }

        private @Nullable Object[] compute(List<Grouping.Output> outputs) {
            var row = new @Nullable Object[outputs.size()];
            try {
                for (int i = 0; i < row.length; i++) {
                    row[i] = outputs.get(i).of(values, parameters);
                }
            } catch (ArithmeticException e) { // what a server says of it
                throw new DataException(e.getMessage(), new SQLException(e.getMessage(), DATA_EXCEPTION, e));
            }
            return row;
        }
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
        if (ahead == null) {
            close();
        }
        return ahead != null;
    }

    private boolean isNew(@Nullable Object[] row) {
        var distinct = plan.distinct();
        return distinct == null || seen == null || seen.add(DistinctValue.normal(distinct, row));
    }

    /** Returns the next row and leaves it, null if there is none. */
    @Nullable
    Object @Nullable [] peek() {
        return hasNext() ? ahead : null;
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
        if (deadline != null) {
            deadline.close();
        }
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
