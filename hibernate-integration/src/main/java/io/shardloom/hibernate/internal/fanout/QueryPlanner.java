package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.connection.ShardSessionFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hibernate.query.common.FetchClauseType;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQueryPart;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;

/** The one place that decides how a query over all nodes is answered, or that it is refused. */
final class QueryPlanner {
    private final ShardSessionFactory factory;
    private final Paths paths;

    QueryPlanner(ShardSessionFactory factory) {
        this.factory = factory;
        this.paths = new Paths(factory);
    }

    /**
     * Plans a query.
     *
     * @param select a statement of its own, which becomes that of the nodes
     * @param result what each row is to be
     * @throws io.shardloom.failure.RefusedQueryException if its merged answer could be wrong
     */
    <R> QueryPlan<R> plan(SqmSelectStatement<?> select, Class<R> result) {
        if (!select.getCteStatements().isEmpty()) {
            throw Refusals.part(
                    "it has a common table expression", "its rows are spread over the nodes in no known way");
        }
        Functions.check(factory, select);
        var part = select.getQueryPart();
        if (part.getFetchClauseType() != FetchClauseType.ROWS_ONLY) {
            throw Refusals.part(
                    "its limit is " + part.getFetchClauseType(),
                    "only a plain number of rows can be taken of the merged rows");
        }
        if (!(part instanceof SqmQuerySpec<?> spec)) {
            throw Refusals.part("it is a set operation", "that is not merged yet");
        }
        NodeColumns.expand(spec);
        var rows = CoLocation.of(paths, spec);
        var shape = RowShape.of(select, result);
        var windows = Windows.of(spec);
        boolean grouped = !spec.getGroupByClauseExpressions().isEmpty()
                || !windows.aggregates().isEmpty();
        boolean oneNode = rows.carrier() == null || rows.isPinned();
        boolean local = oneNode || (grouped && isGroupedByKey(spec, rows));
        if (!oneNode) {
            checkWindows(windows, rows, grouped && !local);
        }
        var offset = part.getOffsetExpression();
        var limit = part.getFetchExpression();
        part.setOffsetExpression(null);
        part.setFetchExpression(null);
        var name = "@" + UUID.randomUUID();
        var spread = spread(List.of(rows));
        if (grouped && !local) {
            var planner = new GroupPlanner(factory, paths, spec, rows);
            var grouping = planner.plan();
            return new QueryPlan<>(
                    name, select, planner.width(), spread, grouping, List.of(), null, offset, limit, shape);
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
        return new QueryPlan<>(name, select, columns.width(), spread, null, order, distinct, offset, limit, shape);
    }

    private static boolean isGroupedByKey(SqmQuerySpec<?> spec, CoLocation rows) {
        return spec.getGroupByClauseExpressions().stream()
                .anyMatch(group -> rows.tellsNode(NodeColumns.selected(spec, group)));
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

    private Spread spread(List<CoLocation> selects) {
        var narrowing = new ArrayList<Narrowing>();
        Spread spread = new Spread.Everywhere();
        for (var rows : selects) {
            var carrier = rows.carrier();
            var local = rows.localNode();
            if (carrier != null) {
                var group = rows.home(carrier).group();
                narrowing.add(
                        new Narrowing(paths, rows, factory.runtime().sharding().group(group)));
                spread = new Spread.Group(group, List.copyOf(narrowing));
            } else if (local != null) {
                spread = new Spread.Local(local);
            }
        }
        return spread;
    }

    static List<SqmQuerySpec<?>> selects(SqmQueryPart<?> part) {
        var selects = new ArrayList<SqmQuerySpec<?>>();
        if (part instanceof SqmQueryGroup<?> group) {
            group.getQueryParts().forEach(each -> selects.addAll(selects(each)));
        } else if (part instanceof SqmQuerySpec<?> spec) {
            selects.add(spec);
        }
        return selects;
    }
}
