package io.shardloom.hibernate.coverage;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells which sharded tables of a statement go without the key. It reads the text of Hibernate's SQL: a table is keyed
 * if its key column is compared with a parameter, alone or in a tuple, or with another table's key that is. It does not
 * see whether a comparison is negated or has an alternative; that is what the other key's rows are there for.
 */
final class KeyedSql {
    private static final String ALIAS = "([a-z][a-z0-9_]*)";
    private static final Pattern EQUAL =
            Pattern.compile("(?<![\\w.])(\\w+(?:\\.\\w+)?)\\s*=\\s*(cast\\(\\?[^)]*\\)|\\?|\\w+\\.\\w+)");
    private static final Pattern TUPLE =
            Pattern.compile("\\(([\\w., ]+)\\)\\s*(=|in)\\s*\\(+(select [^()]*? from|[^()]*)");
    private static final Pattern IN =
            Pattern.compile("(?<![\\w.])(\\w+(?:\\.\\w+)?)\\s*in\\s*\\((select \\S+ from|\\?)");

    private final Map<String, String> keyColumns;

    KeyedSql(Map<String, String> keyColumns) {
        this.keyColumns = keyColumns;
    }

    /** Returns the tables, with their aliases, that are read or written without their key. */
    List<String> without(String statement) {
        var open = new ArrayList<String>();
        var keys = new HashMap<String, String>(); // what must be restricted, and the table it is of
        var sql = unions(statement, keys);
        var tables = Pattern.compile("(from|join|update|into|using|,)\\s+" + ALIAS
                + "(?:\\s+(?:as )?(?!set\\b|where\\b|join\\b|left\\b|on\\b|using\\b|order\\b|group\\b|for\\b|values\\b)"
                + ALIAS + ")?");
        Matcher m = tables.matcher(sql);
        while (m.find()) {
            var column = keyColumns.get(m.group(2));
            if (column == null || (m.group(1).equals(",") && m.group(3) == null)) {
                continue;
            }
            if (m.group(1).equals("into") && sql.startsWith("insert ", m.start() - 7 < 0 ? 0 : m.start() - 7)) {
                int end = sql.indexOf(')', m.start());
                if (!sql.substring(sql.indexOf('(', m.start()), end).matches("(?s).*\\b" + column + "\\b.*")) {
                    open.add(m.group(2));
                }
                continue;
            }
            keys.put(m.group(3) == null ? column : m.group(3) + "." + column, m.group(2));
        }
        var restricted = restricted(sql);
        keys.forEach((key, table) -> {
            if (!restricted.contains(key)) {
                open.add(table + " (" + key + ")");
            }
        });
        return open;
    }

    /** Takes out {@code (select … from a union all select … from b) x}, whose rows are restricted by what is said of x. */
    private String unions(String statement, Map<String, String> keys) {
        var sql = statement;
        for (int at = sql.indexOf("(select "); at >= 0; at = sql.indexOf("(select ", at + 1)) {
            int end = at;
            for (int depth = 0; end < sql.length(); end++) {
                depth += sql.charAt(end) == '(' ? 1 : sql.charAt(end) == ')' ? -1 : 0;
                if (depth == 0) {
                    break;
                }
            }
            var inner = sql.substring(at, end);
            Matcher alias = Pattern.compile("^\\)\\s+" + ALIAS).matcher(sql.substring(end));
            if (inner.contains(" union all ") && !inner.contains(" where ") && alias.find()) {
                for (var table : keyColumns.keySet()) {
                    if (inner.matches("(?s).*\\bfrom " + table + "\\b.*")) {
                        keys.put(alias.group(1) + "." + keyColumns.get(table), table);
                    }
                }
                sql = sql.substring(0, at) + "derived" + sql.substring(end + 1);
            }
        }
        return sql;
    }

    private static Set<String> restricted(String sql) {
        var found = new HashSet<String>();
        var same = new ArrayList<List<String>>();
        Matcher equal = EQUAL.matcher(sql);
        while (equal.find()) {
            if (equal.group(2).contains("?")) {
                found.add(equal.group(1));
            } else {
                same.add(List.of(equal.group(1), equal.group(2)));
            }
        }
        Matcher tuple = TUPLE.matcher(sql);
        while (tuple.find()) {
            var left = tuple.group(1).split("\\s*,\\s*", -1);
            var text = tuple.group(3);
            var right =
                    text.replaceFirst("^select ", "").replaceFirst(" from$", "").split("\\s*,\\s*", -1);
            for (int i = 0; i < Math.min(left.length, right.length); i++) {
                if (right[i].contains("?")) {
                    found.add(left[i].strip());
                } else {
                    same.add(List.of(left[i].strip(), right[i].strip()));
                }
            }
        }
        Matcher in = IN.matcher(sql);
        while (in.find()) {
            if (in.group(2).equals("?")) {
                found.add(in.group(1));
            } else {
                same.add(List.of(in.group(1), in.group(2).split(" ", -1)[1]));
            }
        }
        Matcher source = Pattern.compile("using \\((?:select )?(.*?)\\)\\s+(?:as )?" + ALIAS + "\\s+on")
                .matcher(sql);
        if (sql.startsWith("merge ") && source.find()) {
            Matcher column = Pattern.compile("\\?(?:\\s+as \\w+\\))?\\s+(?:as )?" + ALIAS)
                    .matcher(source.group(1));
            while (column.find()) {
                found.add(source.group(2) + "." + column.group(1));
            }
        }
        for (int size = -1; size != found.size(); ) {
            size = found.size();
            for (var pair : same) {
                if (found.contains(pair.get(0)) || found.contains(pair.get(1))) {
                    found.addAll(pair);
                }
            }
        }
        return found;
    }
}
