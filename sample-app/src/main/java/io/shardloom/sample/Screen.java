package io.shardloom.sample;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Where the sample prints: lines of at most 100 columns. It remembers the tables it has shown. Thread-safe. */
final class Screen {

    static final int WIDTH = 100;
    private static final String INDENT = "  ";

    private final PrintStream out;
    private final List<Table> tables = new ArrayList<>();

    Screen(PrintStream out) {
        this.out = out;
    }

    /** Starts a part of the output. */
    synchronized void heading(String name, String text) {
        out.println();
        Text.wrap("== " + name + ": " + text, WIDTH).forEach(out::println);
    }

    /** Prints text, broken between words. */
    synchronized void say(String text) {
        text.lines().forEach(line -> Text.wrap(line, WIDTH).forEach(out::println));
    }

    /** Prints a block of lines, indented, below a title. */
    synchronized void block(String title, List<String> lines) {
        out.println();
        say(title);
        lines.forEach(line ->
                Text.wrap(line, WIDTH - INDENT.length()).forEach(part -> out.println((INDENT + part).stripTrailing())));
    }

    /** Prints a table and keeps it. */
    synchronized void table(String title, List<String> columns, List<? extends List<?>> rows) {
        var table = Table.of(title, columns, rows);
        tables.add(table);
        out.println();
        table.lines(WIDTH).forEach(out::println);
    }

    /** Returns the tables shown so far. */
    synchronized List<Table> tables() {
        return List.copyOf(tables);
    }
}
