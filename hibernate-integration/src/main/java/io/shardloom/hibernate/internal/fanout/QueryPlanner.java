package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.query.common.FetchClauseType;
import org.hibernate.query.sqm.tree.SqmCopyContext;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/** The one place that decides how a query over all nodes is answered, or that it is refused. */
final class QueryPlanner {
    private final ShardSessionFactory factory;
    private final Paths paths;

    /**
     * Creates it for one statement.
     *
     * @param factory the unit's factory
     * @param copies what of the statement was copied
     */
    QueryPlanner(ShardSessionFactory factory, SqmCopyContext copies) {
        this.factory = factory;
        this.paths = new Paths(factory, copies);
    }

    /**
     * Plans a query.
     *
     * @param select a statement of its own, which becomes that of the nodes
     * @param result what each row is to be
     * @throws io.shardloom.failure.RefusedQueryException if its merged answer could be wrong
     */
    <R> QueryPlan<R> plan(SqmSelectStatement<?> select, Class<R> result) {
        Functions.check(factory, select);
        return planned(select, result);
    }

    private <R> QueryPlan<R> planned(SqmSelectStatement<?> select, Class<R> result) {
        var part = select.getQueryPart();
        if (part.getFetchClauseType() != FetchClauseType.ROWS_ONLY) {
            throw Refusals.part(
                    "its limit is " + part.getFetchClauseType(),
                    "only a plain number of rows can be taken of the merged rows");
        }
        if (part instanceof SqmQueryGroup<?> group) {
            var sets = new SetPlanner(paths, select, group);
            return sets.plan(RowShape.of(select, result), this::spread, each -> planned(each, Object.class));
        }
        var spec = (SqmQuerySpec<?>) part;
        NodeColumns.expand(spec);
        var rows = CoLocation.of(paths, spec);
        var shape = RowShape.of(select, result);
        var windows = Windows.of(spec);
        boolean grouped = !spec.getGroupByClauseExpressions().isEmpty()
                || !windows.aggregates().isEmpty();
        boolean oneNode = rows.carrier() == null || rows.isPinned();
        boolean local = oneNode || (grouped && NodeColumns.isGroupedByKey(spec, rows));
        if (!oneNode) {
            if (!grouped && spec.getHavingClausePredicate() != null) {
                throw Refusals.part(
                        "it has a condition on groups, and neither groups nor aggregates",
                        "each node would make a group of its own");
            }
            checkWindows(windows, rows, grouped && !local);
        }
        var offset = part.getOffsetExpression();
        var limit = part.getFetchExpression();
        part.setOffsetExpression(null);
        part.setFetchExpression(null);
        var name = "@" + UUID.randomUUID();
        var nodes = NodePart.of(spec, any -> rows);
        var spread = spread(nodes);
        if (grouped && !local) {
            var planner = new GroupPlanner(factory, paths, select, rows);
            var grouping = planner.plan();
            return new QueryPlan<>(
                    name,
                    NodeSelection.interpreted(select),
                    planner.width(),
                    spread,
                    grouping,
                    List.of(),
                    null,
                    offset,
                    limit,
                    shape,
                    null);
        }
        NodeColumns.resolveGroups(spec);
        var columns = new NodeColumns(paths, spec);
        boolean mayRepeat = spec.getSelectClause().isDistinct()
                && rows.carrier() != null
                && !rows.isPinned()
                && !columns.tellNode(rows);
        var distinct = mayRepeat ? columns.distinct() : null;
        boolean fetches = select.containsCollectionFetches();
        if (fetches) {
            CollectionFetches.check(spec);
        }
        var order = columns.order(rows.carrier() != null && !rows.isPinned());
        if (fetches) {
            CollectionFetches.keepTogether(spec);
        }
        return new QueryPlan<>(
                name,
                NodeSelection.interpreted(select),
                columns.width(),
                spread,
                null,
                order,
                distinct,
                offset,
                limit,
                shape,
                null);
    }

    private static void checkWindows(Windows windows, CoLocation rows, boolean mergesGroups) {
        for (var window : windows.windows()) {
            if (mergesGroups || window.getWindow().getPartitions().stream().noneMatch(rows::tellsNode)) {
                throw Refusals.part(
                        "a window function is not partitioned by the shard key",
                        "its window reaches over several nodes");
            }
        }
    }

    private Spread spread(NodePart part) {
        var narrowing = new ArrayList<Narrowing>();
        Spread spread = new Spread.Everywhere();
        for (var rows : part.selects()) {
            var group = rows.group();
            var local = rows.localNode();
            if (group != null) {
                narrowing.add(
                        new Narrowing(paths, rows, factory.runtime().sharding().group(group)));
                spread = new Spread.Group(group, List.copyOf(narrowing), part.isOfOneNode());
            } else if (local != null) {
                spread = new Spread.Local(local);
            }
        }
        return spread;
    }
}
