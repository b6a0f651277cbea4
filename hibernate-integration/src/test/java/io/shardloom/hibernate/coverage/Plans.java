package io.shardloom.hibernate.coverage;

import io.shardloom.testing.EmbeddedServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The plans by which a server ran the statements of the pools, as its {@code auto_explain} has logged them: checks of
 * foreign keys too, and what the start of each run has pruned is gone from them.
 */
final class Plans {
    /** Settings of a server that logs the plan of each statement. */
    static final String LIBRARY = "session_preload_libraries=auto_explain";

    static final String ALL = "auto_explain.log_min_duration=0";
    static final String ANALYZE = "auto_explain.log_analyze=on";
    static final String TIMING = "auto_explain.log_timing=off";
    static final String NESTED = "auto_explain.log_nested_statements=on";

    private static final Pattern PARTITION = Pattern.compile(" on (\\w+)_(p\\d+)(?= |$)");
    private static final String QUERY = "Query Text: ";

    /** One run of a statement: its text, and the lines of its plan. */
    record Plan(String sql, List<String> lines) {
        Plan {
            lines = List.copyOf(lines);
        }

        /**
         * Returns the partitioned tables of which this plan does not come down to one partition, with the partitions it
         * has left. One that is left but was never executed does not count where another was.
         */
        List<String> unpruned(Set<String> tables) {
            var left = new TreeMap<String, Set<String>>();
            var executed = new TreeMap<String, Set<String>>();
            for (var table : tables) {
                if (reads(table)) {
                    left.put(table, new TreeSet<>());
                    executed.put(table, new TreeSet<>());
                }
            }
            for (var line : lines) {
                Matcher m = PARTITION.matcher(line);
                if (m.find() && left.containsKey(m.group(1))) {
                    (line.contains("(never executed)") ? left : executed)
                            .get(m.group(1))
                            .add(m.group(2));
                }
            }
            return left.keySet().stream()
                    .filter(table -> (executed.get(table).isEmpty() ? left : executed)
                                    .get(table)
                                    .size()
                            > 1)
                    .map(table -> table + executed.get(table) + left.get(table))
                    .toList();
        }

        /** Tells whether the statement reads, changes or deletes rows of a table; an insert goes by PostgreSQL's routing. */
        private boolean reads(String table) {
            return Pattern.compile("(?i)(\\b(from|join|update|using|merge into)|,)\\s+(only\\s+)?(\"?public\"?\\.)?\"?"
                            + table + "\"?(?![\\w.(=)]|\\s*[,)=])")
                    .matcher(sql + " ;")
                    .find();
        }

        @Override
        public String toString() {
            return lines.stream()
                    .map(line -> line.replaceAll("\\(cost=\\S+ rows=\\S+ width=\\d+\\) ?", ""))
                    .collect(Collectors.joining("\n", sql + "\n", ""));
        }
    }

    private final EmbeddedServer server;
    private long position;

    Plans(EmbeddedServer server) {
        this.server = server;
    }

    /** Returns the plans of what has ended since the last call. */
    List<Plan> next() {
        try (var log = new RandomAccessFile(server.log().toFile(), "r")) {
            var bytes = new byte[Math.toIntExact(log.length() - position)];
            log.seek(position);
            log.readFully(bytes);
            position += bytes.length;
            return plans(new String(bytes, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads entries whose first line ends in {@code plan:}; their other lines start with a tab. */
    static List<Plan> plans(String log) {
        var found = new ArrayList<Plan>();
        String sql = null;
        var lines = new ArrayList<String>();
        for (var line : (log + "\nend").lines().toList()) {
            boolean first = line.startsWith("\t" + QUERY);
            if (sql != null && (first || !line.startsWith("\t"))) {
                found.add(new Plan(sql, lines));
                sql = null;
                lines.clear();
            }
            if (first) {
                sql = line.substring(1 + QUERY.length());
            } else if (sql != null) {
                lines.add(line.substring(1));
            }
        }
        return found;
    }
}
