package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.shardloom.config.Configuration;
import io.shardloom.failure.Fault;
import io.shardloom.failure.ShardloomException;
import io.shardloom.topology.Node;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** Opens the pools of all primaries at once, each on a thread that ends with it. Used once. */
final class PrimaryOpener {

    private static final long PAUSE_MILLIS = 100;
    /** What a try that started just before the deadline may take longer. */
    private static final Duration GRACE = Duration.ofMillis(500);

    private final Configuration configuration;
    private final PoolSettings settings;
    private final long start = System.nanoTime();

    PrimaryOpener(Configuration configuration, PoolSettings settings) {
        this.configuration = configuration;
        this.settings = settings;
    }

    /** Returns the pools of the primaries that answered, and reports a fault for each other one. */
    Map<String, HikariDataSource> open(Consumer<Fault> faults) {
        Map<Node, FutureTask<HikariDataSource>> tasks = new LinkedHashMap<>();
        for (Node node : configuration.nodes()) {
            FutureTask<HikariDataSource> task = new FutureTask<>(() -> openOne(node));
            Thread thread = new Thread(task, "shardloom-open-" + node.name());
            thread.setDaemon(true);
            thread.start();
            tasks.put(node, task);
        }
        Map<String, HikariDataSource> opened = new LinkedHashMap<>();
        tasks.forEach((node, task) -> {
            try {
                long wait = configuration.connectTimeout().plus(GRACE).toNanos() - waited().toNanos();
                opened.put(node.name(), task.get(Math.max(0, wait), TimeUnit.NANOSECONDS));
            } catch (ExecutionException e) {
                Throwable cause = e.getCause() == null ? e : e.getCause();
                faults.accept(ConnectFaults.of(node, configuration, cause, waited()));
            } catch (TimeoutException e) {
                abandon(task);
                faults.accept(ConnectFaults.of(
                        node, configuration, new SQLTimeoutException("the server does not answer"), waited()));
            } catch (InterruptedException e) {
                tasks.values().forEach(PrimaryOpener::abandon);
                Thread.currentThread().interrupt();
                throw new ShardloomException("Interrupted while connecting to the primaries. Start again.", e);
            }
        });
        return opened;
    }

    private HikariDataSource openOne(Node node) throws InterruptedException, SQLException {
        HikariConfig config = settings.primary(node);
        while (true) {
            try {
                // Without the pool, which would wait a second after each failure and not tell a final one apart.
                PoolSettings.connect(config).close();
                return new HikariDataSource(config);
            } catch (SQLException e) {
                if (ConnectFaults.isFinal(e) || waited().compareTo(configuration.connectTimeout()) >= 0) {
                    throw e;
                }
                Thread.sleep(PAUSE_MILLIS);
            }
        }
    }

    private Duration waited() {
        return Duration.ofNanos(System.nanoTime() - start);
    }

    /** Closes the pool of a task that may still end well, once it does. */
    private static void abandon(FutureTask<HikariDataSource> task) {
        Thread closer = new Thread(
                () -> {
                    try {
                        task.get().close();
                    } catch (ExecutionException | InterruptedException e) {
                        // There is no pool to close.
                    }
                },
                "shardloom-abandon");
        closer.setDaemon(true);
        closer.start();
    }
}
