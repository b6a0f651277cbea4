package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.PartialResult;
import io.shardloom.hibernate.internal.cluster.NodeSessions;
import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.hibernate.query.sqm.tree.expression.SqmExpression;
import org.jspecify.annotations.Nullable;

/** A planned query with its parameters. */
final class FanOutQuery<R> implements ClusterQuery<R> {
    private static final int BLOCK_OF_STREAM = 500;

    /** The first blocks of all nodes come at once, the others one after the other. */
    private static final int BLOCK_OF_LIST = 10_000;

    private final QueryPlan<R> plan;
    private final Supplier<NodeSessions> open;
    private final Consumer<NodeSessions> end;
    private final Map<Object, @Nullable Object> parameters = new HashMap<>();
    private @Nullable Integer fetchSize;
    private @Nullable Duration time;
    private @Nullable Integer firstResult;
    private @Nullable Integer maxResults;

    /**
     * Creates a query without parameters.
     *
     * @param plan how it is answered
     * @param open gives the sessions of each run
     * @param end is given them when the run is over
     */
    FanOutQuery(QueryPlan<R> plan, Supplier<NodeSessions> open, Consumer<NodeSessions> end) {
        this.plan = plan;
        this.open = open;
        this.end = end;
    }

    @Override
    public ClusterQuery<R> setParameter(String name, @Nullable Object value) {
        parameters.put(name, value);
        return this;
    }

    @Override
    public ClusterQuery<R> setParameter(int position, @Nullable Object value) {
        parameters.put(position, value);
        return this;
    }

    @Override
    public ClusterQuery<R> setParameterList(String name, Collection<?> values) {
        parameters.put(name, values);
        return this;
    }

    @Override
    public ClusterQuery<R> setFirstResult(int position) {
        firstResult = notNegative(position, "first result");
        return this;
    }

    @Override
    public ClusterQuery<R> setMaxResults(int rows) {
        maxResults = notNegative(rows, "number of results");
        return this;
    }

    private static int notNegative(int value, String what) {
        if (value < 0) {
            throw new IllegalArgumentException("The " + what + " " + value + " is below 0. Give 0 or more.");
        }
        return value;
    }

    @Override
    public List<R> getResultList() {
        return run(sessions -> {
            try (var rows = rows(sessions, page(), null)) {
                return list(rows);
            }
        });
    }

    private <T> T run(Function<NodeSessions, T> work) {
        var sessions = open.get();
        try {
            return work.apply(sessions);
        } finally {
            end.accept(sessions);
        }
    }

    private MergedRows rows(NodeSessions sessions, Page page, @Nullable Map<String, RuntimeException> failures) {
        return new MergedRows(plan, nodes(sessions, page).open(failures), parameters, page);
    }

    private NodeRun nodes(NodeSessions sessions, Page page) {
        return nodes(sessions, page, BLOCK_OF_LIST);
    }

    private NodeRun nodes(NodeSessions sessions, Page page, int block) {
        return new NodeRun(plan, sessions, parameters, page, fetchSize != null ? fetchSize : block, time);
    }

    private List<R> list(MergedRows rows) {
        var list = new ArrayList<R>();
        while (rows.hasNext()) {
            list.add(plan.shape().make(rows.next()));
        }
        return list;
    }

    @Override
    public Stream<R> getResultStream() {
        var sessions = open.get();
        MergedRows rows;
        try {
            var run = nodes(sessions, page(), BLOCK_OF_STREAM);
            rows = new MergedRows(plan, run.open(null), parameters, page());
        } catch (RuntimeException e) {
            end.accept(sessions);
            throw e;
        }
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                .map(plan.shape()::make)
                .onClose(() -> {
                    rows.close();
                    end.accept(sessions);
                });
    }

    @Override
    public long getResultCount() {
        var page = new Page(count(plan.offset(), 0), count(plan.limit(), Long.MAX_VALUE));
        boolean sum =
                plan.grouping() == null && plan.distinct() == null && plan.offset() == null && plan.limit() == null;
        return run(sessions -> {
            if (sum) {
                return nodes(sessions, page).count();
            }
            try (var rows = rows(sessions, page, null)) {
                long count = 0;
                for (; rows.hasNext(); rows.next()) {
                    count++;
                }
                return count;
            }
        });
    }

    @Override
    public PartialResult<R> getPartialResult() {
        return run(sessions -> {
            var failures = new LinkedHashMap<String, RuntimeException>();
            try (var rows = rows(sessions, page(), failures)) {
                return new PartialResult<>(list(rows), failures);
            }
        });
    }

    @Override
    public String explain() {
        return run(sessions -> new Explainer(plan, sessions, parameters, page()).text());
    }

    @Override
    public ClusterQuery<R> setTimeout(Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException("The time " + limit + " is not above zero.");
        }
        time = limit;
        return this;
    }

    @Override
    public ClusterQuery<R> setFetchSize(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("The fetch size " + rows + " is below 1. Give 1 or more.");
        }
        fetchSize = rows;
        return this;
    }

    private Page page() {
        return new Page(
                firstResult != null ? firstResult : count(plan.offset(), 0),
                maxResults != null ? maxResults : count(plan.limit(), Long.MAX_VALUE));
    }

    private long count(@Nullable SqmExpression<?> expression, long none) {
        var value = expression == null ? null : Constants.value(expression, parameters);
        return value instanceof Number number ? number.longValue() : none;
    }

    @Override
    public R getSingleResult() {
        var row = getSingleResultOrNull();
        if (row == null) {
            throw new NoResultException("The query has no row. Use getSingleResultOrNull where that may be.");
        }
        return row;
    }

    @Override
    public @Nullable R getSingleResultOrNull() {
        var rows = getResultList();
        if (rows.size() > 1) {
            throw new NonUniqueResultException("The query has " + rows.size() + " rows. Use getResultList.");
        }
        return rows.isEmpty() ? null : rows.get(0);
    }
}
