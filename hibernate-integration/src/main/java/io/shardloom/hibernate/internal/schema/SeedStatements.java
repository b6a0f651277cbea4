package io.shardloom.hibernate.internal.schema;

import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.hibernate.tool.schema.spi.CommandAcceptanceException;
import org.hibernate.tool.schema.spi.ExceptionHandler;
import org.hibernate.tool.schema.spi.ExecutionOptions;
import org.hibernate.tool.schema.spi.SchemaManagementException;

/**
 * The inserts of an import script, which every node is given: a node refuses the rows of shards and local tables that it
 * does not have, and that is as it should be where another node takes them. Used for one run over the nodes.
 */
final class SeedStatements {
    /** A row for which there is no partition; a table that is not there. */
    private static final Set<String> NOT_HERE = Set.of("23514", "42P01");

    private static final String INSERT = "Error executing DDL \"insert";

    private final Map<String, Refusals> refused = new LinkedHashMap<>();

    private record Refusals(Set<String> nodes, CommandAcceptanceException first) {}

    /** Returns the options with which the statements of a node are run. */
    ExecutionOptions on(Node node, ExecutionOptions execution) {
        ExceptionHandler strict = execution.getExceptionHandler();
        return new ExecutionOptions() {
            @Override
            public Map<String, Object> getConfigurationValues() {
                return execution.getConfigurationValues();
            }

            @Override
            @SuppressWarnings("deprecation")
            public boolean shouldManageNamespaces() {
                return execution.shouldManageNamespaces();
            }

            @Override
            public ExceptionHandler getExceptionHandler() {
                return failure -> {
                    if (isOfAnotherNode(failure)) {
                        refused.computeIfAbsent(statement(failure), sql -> new Refusals(new HashSet<>(), failure))
                                .nodes
                                .add(node.name());
                    } else {
                        strict.handleException(failure);
                    }
                };
            }
        };
    }

    /**
     * Throws where no node has taken a statement.
     *
     * @param nodes every node; where only some were run, nothing can be told
     */
    void requireEachTaken(Collection<Node> nodes) {
        refused.forEach((sql, refusals) -> {
            if (refusals.nodes.size() == nodes.size()) {
                throw new SchemaManagementException(
                        "No node takes this statement of the import script: " + refusals.first.getMessage()
                                + ". Each node is given every statement and keeps the rows of its own shards, so rows of"
                                + " several keys need a statement each.",
                        refusals.first);
            }
        });
    }

    private static boolean isOfAnotherNode(CommandAcceptanceException failure) {
        return failure.getCause() instanceof SQLException cause
                && NOT_HERE.contains(String.valueOf(cause.getSQLState()))
                && String.valueOf(failure.getMessage()).regionMatches(true, 0, INSERT, 0, INSERT.length());
    }

    private static String statement(CommandAcceptanceException failure) {
        var message = String.valueOf(failure.getMessage());
        int end = message.lastIndexOf("\" via JDBC [");
        return end < 0 ? message : message.substring(0, end);
    }
}
