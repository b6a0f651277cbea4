package io.shardloom.hibernate.coverage;

import io.shardloom.hibernate.coverage.Mappings.Mapping;
import io.shardloom.hibernate.coverage.Statements.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The text of {@code docs/statements.md}. */
record StatementTable(List<Mapping> mappings, Map<Statement, Map<Mapping, String>> cells) {
    String text() {
        var text = new StringBuilder("""
                # Statements

                What a key session sends, by kind of statement and mapping. `StatementCoverageIT` writes this page: it runs each cell in the
                session of one key while another key of the same shard has rows with the same numbers.

                * **key**: every sharded table of the SQL is restricted to the session's key, or the key is written; the other key's rows were
                  neither returned nor changed. Of the 8 partitions that a node has of each table, one is left in PostgreSQL's plan.
                * **refused**: the call fails before it changes anything. The number leads to the message.
                * –: the mapping has no such statement, or Hibernate has none for it (see the end).

                Where no table says otherwise, the key is part of the id and the layout is partitioned.
                """);
        var messages = new ArrayList<String>();
        for (var theme : Mappings.Theme.values()) {
            table(
                    text,
                    theme.heading,
                    mappings.stream().filter(m -> m.theme() == theme).toList(),
                    messages);
        }
        if (!messages.isEmpty()) {
            text.append("\n## Messages\n\n");
        }
        for (int i = 0; i < messages.size(); i++) {
            text.append(i + 1).append(". ").append(messages.get(i)).append('\n');
        }
        text.append("""

                ## Not in the tables

                * Native SQL, which Hibernate sends as it is written.
                * What fails inside Hibernate 7.4 on unsharded tables as well: `find`, `get` and `refresh` with a pessimistic lock where a
                  `@OneToOne` has its column in the other table (load the row, then `lock` it), a page with a join fetch of a collection while a
                  filter is enabled, and `is not empty` of a soft-deleted collection (ask for its `size`).
                * The foreign key of a soft-deleted collection's table, which refuses the delete of the owner as long as deleted rows point to it,
                  with or without sharding; here it is mapped with `ConstraintMode.NO_CONSTRAINT`.
                """);
        return text.toString();
    }

    private void table(StringBuilder text, String title, List<Mapping> columns, List<String> messages) {
        text.append("\n## ").append(title).append("\n\n| |");
        columns.forEach(m -> text.append(' ').append(m.title()).append(" |"));
        text.append("\n|---|").append("---|".repeat(columns.size())).append('\n');
        cells.forEach((statement, row) -> {
            if (columns.stream().noneMatch(row::containsKey)) {
                return;
            }
            text.append("| ").append(statement.title()).append(" |");
            for (var mapping : columns) {
                text.append(' ')
                        .append(cell(row.get(mapping), mapping, messages))
                        .append(" |");
            }
            text.append('\n');
        });
    }

    private static String cell(String cell, Mapping mapping, List<String> messages) {
        if (cell == null) {
            return "–";
        }
        if (cell.equals("key")) {
            return cell;
        }
        int colon = cell.indexOf(": ");
        var verb = colon < 0 ? "open" : cell.substring(0, colon);
        var message = cell.substring(colon < 0 ? 0 : colon + 2)
                .replaceAll("(\\w*Rows\\$)?\\b" + mapping.type().getSimpleName() + "(Sub)?\\b", "…");
        if (!messages.contains(message)) {
            messages.add(message);
        }
        return verb + " " + (messages.indexOf(message) + 1);
    }
}
