package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.ClusterQuery;
import io.shardloom.hibernate.PartialResult;
import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.hibernate.internal.cluster.PlainFailures;
import jakarta.persistence.NoResultException;
import jakarta.persistence.NonUniqueResultException;
import jakarta.persistence.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.hibernate.ScrollableResults;
import org.hibernate.query.KeyedPage;
import org.hibernate.query.KeyedResultList;
import org.jspecify.annotations.Nullable;

/** A planned query with its parameters. */
final class FanOutQuery<R> implements ClusterQuery<R> {
    private static final int BLOCK_OF_STREAM = 500;

    /** The first blocks of all nodes come at once, the others one after the other. */
    private static final int BLOCK_OF_LIST = 10_000;

    private final QueryPlan<R> plan;
    private final Set<Object> names;
    private final RunScope scope;
    private final KeyedPages pages;
    private final Map<Object, @Nullable Object> parameters = new HashMap<>(2);
    private @Nullable Integer fetchSize;
    private @Nullable Duration time;
    private @Nullable Integer firstResult;
    private @Nullable Integer maxResults;

    /**
     * Creates a query without parameters.
     *
     * @param plan how it is answered
     * @param names the names of its parameters, or their numbers
     * @param scope the sessions of each run
     * @param pages makes pages that begin behind a key
     */
    FanOutQuery(QueryPlan<R> plan, Set<Object> names, RunScope scope, KeyedPages pages) {
        this.plan = plan;
        this.names = names;
        this.scope = scope;
        this.pages = pages;
    }

    @Override
    public ClusterQuery<R> setParameter(String name, @Nullable Object value) {
        return bind(name, value);
    }

    @Override
    public ClusterQuery<R> setParameter(int position, @Nullable Object value) {
        return bind(position, value);
    }

    @Override
    public <T> ClusterQuery<R> setParameter(Parameter<T> parameter, @Nullable T value) {
        var name = parameter.getName();
        var position = parameter.getPosition();
        if (name != null || position != null) {
            return bind(name != null ? name : position, value);
        }
        parameters.put(parameter, value);
        return this;
    }

    @Override
    public ClusterQuery<R> setParameterList(String name, Collection<?> values) {
        return bind(name, values);
    }

    private ClusterQuery<R> bind(Object name, @Nullable Object value) {
        if (!names.contains(name)) {
            var known = names.isEmpty()
                    ? "none"
                    : names.stream().map(String::valueOf).collect(Collectors.joining(", "));
            throw new IllegalArgumentException("The query has no parameter " + name + " (it has: " + known + ").");
        }
        parameters.put(name, value);
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
            var run = plan.sets() == null ? nodes(plan, sessions, page(), BLOCK_OF_LIST) : null;
            if (run != null && run.isOfOneNode()) {
                return plan.shape().listed(plan.shape().all(run.list(fetchSize), plan.width()));
            }
            try (var rows = run != null ? rows(run, null) : rows(sessions, null)) {
                return list(rows);
            }
        });
    }

    private <T> T run(Function<NodeSessions, T> work) {
        try (var opened = scope.opened()) {
            return work.apply(opened.sessions());
        } catch (RuntimeException e) {
            throw PlainFailures.of(e);
        }
    }

    private RowSource rows(NodeSessions sessions, @Nullable Map<String, RuntimeException> failures) {
        return rows(plan, sessions, page(), BLOCK_OF_LIST, failures);
    }

    private RowSource rows(
            QueryPlan<?> of,
            NodeSessions sessions,
            Page page,
            int block,
            @Nullable Map<String, RuntimeException> failures) {
        var sets = of.sets();
        if (sets == null) {
            return rows(nodes(of, sessions, page, block), failures);
        }
        var parts = new ArrayList<RowSource>();
        try {
            for (var part : sets.parts()) {
                parts.add(rows(part, sessions, Page.of(part, parameters), block, failures));
            }
            return new SetRows(of, sets, parts, page, sessions::onAny);
        } catch (RuntimeException e) {
            parts.forEach(RowSource::close);
            throw e;
        }
    }

    private static RowSource rows(NodeRun run, @Nullable Map<String, RuntimeException> failures) {
        var deep = failures == null ? DeepPage.rows(run) : null;
        return deep != null ? deep : new MergedRows(run, run.open(failures), run.page());
    }

    private NodeRun nodes(QueryPlan<?> of, NodeSessions sessions, Page page, int block) {
        return new NodeRun(
                of,
                of.spread().nodes(sessions.factory().runtime().sharding(), parameters),
                sessions,
                parameters,
                page,
                fetchSize != null ? fetchSize : block,
                time == null ? null : new Deadline(time));
    }

    private List<R> list(RowSource rows) {
        var list = new ArrayList<R>();
        while (rows.hasNext()) {
            list.add(plan.shape().make(rows.next()));
        }
        return plan.shape().listed(list);
    }

    @Override
    public Stream<R> getResultStream() {
        var rows = oneByOne();
        return StreamSupport.stream(Spliterators.spliteratorUnknownSize(rows, Spliterator.ORDERED), false)
                .onClose(rows::close);
    }

    @Override
    public ScrollableResults<R> scroll() {
        return new ForwardRows<>(oneByOne());
    }

    private Rows<R> oneByOne() {
        var opened = scope.opened();
        try {
            var rows = rows(plan, opened.sessions(), page(), BLOCK_OF_STREAM, null);
            return new Rows<>(rows, plan.shape(), new Rows.Run() {
                @Override
                public void detach() {
                    scope.detach().accept(opened.sessions());
                }

                @Override
                public void end() {
                    opened.close();
                }
            });
        } catch (RuntimeException e) {
            throw opened.closedAfter(PlainFailures.of(e));
        }
    }

    @Override
    public KeyedResultList<R> getKeyedResultList(KeyedPage<R> page) {
        var query = new FanOutQuery<>(run(sessions -> pages.plan(page, sessions.onAny())), names, scope, pages);
        query.parameters.putAll(parameters);
        query.fetchSize = fetchSize;
        query.time = time;
        query.maxResults = page.getPage().getMaxResults() + 1;
        query.firstResult = page.getKey() == null ? page.getPage().getFirstResult() : 0;
        return KeyedPages.list(page, query.getResultList());
    }

    @Override
    public ClusterQuery<R> setPage(org.hibernate.query.Page page) {
        return setMaxResults(page.getMaxResults()).setFirstResult(page.getFirstResult());
    }

    @Override
    public long getResultCount() {
        var page = Page.of(plan, parameters);
        boolean sum = plan.grouping() == null
                && plan.distinct() == null
                && plan.offset() == null
                && plan.limit() == null
                && plan.sets() == null;
        return run(sessions -> {
            if (sum) {
                return nodes(plan, sessions, page, BLOCK_OF_LIST).count();
            }
            try (var rows = rows(plan, sessions, page, BLOCK_OF_LIST, null)) {
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
        if (plan.sets() != null) {
            throw Refusals.part(
                    "it is put together of several queries",
                    "a node may fail in one and answer in another; ask for the whole result");
        }
        return run(sessions -> {
            var failures = new LinkedHashMap<String, RuntimeException>();
            try (var rows = rows(sessions, failures)) {
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
        var page = Page.of(plan, parameters);
        return new Page(
                firstResult != null ? firstResult : page.offset(), maxResults != null ? maxResults : page.limit());
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
