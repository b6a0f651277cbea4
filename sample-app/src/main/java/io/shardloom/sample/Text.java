package io.shardloom.sample;

import java.util.ArrayList;
import java.util.List;

/** Text that fits a width. */
final class Text {

    private Text() {}

    /** Breaks text between words, and words that are longer than the width where the width ends. */
    static List<String> wrap(String text, int width) {
        var lines = new ArrayList<String>();
        var rest = text.stripTrailing();
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > indent(rest) ? space : width;
            lines.add(rest.substring(0, end).stripTrailing());
            rest = rest.substring(end).strip();
        }
        lines.add(rest);
        return lines;
    }

    private static int indent(String line) {
        return line.length() - line.stripLeading().length();
    }
}
