package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.cluster.NodeSessions;
import io.shardloom.scatter.Scatter;
import io.shardloom.scatter.Scatter.Task;
import io.shardloom.topology.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.jspecify.annotations.Nullable;

/**
 * One run of a query on its nodes, all at once.
 *
 * @param plan how it is answered
 * @param nodes those that are asked
 * @param sessions their sessions
 * @param parameters the values of the query's parameters
 * @param page which part of the rows is wanted
 * @param fetchSize how many rows a node sends at a time at most
 * @param deadline when it has to be over, null for never
 */
record NodeRun(
        QueryPlan<?> plan,
        List<Node> nodes,
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
        return Skips.of(plan, nodes, page, sessions.factory().runtime().sharding());
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
        var tasks = new ArrayList<Task<T>>(nodes.size());
        boolean connected =
                nodes.size() > 1 && deadline == null; // with one, the wait for a connection is to end in time
        for (var node : nodes) {
            connected = connected && sessions.connect(node);
            tasks.add(new Task<>(node.name(), () -> work.of(node, query(node)), () -> sessions.cancel(node)));
        }
        return tasks;
    }

    private NodeSelection query(Node node) {
        var query = new NodeSelection(plan, sessions.on(node));
        query.bind(parameters);
        return query;
    }

    /**
     * Tells whether what one node answers to its statement is the answer: nothing is merged, looked at twice, or given up on in time.
     */
    boolean isOfOneNode() {
        return nodes.size() == 1
                && deadline == null
                && plan.grouping() == null
                && plan.distinct() == null
                && page.offset() <= Integer.MAX_VALUE
                && !plan.collections();
    }

    /**
     * Runs the statement of the only node as Hibernate's own query, whose rows come at once where no fetch size says otherwise.
     *
     * @param fetchSize how many rows the node sends at a time, null for all
     */
    List<Object> list(@Nullable Integer fetchSize) {
        if (page.limit() == 0) {
            return new ArrayList<>();
        }
        var query = query(nodes.get(0));
        if (page.offset() > 0) {
            query.setFirstResult((int) page.offset());
        }
        if (page.limit() < Integer.MAX_VALUE) {
            query.setMaxResults((int) page.limit());
        }
        if (fetchSize != null) {
            query.setFetchSize(fetchSize);
        }
        return query.getResultList();
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
        if (rows > fetchSize && !isOneRow()) {
            query.setFetchSize(fetchSize);
        }
        return new NodeRows(node, query, (int) Math.min(rows, fetchSize), this);
    }

    /** Aggregates without groups are one row of each node. */
    private boolean isOneRow() {
        return plan.grouping() != null
                && ((SqmSelectStatement<?>) plan.node().getSqmStatement())
                        .getQuerySpec()
                        .getGroupByClauseExpressions()
                        .isEmpty();
    }

    private @Nullable Duration left() {
        return deadline == null ? null : deadline.left();
    }

    private Scatter scatter() {
        return sessions.factory().runtime().scatter();
    }
}
