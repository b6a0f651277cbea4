package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import io.shardloom.config.Configuration;
import io.shardloom.config.Credentials;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What each pool is made with. Immutable. */
final class PoolSettings {

    private static final String GENERIC_PLANS = "-c plan_cache_mode=force_generic_plan";
    private static final String OPTIONS = "options";
    private static final String DRIVER_PROPERTY = "dataSource.";

    private final Configuration configuration;

    PoolSettings(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Where a server is, and who connects to it in which way. */
    record Access(
            String url,
            Properties driver,
            @Nullable String user,
            @Nullable String password) {}

    /** Returns how the node's servers are reached; the number 0 is the configured primary. */
    Access access(Node node, int number) {
        Server server = number == 0 ? node.primary() : node.replicas().get(number - 1);
        Properties driver = new Properties();
        configuration.hikari().forEach((name, value) -> {
            if (name.startsWith(DRIVER_PROPERTY)) {
                driver.setProperty(name.substring(DRIVER_PROPERTY.length()), value);
            }
        });
        driver.putIfAbsent("ApplicationName", "shardloom");
        String seconds = Long.toString(
                Math.max(1, configuration.connectTimeout().plusMillis(999).toSeconds()));
        driver.putIfAbsent("connectTimeout", seconds);
        driver.putIfAbsent("loginTimeout", seconds); // a server that hangs accepts connections and says nothing
        String url = withMergedOptions(server.url(), driver);
        Credentials credentials = configuration.credentials(node.name());
        return new Access(url, driver, credentials.user(), credentials.password());
    }

    /** Returns the settings of a server's pool. */
    HikariConfig pool(Node node, int number, ServerConnector connector) {
        return config("shardloom-" + node.name() + "-" + (number == 0 ? "primary" : "replica" + number), connector);
    }

    /** Returns the settings of a tiny pool for the numbers of global sequences. */
    HikariConfig sequence(Node node, ServerConnector connector) {
        HikariConfig config = config("shardloom-" + node.name() + "-sequence", connector);
        config.setMaximumPoolSize(2);
        // Above it, two fetches at once would fail with a serialization error instead of waiting for each other.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMinimumIdle(0);
        return config;
    }

    private HikariConfig config(String name, ServerConnector connector) {
        Properties properties = new Properties();
        properties.putAll(configuration.hikari());
        HikariConfig config = new HikariConfig(properties);
        config.setPoolName(name);
        config.setAutoCommit(false);
        if (!properties.containsKey("minimumIdle")) {
            config.setMinimumIdle(1); // HikariCP's own is the full size, and there is a pool for each server
        }
        config.setInitializationFailTimeout(-1); // the pool fills itself; whoever asks it waits as long as told
        config.setDataSource(connector);
        return config;
    }

    /** The URL's own parameters win over properties in the driver, so its options are moved where ours are. */
    private String withMergedOptions(String url, Properties driver) {
        List<String> options = new ArrayList<>();
        if (configuration.partitioned()) {
            options.add(GENERIC_PLANS);
        }
        if (driver.getProperty(OPTIONS) != null) {
            options.add(driver.getProperty(OPTIONS));
        }
        String[] parts = url.split("\\?", 2);
        List<String> kept = new ArrayList<>();
        if (parts.length == 2) {
            for (String parameter : parts[1].split("&", -1)) {
                if (parameter.toLowerCase(Locale.ROOT).startsWith(OPTIONS + "=")) {
                    options.add(URLDecoder.decode(parameter.substring(OPTIONS.length() + 1), StandardCharsets.UTF_8));
                } else if (!parameter.isEmpty()) {
                    kept.add(parameter);
                }
            }
        }
        if (!options.isEmpty()) {
            driver.setProperty(OPTIONS, String.join(" ", options));
        }
        return kept.isEmpty() ? parts[0] : parts[0] + "?" + String.join("&", kept);
    }
}
