package io.shardloom.hibernate.internal.fanout;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page far on, of whose preceding rows most are left out by the nodes themselves. Each node sends the last row that it left
 * out, too: where none of these comes after the first row of the page, all rows left out come before the page, and the
 * page is the one that all rows would give. It is so in the very statements that send the page, whatever is written meanwhile.
 */
final class DeepPage {
    private DeepPage() {}

    /**
     * Runs the query on its nodes.
     *
     * @return its rows; null where the guess was wrong, or there was none
     */
    static @Nullable MergedRows rows(NodeRun run) {
        var skips = run.skips();
        if (skips.ofNode().isEmpty()) {
            return null;
        }
        var sources = run.open(skips);
        var last = new ArrayList<@Nullable Object[]>();
        if (!skips.proved()) {
            for (var source : sources) {
                if (skips.of(source.node()) > 0) {
                    if (!source.hasNext()) {
                        return wrong(run, sources);
                    }
                    last.add(source.next());
                }
            }
        }
        var page = new Page(run.page().offset() - skips.total(), run.page().limit());
        var rows = new MergedRows(run, sources, page);
        var first = last.isEmpty() ? null : rows.peek();
        if (first != null) {
            var order = rows.order();
            if (last.stream().anyMatch(row -> order.compare(row, first) > 0)) {
                return wrong(run, sources);
            }
        }
        return rows;
    }

    private static @Nullable MergedRows wrong(NodeRun run, List<NodeRows> sources) {
        sources.forEach(NodeRows::close);
        run.plan().evenness().wasLess();
        return null;
    }
}
