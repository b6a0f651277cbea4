package io.shardloom.benchmarks;

import java.util.List;
import java.util.stream.IntStream;

/** A page of headings, paragraphs and tables. */
final class Markdown {
    private final StringBuilder text = new StringBuilder();

    Markdown heading(int level, String heading) {
        text.append("#".repeat(level)).append(' ').append(heading).append("\n\n");
        return this;
    }

    Markdown paragraph(String paragraph) {
        text.append(paragraph.strip()).append("\n\n");
        return this;
    }

    /** Adds a table; the first column is text, the others numbers. */
    Markdown table(List<String> head, List<List<String>> rows) {
        row(head);
        row(IntStream.range(0, head.size())
                .mapToObj(i -> i == 0 ? "---" : "---:")
                .toList());
        rows.forEach(this::row);
        text.append('\n');
        return this;
    }

    private void row(List<String> cells) {
        text.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }

    @Override
    public String toString() {
        return text.toString().strip() + "\n";
    }
}
