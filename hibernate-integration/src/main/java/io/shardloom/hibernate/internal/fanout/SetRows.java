package io.shardloom.hibernate.internal.fanout;

import io.shardloom.merge.SortKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Supplier;
import org.hibernate.engine.spi.SharedSessionContractImplementor;
import org.hibernate.query.sqm.SetOperator;
import org.jspecify.annotations.Nullable;

/** The rows of a set operation on several queries. RowSource that are sorted, told apart or left out are held in memory. */
final class SetRows implements RowSource {
    private final SetMerge merge;
    private final List<RowSource> parts;
    private final RowSource rows;
    private long left;

    /**
     * Starts it.
     *
     * @param plan how the query is answered
     * @param merge its set operation
     * @param parts the rows of its parts
     * @param page which rows are wanted
     * @param session its server compares what Java cannot
     */
    SetRows(
            QueryPlan<?> plan,
            SetMerge merge,
            List<RowSource> parts,
            Page page,
            Supplier<SharedSessionContractImplementor> session) {
        this.merge = merge;
        this.parts = parts;
        var operator = merge.operator();
        RowSource all = combined(operator);
        this.rows = plan.order().isEmpty() ? all : sorted(all, plan.order(), session);
        this.left = page.limit();
        for (long skipped = 0; skipped < page.offset() && left > 0 && rows.hasNext(); skipped++) {
            rows.next();
        }
    }

    private RowSource combined(@Nullable SetOperator operator) {
        if (operator == null) {
            return parts.get(0);
        }
        return switch (operator) {
            case UNION_ALL -> new Kept(parts, row -> true);
            case UNION -> {
                Set<Object> seen = new HashSet<>();
                yield new Kept(parts, row -> seen.add(merge.normal(row)));
            }
            case INTERSECT, INTERSECT_ALL, EXCEPT, EXCEPT_ALL -> {
                var rest = parts.get(0);
                for (var right : parts.subList(1, parts.size())) {
                    rest = new Kept(List.of(rest), filter(operator, right));
                }
                yield rest;
            }
        };
    }

    private Filter filter(SetOperator operator, RowSource right) {
        Map<Object, Integer> counts = new HashMap<>();
        while (right.hasNext()) {
            counts.merge(merge.normal(right.next()), 1, Integer::sum);
        }
        Set<Object> seen = new HashSet<>();
        return switch (operator) {
            case INTERSECT -> row -> counts.remove(merge.normal(row)) != null;
            case INTERSECT_ALL -> row -> take(counts, merge.normal(row));
            case EXCEPT ->
                row -> {
                    var normal = merge.normal(row);
                    return !counts.containsKey(normal) && seen.add(normal);
                };
            case EXCEPT_ALL -> row -> !take(counts, merge.normal(row));
            case UNION, UNION_ALL -> throw new IllegalStateException("no filter");
        };
    }

    private static boolean take(Map<Object, Integer> counts, Object row) {
        var count = counts.getOrDefault(row, 0);
        if (count > 0) {
            counts.put(row, count - 1);
        }
        return count > 0;
    }

    private static RowSource sorted(
            RowSource all, List<SortKey> order, Supplier<SharedSessionContractImplementor> session) {
        var list = new ArrayList<@Nullable Object[]>();
        all.forEachRemaining(list::add);
        var keys = Collated.isIn(order) ? Ranks.bind(order, session.get(), list::stream) : order;
        list.sort(SortKey.all(keys));
        return new Listed(list.iterator());
    }

    @Override
    public boolean hasNext() {
        boolean more = left > 0 && rows.hasNext();
        if (!more) {
            close();
        }
        return more;
    }

    @Override
    public @Nullable Object[] next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        left--;
        var row = rows.next();
        return row.length == merge.width() ? row : Arrays.copyOf(row, merge.width());
    }

    @Override
    public void close() {
        parts.forEach(RowSource::close);
    }

    /** Tells whether a row stays; asked once of each row. */
    private interface Filter {
        boolean keeps(@Nullable Object[] row);
    }

    /** RowSource in memory. */
    private record Listed(Iterator<@Nullable Object[]> rows) implements RowSource {
        @Override
        public boolean hasNext() {
            return rows.hasNext();
        }

        @Override
        public @Nullable Object[] next() {
            return rows.next();
        }

        @Override
        public void close() {}
    }

    /** Those rows of one source after the other that stay. */
    private static final class Kept implements RowSource {
        private final List<RowSource> sources;
        private final Filter filter;
        private int at;
        private @Nullable Object @Nullable [] ahead;

        Kept(List<RowSource> sources, Filter filter) {
            this.sources = sources;
            this.filter = filter;
        }

        @Override
        public boolean hasNext() {
            while (ahead == null && at < sources.size()) {
                if (sources.get(at).hasNext()) {
                    var row = sources.get(at).next();
                    ahead = filter.keeps(row) ? row : null;
                } else {
                    at++;
                }
            }
            return ahead != null;
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
        public void close() {}
    }
}
