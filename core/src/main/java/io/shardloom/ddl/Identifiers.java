package io.shardloom.ddl;

import java.nio.charset.StandardCharsets;

/** Names in SQL. */
public final class Identifiers {

    /** How many bytes of a name PostgreSQL keeps; it cuts longer ones in silence. */
    public static final int MAX_BYTES = 63;

    private Identifiers() {}

    /**
     * Quotes a name.
     *
     * @param name the name as it is stored in the catalog
     * @return the name in double quotes
     * @throws IllegalArgumentException if it is empty, has a character U+0000, or is longer than PostgreSQL keeps
     */
    public static String quote(String name) {
        if (name.isEmpty() || name.indexOf(0) >= 0) {
            throw new IllegalArgumentException("'" + name + "' is not a name in PostgreSQL. Give at least one"
                    + " character, and none that is U+0000.");
        }
        int bytes = bytes(name);
        if (bytes > MAX_BYTES) {
            throw new IllegalArgumentException("The name '" + name + "' has " + bytes + " bytes, and PostgreSQL keeps "
                    + MAX_BYTES + ". Shorten it.");
        }
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Quotes a text as an SQL literal, right whatever standard_conforming_strings is. */
    static String literal(String text) {
        String quoted = "'" + text.replace("'", "''") + "'";
        return text.indexOf('\\') < 0 ? quoted : "E" + quoted.replace("\\", "\\\\");
    }

    static int bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }
}
