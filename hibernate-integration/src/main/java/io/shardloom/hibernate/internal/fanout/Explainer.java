package io.shardloom.hibernate.internal.fanout;

import io.shardloom.hibernate.internal.cluster.NodeSessions;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;
import org.hibernate.internal.util.MutableObject;
import org.hibernate.query.sqm.internal.ConcreteSqmSelectQueryPlan;
import org.hibernate.query.sqm.internal.DomainParameterXref;
import org.hibernate.query.sqm.internal.SqmJdbcExecutionContextAdapter;
import org.hibernate.query.sqm.tree.select.SqmSelectStatement;
import org.hibernate.sql.exec.spi.JdbcParameterBindings;
import org.hibernate.sql.exec.spi.JdbcSelect;
import org.jspecify.annotations.Nullable;

/** Writes down how a query is answered. */
record Explainer(QueryPlan<?> plan, NodeSessions sessions, Map<Object, @Nullable Object> parameters, Page page) {

    /** A statement as it goes to a node. */
    private record Translated(JdbcSelect select, @Nullable JdbcParameterBindings bindings) {}

    /** Opens Hibernate's translation, which its plan keeps to itself. */
    @SuppressWarnings("UnusedMethod") // the class is there for what it inherits
    private abstract static class Translation extends ConcreteSqmSelectQueryPlan<Object> {
        private Translation(SqmSelectStatement<Object> none) {
            super(none, "", DomainParameterXref.EMPTY, null, null, null);
        }

        static Translated of(NodeSelection query) {
            var bindings = new MutableObject<JdbcParameterBindings>();
            var translated =
                    buildInterpretation(query.getSqmStatement(), query.getDomainParameterXref(), query, bindings);
            return new Translated(translated.jdbcOperation(), bindings.get());
        }
    }

    String text() {
        var sets = plan.sets();
        if (sets != null) {
            var operator = sets.operator();
            var text = new StringBuilder("Merge  ")
                    .append(operator == null ? "rows" : operator.sqlString())
                    .append(" of ")
                    .append(sets.parts().size())
                    .append(" queries, in memory\n");
            for (var part : sets.parts()) {
                text.append(new Explainer(part, sessions, parameters, Page.of(part, parameters)).text());
            }
            return text.toString();
        }
        var sharding = sessions.factory().runtime().sharding();
        var nodes = plan.spread().nodes(sharding, parameters);
        var text = new StringBuilder();
        boolean all = plan.spread().isAll(nodes, sharding);
        text.append("Route  ")
                .append(all ? "ALL nodes: " : "")
                .append(nodes.stream().map(node -> node.name()).collect(Collectors.joining(", ")))
                .append('\n');
        text.append("Merge  ").append(merge(nodes.size())).append('\n');
        boolean first = true;
        for (var node : nodes) {
            var query = new NodeSelection(plan, sessions.on(node));
            query.bind(parameters);
            limit(query);
            var translated = Translation.of(query);
            if (first) {
                text.append("SQL    ")
                        .append(translated.select().getSqlString())
                        .append('\n');
                first = false;
            }
            text.append("Plan of node ").append(node.name()).append('\n').append(serverPlan(query, translated));
        }
        return text.toString();
    }

    private void limit(NodeSelection query) {
        long rows = plan.grouping() == null ? page.ofNode() : Long.MAX_VALUE;
        if (rows < Integer.MAX_VALUE) {
            query.setMaxResults((int) rows);
        }
    }

    private String merge(int nodes) {
        var grouping = plan.grouping();
        var merge = new StringBuilder();
        if (grouping != null) {
            merge.append("groups with equal keys, ")
                    .append(grouping.merged().size())
                    .append(" aggregates of partial ones");
            merge.append(grouping.order().isEmpty() ? "" : ", sorted in Java");
            merge.append(
                    grouping.evaluation() == null ? "" : ", given to one server that computes what is said of them");
        } else if (nodes < 2) {
            merge.append("none, one node has all rows");
        } else {
            merge.append(plan.order().isEmpty() ? "one node after the other" : "sorted streams of " + nodes + " nodes");
            merge.append(plan.distinct() == null ? "" : ", equal rows once");
        }
        if (page.offset() > 0) {
            merge.append(", offset ").append(page.offset());
        }
        if (page.limit() < Long.MAX_VALUE) {
            merge.append(", limit ").append(page.limit());
        }
        return merge.toString();
    }

    private static String serverPlan(NodeSelection query, Translated translated) {
        return query.getSession().doReturningWork(connection -> {
            var sql = "explain " + translated.select().getSqlString();
            try (var statement = connection.prepareStatement(sql)) {
                bind(statement, query, translated);
                return lines(statement);
            }
        });
    }

    private static void bind(PreparedStatement statement, NodeSelection query, Translated translated)
            throws SQLException {
        var context = new SqmJdbcExecutionContextAdapter(query, translated.select());
        int position = 1;
        for (var binder : translated.select().getParameterBinders()) {
            binder.bindParameterValue(statement, position++, translated.bindings(), context);
        }
    }

    private static String lines(PreparedStatement statement) throws SQLException {
        var text = new StringBuilder();
        try (var rows = statement.executeQuery()) {
            while (rows.next()) {
                text.append("  ").append(rows.getString(1)).append('\n');
            }
        }
        return text.toString();
    }
}
