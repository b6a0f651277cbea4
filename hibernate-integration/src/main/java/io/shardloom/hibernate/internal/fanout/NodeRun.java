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
        @Nullable Deadline deadline) {

    /**
     * Runs the statements until each node has sent its first rows.
     *
     * @param failures is given what fails, by node; null to give up on all nodes if one fails
     */
    List<NodeRows> open(@Nullable Map<String, RuntimeException> failures) {
        if (page.limit() == 0) {
            return List.of();
        }
        var tasks = tasks(this::rows);
        if (failures == null) {
            return scatter().all(tasks, left());
        }
        var outcome = scatter().some(tasks, left());
        failures.putAll(outcome.failures());
        if (deadline != null) {
            deadline.restart(); // nodes that answer are read although others used up the time
        }
        return List.copyOf(outcome.results().values());
    }

    /** Returns how many rows the nodes can leave out by themselves. */
    Skips skips() {
        return Skips.of(plan, nodes(), page, sessions.factory().runtime().sharding());
    }

    /**
     * Runs the statements for a part of the rows until each node has sent its first; a guessed part begins with the last row left out.
     *
     * @param skips how many rows each node leaves out
     */
    List<NodeRows> open(Skips skips) {
        long left = page.limit() == Long.MAX_VALUE ? page.limit() : page.ofNode() - skips.total();
        return scatter()
                .all(
                        tasks((node, query) -> {
                            int skip = skips.of(node);
                            boolean withLast = skip > 0 && !skips.proved();
                            query.setFirstResult(withLast ? skip - 1 : skip);
                            return rows(node, query, withLast && left < Long.MAX_VALUE ? left + 1 : left);
                        }),
                        left());
    }

    /** Counts the rows on all nodes. */
    long count() {
        return scatter().all(tasks((node, query) -> query.getResultCount()), left()).stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    private interface Work<T> {
        T of(Node node, NodeSelection query);
    }

    private <T> List<Task<T>> tasks(Work<T> work) {
        Function<Node, Task<T>> task = node -> new Task<>(
                node.name(),
                () -> {
                    var query = new NodeSelection(plan, sessions.on(node));
                    query.bind(parameters);
                    return work.of(node, query);
                },
                () -> sessions.cancel(node));
        return nodes().stream().map(task).toList();
    }

    private NodeRows rows(Node node, NodeSelection query) {
        return rows(node, query, plan.grouping() == null ? page.ofNode() : Long.MAX_VALUE);
    }

    private NodeRows rows(Node node, NodeSelection query, long rows) {
        if (rows < Integer.MAX_VALUE) {
            query.setMaxResults((int) rows);
        }
        if (deadline != null) {
            query.setTimeout(deadline.seconds());
        }
        return new NodeRows(node, query, (int) Math.min(rows, fetchSize), this);
    }

    private @Nullable Duration left() {
        return deadline == null ? null : deadline.left();
    }

    List<Node> nodes() {
        return plan.spread().nodes(sessions.factory().runtime().sharding(), parameters);
    }

    private Scatter scatter() {
        return sessions.factory().runtime().scatter();
    }
}
