package io.shardloom.choice;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A point in a node's history that a read must not be older than, taken after a commit. It may be kept in a session or
 * sent along with a request as text. Immutable.
 *
 * @param node the node's name
 * @param timeline the timeline the commit is on
 * @param lsn the position in the WAL behind the commit, as an unsigned number
 */
public record ReadToken(String node, int timeline, long lsn) {

    private static final Pattern TEXT = Pattern.compile("([^:]+):([0-9]{1,9}):([0-9A-F]{1,8})/([0-9A-F]{1,8})");

    /**
     * Reads a token from its text.
     *
     * @param text as {@link #toString()} gives it
     * @return the token
     * @throws IllegalArgumentException if it is not the text of a token
     */
    public static ReadToken parse(String text) {
        Matcher parts = TEXT.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "Not a token of a read: '" + text + "'. Give the text that a token gave, such as n1:1:0/16B3748.");
        }
        long high = Long.parseLong(parts.group(3), 16);
        return new ReadToken(
                parts.group(1), Integer.parseInt(parts.group(2)), (high << 32) | Long.parseLong(parts.group(4), 16));
    }

    /** Returns the text, such as {@code n1:1:0/16B3748}, the position in PostgreSQL's own notation. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%s:%d:%X/%X", node, timeline, lsn >>> 32, lsn & 0xFFFF_FFFFL);
    }
}
