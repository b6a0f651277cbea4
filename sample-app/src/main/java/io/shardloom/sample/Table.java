package io.shardloom.sample;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A table on the screen. Immutable.
 *
 * @param title what it shows
 * @param columns the columns' names
 * @param rows the cells, row by row
 */
record Table(String title, List<String> columns, List<List<String>> rows) {

    private static final String GAP = "  ";
    private static final String NUMBER = "-?[\\d,.]+";

    Table {
        columns = List.copyOf(columns);
        rows = rows.stream().map(List::copyOf).toList();
    }

    static Table of(String title, List<String> columns, List<? extends List<?>> rows) {
        return new Table(
                title,
                columns,
                rows.stream()
                        .map(row -> row.stream().map(String::valueOf).toList())
                        .toList());
    }

    /** Returns the lines of the table, none longer than the width; cells that are too long take several lines. */
    List<String> lines(int width) {
        var widths = widths(width);
        var numbers =
                IntStream.range(0, columns.size()).mapToObj(this::isNumbers).toList();
        var lines = new ArrayList<String>();
        lines.add(title);
        lines.addAll(lines(columns, widths, numbers));
        lines.add(widths.stream().map("-"::repeat).collect(Collectors.joining(GAP)));
        rows.forEach(row -> lines.addAll(lines(row, widths, numbers)));
        if (rows.isEmpty()) {
            lines.add("(none)");
        }
        return lines;
    }

    /** Takes what is too wide from the widest column. */
    private List<Integer> widths(int width) {
        var widths = new ArrayList<>(IntStream.range(0, columns.size())
                .mapToObj(column -> Math.max(
                        columns.get(column).length(),
                        rows.stream()
                                .mapToInt(row -> row.get(column).length())
                                .max()
                                .orElse(0)))
                .toList());
        int gaps = GAP.length() * (columns.size() - 1);
        int total = widths.stream().mapToInt(Integer::intValue).sum() + gaps;
        for (; total > width; total--) {
            int widest = IntStream.range(0, widths.size()).reduce(0, (a, b) -> widths.get(b) > widths.get(a) ? b : a);
            widths.set(widest, widths.get(widest) - 1);
        }
        return widths;
    }

    private boolean isNumbers(int column) {
        return rows.stream().allMatch(row -> row.get(column).matches(NUMBER));
    }

    private static List<String> lines(List<String> cells, List<Integer> widths, List<Boolean> numbers) {
        var wrapped = IntStream.range(0, cells.size())
                .mapToObj(i -> Text.wrap(cells.get(i), widths.get(i)))
                .toList();
        int height = wrapped.stream().mapToInt(List::size).max().orElse(1);
        return IntStream.range(0, height)
                .mapToObj(y -> IntStream.range(0, cells.size())
                        .mapToObj(x -> {
                            var text =
                                    y < wrapped.get(x).size() ? wrapped.get(x).get(y) : "";
                            var blank = " ".repeat(widths.get(x) - text.length());
                            return numbers.get(x) ? blank + text : text + blank;
                        })
                        .collect(Collectors.joining(GAP))
                        .stripTrailing())
                .toList();
    }
}
