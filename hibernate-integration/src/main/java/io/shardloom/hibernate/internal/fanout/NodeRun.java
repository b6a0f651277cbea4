package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.scatter.Scatter;
import io.shardloom.scatter.Scatter.Task;
import io.shardloom.topology.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of a query on its nodes, all at once. */
record NodeRun(
        QueryPlan<?> plan,
        NodeSessions sessions,
        Map<Object, @Nullable Object> parameters,
        Page page,
        int fetchSize,
        @Nullable Duration time) {

    /**
     * Runs the statements until each node has sent its first rows.
     *
     * @param failures is given what fails, by node; null to give up on all nodes if one fails
     */
    List<NodeRows> open(@Nullable Map<String, RuntimeException> failures) {
        if (page.limit() == 0) {
            return List.of();
        }
        var tasks = tasks(nodes().size() == 1, this::rows);
        if (failures == null) {
            return scatter().all(tasks, time);
        }
        var outcome = scatter().some(tasks, time);
        failures.putAll(outcome.failures());
        return List.copyOf(outcome.results().values());
    }

    /** Counts the rows on all nodes. */
    long count() {
        return scatter().all(tasks(false, (query, one) -> query.getResultCount()), time).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private interface Work<T> {
        T of(NodeSelection query, boolean only);
    }

    private <T> List<Task<T>> tasks(boolean only, Work<T> work) {
        Function<Node, Task<T>> task = node -> new Task<>(
                node.name(),
                () -> {
                    var query = new NodeSelection(plan, sessions.on(node));
                    query.bind(parameters);
                    return work.of(query, only);
                },
                () -> sessions.cancel(node));
        return nodes().stream().map(task).toList();
    }

    private NodeRows rows(NodeSelection query, boolean only) {
        long rows = plan.grouping() == null ? page.ofNode() : Long.MAX_VALUE;
        if (rows < Integer.MAX_VALUE) {
            query.setMaxResults((int) rows);
        }
        query.setFetchSize((int) Math.min(rows, fetchSize));
        if (time != null) {
            query.setTimeout((int) Math.max(1, time.plusMillis(999).toSeconds()));
        }
        return new NodeRows(query, plan.width());
    }

    private List<Node> nodes() {
        return plan.spread().nodes(sessions.factory().runtime().sharding(), parameters);
    }

    private Scatter scatter() {
        return sessions.factory().runtime().scatter();
    }
}
