package io.shardloom.hibernate.internal.fanout;

import io.shardloom.failure.RefusedQueryException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.hibernate.query.sqm.SetOperator;
import org.hibernate.query.sqm.tree.select.SqmQueryGroup;
import org.hibernate.query.sqm.tree.select.SqmQueryPart;
import org.hibernate.query.sqm.tree.select.SqmQuerySpec;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the rows of a select, or of a set operation, when each node computes them from its own rows.
 *
 * @param group the group by whose key they are spread, null if they are the same everywhere
 * @param local the node of the local tables, null for none
 * @param selects where the rows of each select come from
 * @param pin what gives all rows one and the same key, null if nothing does
 * @param refusal why the rows of all nodes are not together those of one server, null if they are
 * @param tells the columns whose value is another on each node, and never null
 */
record NodePart(
        @Nullable String group,
        @Nullable String local,
        List<CoLocation> selects,
        @Nullable Object pin,
        @Nullable RefusedQueryException refusal,
        BitSet tells) {

    private static final String NODES = "each node would answer it from its own rows";

    /**
     * Looks at a select or a set operation.
     *
     * @param part the query
     * @param proof where the rows of one of its selects come from
     */
    static NodePart of(SqmQueryPart<?> part, Function<SqmQuerySpec<?>, CoLocation> proof) {
        if (part instanceof SqmQueryGroup<?> group) {
            var parts =
                    group.getQueryParts().stream().map(each -> of(each, proof)).toList();
            return of(group.getSetOperator(), parts).limited(part);
        }
        var spec = (SqmQuerySpec<?>) part;
        return of(spec, proof.apply(spec)).limited(part);
    }

    private static NodePart of(SqmQuerySpec<?> spec, CoLocation rows) {
        var tells = new BitSet();
        int place = 0;
        for (var column : Derived.columns(spec)) {
            tells.set(place++, rows.tellsNode(column));
        }
        var refusal = rows.carrier() == null ? null : refusal(spec, rows, tells);
        return new NodePart(rows.group(), rows.localNode(), List.of(rows), rows.pin(), refusal, tells);
    }

    private static @Nullable RefusedQueryException refusal(SqmQuerySpec<?> spec, CoLocation rows, BitSet tells) {
        if (rows.derived().areOfOneNode()) {
            return Refusals.part("a query in its from clause is of one key", "other nodes would add rows of their own");
        }
        var windows = Windows.of(spec);
        boolean grouped = !spec.getGroupByClauseExpressions().isEmpty()
                || !windows.aggregates().isEmpty()
                || spec.getHavingClausePredicate() != null;
        if (grouped && !NodeColumns.isGroupedByKey(spec, rows)) {
            return Refusals.part("a part of it aggregates rows of several keys", NODES + "; group it by the shard key");
        }
        for (var window : windows.windows()) {
            if (grouped || window.getWindow().getPartitions().stream().noneMatch(rows::tellsNode)) {
                return Refusals.part(
                        "a window function in a part of it is not partitioned by the shard key",
                        "its window reaches over several nodes");
            }
        }
        if (spec.getSelectClause().isDistinct() && tells.isEmpty()) {
            return Refusals.part(
                    "a part of it wants distinct rows without the shard key",
                    "equal rows of several nodes would be several; select the key in it");
        }
        return null;
    }

    /** Returns what is known of a set operation on parts. */
    static NodePart of(@Nullable SetOperator operator, List<NodePart> parts) {
        var first = parts.get(0);
        var selects = new ArrayList<CoLocation>();
        var tells = (BitSet) first.tells.clone();
        @Nullable Object pin = first.pin;
        @Nullable RefusedQueryException refusal = null;
        for (var part : parts) {
            selects.addAll(part.selects);
            tells.and(part.tells);
            pin = pin != null && pin.equals(part.pin) && Objects.equals(first.group, part.group) ? pin : null;
            refusal = refusal == null ? part.refusal : refusal;
            if (refusal == null && !Objects.equals(first.group, part.group)) {
                refusal = Refusals.part(
                        "the parts of a set operation in it are spread differently",
                        part.group == null || first.group == null
                                ? "each node would add the rows of the reference tables once more"
                                : "their rows are on nodes of different groups");
            }
            if (refusal == null && !Objects.equals(first.local, part.local)) {
                refusal = Refusals.part(
                        "a set operation in it reads local tables beside others", "they are on one node only");
            }
        }
        if (refusal == null
                && first.group != null
                && operator != null
                && operator != SetOperator.UNION_ALL
                && tells.isEmpty()) {
            refusal = Refusals.part(
                    "the parts of " + operator.sqlString() + " do not all select the shard key in one place",
                    "equal rows may be on different nodes");
        }
        return new NodePart(first.group, first.local, selects, pin, refusal, tells);
    }

    private NodePart limited(SqmQueryPart<?> part) {
        boolean limited = part.getFetchExpression() != null || part.getOffsetExpression() != null;
        if (!limited || group == null || refusal != null) {
            return this;
        }
        var why = Refusals.part(
                "a part of it has a limit of its own", "each node would return that many of its own rows");
        return new NodePart(group, local, selects, pin, why, tells);
    }

    /** Tells whether the rows are right only if the node of their one key is asked and no other. */
    boolean isOfOneNode() {
        return pin != null && refusal != null;
    }

    /** Refuses rows that no way of asking the nodes gives. */
    NodePart checked() {
        if (refusal != null && pin == null) {
            throw refusal;
        }
        return this;
    }
}
