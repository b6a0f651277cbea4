package io.shardloom.hibernate.faulty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import jakarta.persistence.EntityManagerFactory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/** One start of a persistence unit without a persistence.xml. Immutable. */
public record Boot(Map<String, Object> properties, List<Class<?>> entities) {
    /** Starts from a cluster that is right. */
    public static Boot on(EmbeddedCluster cluster, Class<?>... entities) {
        var properties = new TreeMap<String, Object>(cluster.shardloomProperties());
        properties.put("jakarta.persistence.schema-generation.database.action", "create");
        return new Boot(properties, List.of(entities));
    }

    /** Starts without any property. */
    public static Boot bare(Class<?>... entities) {
        return new Boot(Map.of(), List.of(entities));
    }

    public Boot with(String property, Object value) {
        return changed(all -> all.put(property, value));
    }

    public Boot without(String property) {
        return changed(all -> all.remove(property));
    }

    private Boot changed(Consumer<Map<String, Object>> change) {
        var copy = new TreeMap<>(properties);
        change.accept(copy);
        return new Boot(copy, entities);
    }

    /** Starts the unit. */
    public EntityManagerFactory open() {
        var unit = new HibernatePersistenceConfiguration("faulty");
        unit.managedClasses(entities);
        unit.properties(properties);
        return unit.createEntityManagerFactory();
    }

    /** Starts the unit, which must fail, and returns the failure that reached the caller. */
    public Throwable failure() {
        return catchThrowable(() -> open().close());
    }

    /** Starts the unit, which must fail with one error of ours that has all to say, and returns its lines. */
    public List<String> faults() {
        return faultsOf(failure());
    }

    /** Returns the lines of one error of ours, after checking that nothing wraps it and it wraps nothing. */
    public static List<String> faultsOf(Throwable failure) {
        assertThat(failure)
                .isExactlyInstanceOf(ConfigurationException.class)
                .hasNoCause()
                .hasNoSuppressedExceptions();
        var faults = ((ConfigurationException) failure)
                .faults().stream().map(Fault::toString).toList();
        var text = new StringBuilder("Shardloom cannot start: " + faults.size()
                + (faults.size() == 1 ? " fault in the set-up." : " faults in the set-up."));
        for (int i = 0; i < faults.size(); i++) {
            text.append(System.lineSeparator()).append("  " + (i + 1) + ". ").append(faults.get(i));
        }
        assertThat(failure).hasMessage(text.toString());
        return faults;
    }

    /** Checks that a start has left no table on any node, and no connection, pool or thread of its own. */
    public static void assertNothingLeft(EmbeddedCluster cluster) throws Exception {
        for (var node : cluster.nodes()) {
            assertThat(node.primary()
                            .value(
                                    "select coalesce(string_agg(relname, ' '), '') from pg_class c join pg_namespace n on n.oid ="
                                            + " relnamespace where nspname not in ('pg_catalog', 'information_schema',"
                                            + " 'pg_toast', 'shardloom')"))
                    .as("tables of the unit on %s", node.name())
                    .isEmpty();
            await("no backend is left on " + node.name(), () -> backends(cluster, node.name()));
        }
        await("no thread is left", () -> Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("shardloom-n") || name.startsWith("shardloom-open"))
                .toList());
    }

    private static List<String> backends(EmbeddedCluster cluster, String node) throws SQLException {
        var backends = cluster.node(node)
                .primary()
                .value("select coalesce(string_agg(pid || ' ' || query, '; '), '') from pg_stat_activity"
                        + " where application_name = 'shardloom'");
        return backends.isEmpty() ? List.of() : List.of(backends);
    }

    private static void await(String what, Callable<List<String>> left) {
        Await.until(what, Duration.ofSeconds(60), () -> {
            var still = left.call();
            if (!still.isEmpty()) {
                throw new IllegalStateException("still there: " + still);
            }
            return true;
        });
    }

    /** What a start threw and logged. */
    public record Outcome(Throwable failure, String log) {
        /** Returns the whole failure and all the log. */
        public String everything() {
            var text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            return text + log;
        }
    }

    /** Does work that must fail, with every logger at its finest level. */
    public static Outcome logged(Runnable work) {
        var lines = new CopyOnWriteArrayList<String>();
        var root = Logger.getLogger("");
        var before = root.getLevel();
        var handler = new Handler() {
            private final SimpleFormatter format = new SimpleFormatter();

            @Override
            public void publish(LogRecord line) {
                // Hibernate lists all properties of persistence.xml, its own password too, before it asks anybody.
                if (!"org.hibernate.orm.jpa".equals(line.getLoggerName())) {
                    lines.add(format.format(line));
                }
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        root.setLevel(Level.ALL);
        try {
            var failure = catchThrowable(work::run);
            assertThat(lines).as("captured log").isNotEmpty();
            return new Outcome(failure, String.join("", lines));
        } finally {
            root.setLevel(before);
            root.removeHandler(handler);
        }
    }
}
