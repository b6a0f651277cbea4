package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import io.shardloom.config.Configuration;
import io.shardloom.config.Credentials;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** What each pool is made with. Immutable. */
final class PoolSettings {

    /** A busy or dead replica is given up after this long, because another server can take the read. */
    static final long REPLICA_TIMEOUT_MILLIS = 1_000;

    private static final String DIRECT_TIMEOUT_SECONDS = "30";
    private static final String GENERIC_PLANS = "-c plan_cache_mode=force_generic_plan";
    private static final String OPTIONS = "options";

    private final Configuration configuration;

    PoolSettings(Configuration configuration) {
        this.configuration = configuration;
    }

    HikariConfig primary(Node node) {
        HikariConfig config = config(node, node.primary(), "primary");
        // The server has answered a moment before; the pool fills itself meanwhile.
        config.setInitializationFailTimeout(-1);
        return config;
    }

    HikariConfig replica(Node node, int number) {
        HikariConfig config = config(node, node.replicas().get(number), "replica" + (number + 1));
        config.setInitializationFailTimeout(-1);
        config.setConnectionTimeout(Math.min(config.getConnectionTimeout(), REPLICA_TIMEOUT_MILLIS));
        config.setValidationTimeout(Math.min(config.getValidationTimeout(), config.getConnectionTimeout()));
        return config;
    }

    HikariConfig sequence(Node node) {
        HikariConfig config = config(node, node.primary(), "sequence");
        config.setInitializationFailTimeout(-1);
        config.setMaximumPoolSize(2);
        // Above it, two fetches at once would fail with a serialization error instead of waiting for each other.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMinimumIdle(0);
        return config;
    }

    Connection direct(Node node) throws SQLException {
        HikariConfig config = config(node, node.primary(), "direct");
        config.getDataSourceProperties().putIfAbsent("socketTimeout", DIRECT_TIMEOUT_SECONDS);
        return connect(config);
    }

    /** Connects as a pool would, without one. */
    static Connection connect(HikariConfig config) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(config.getDataSourceProperties());
        properties.setProperty("loginTimeout", properties.getProperty("connectTimeout"));
        if (config.getUsername() != null) {
            properties.setProperty("user", config.getUsername());
        }
        if (config.getPassword() != null) {
            properties.setProperty("password", config.getPassword());
        }
        return DriverManager.getConnection(config.getJdbcUrl(), properties);
    }

    private HikariConfig config(Node node, Server server, String role) {
        Properties properties = new Properties();
        properties.putAll(configuration.hikari());
        HikariConfig config = new HikariConfig(properties);
        config.setPoolName("shardloom-" + node.name() + "-" + role);
        config.setAutoCommit(false);
        if (!properties.containsKey("minimumIdle")) {
            config.setMinimumIdle(1); // HikariCP's own is the full size, and there is a pool for each server
        }
        Credentials credentials = configuration.credentials(node.name());
        config.setUsername(credentials.user());
        config.setPassword(credentials.password());
        Properties driver = config.getDataSourceProperties();
        driver.putIfAbsent("ApplicationName", "shardloom");
        driver.putIfAbsent(
                "connectTimeout",
                Long.toString(Math.max(
                        1, configuration.connectTimeout().plusMillis(999).toSeconds())));
        config.setJdbcUrl(withMergedOptions(server.url(), driver));
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
