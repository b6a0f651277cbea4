package io.shardloom.server;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariCredentialsProvider;
import io.shardloom.config.Configuration;
import io.shardloom.config.Credentials;
import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What each pool is made with. Immutable. */
final class PoolSettings {

    private static final String DIRECT_TIMEOUT_SECONDS = "30";
    private static final String GENERIC_PLANS = "-c plan_cache_mode=force_generic_plan";
    private static final String OPTIONS = "options";

    /** Of the driver: the inserts of a batch become some of many rows each. */
    private static final String MULTI_ROW_INSERTS = "reWriteBatchedInserts";

    private final Configuration configuration;

    PoolSettings(Configuration configuration) {
        this.configuration = configuration;
    }

    /** Where a server is, and who connects to it in which way. */
    record Access(String url, Properties driver, HikariCredentialsProvider credentials) {
        static Access of(HikariConfig config) {
            return new Access(config.getJdbcUrl(), config.getDataSourceProperties(), config.getCredentialsProvider());
        }

        /** Connects without a pool. */
        Connection open() throws SQLException {
            var who = credentials.getCredentials();
            return open(who.getUsername(), who.getPassword());
        }

        /** Connects without a pool, as another user. */
        Connection open(@Nullable String user, @Nullable String password) throws SQLException {
            Properties properties = new Properties();
            properties.putAll(driver);
            if (user != null) {
                properties.setProperty("user", user);
            }
            if (password != null) {
                properties.setProperty("password", password);
            }
            return DriverManager.getConnection(url, properties);
        }
    }

    Duration connectTimeout() {
        return configuration.connectTimeout();
    }

    /** Returns what each new connection of a pool runs first; null for nothing. */
    @Nullable
    String initSql() {
        return configuration.hikari().get("connectionInitSql");
    }

    /** Returns how a server is reached. */
    Access access(Node node, Server server) {
        return Access.of(pool(node, server));
    }

    /** Returns the settings of a server's pool. */
    HikariConfig pool(Node node, Server server) {
        return config(node, server, "");
    }

    /** Returns the settings of a tiny pool for the numbers of global sequences. */
    HikariConfig sequence(Node node, Server server) {
        HikariConfig config = config(node, server, "-sequence");
        config.setMaximumPoolSize(2);
        // Above it, two fetches at once would fail with a serialization error instead of waiting for each other.
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setMinimumIdle(0);
        return config;
    }

    /** Returns how a connection outside the pools is made. */
    Access direct(Node node, Server server) {
        HikariConfig config = config(node, server, "-direct");
        config.getDataSourceProperties().putIfAbsent("socketTimeout", DIRECT_TIMEOUT_SECONDS);
        return Access.of(config);
    }

    /** Returns how a connection for schema management is made. */
    Access schema(Node node, Server server) {
        HikariConfig config = config(node, server, "-schema");
        configuration.schemaCredentials().ifPresent(credentials -> {
            var given = com.zaxxer.hikari.util.Credentials.of(credentials.user(), credentials.password());
            config.setCredentialsProvider(() -> given);
        });
        return Access.of(config);
    }

    private HikariConfig config(Node node, Server server, String use) {
        Properties properties = new Properties();
        properties.putAll(configuration.hikari());
        HikariConfig config = new HikariConfig(properties);
        int replica = node.replicas().indexOf(server) + 1;
        String role = server.equals(node.primary())
                ? "primary"
                : "replica" + (replica > 0 ? Integer.toString(replica) : "-" + server.host() + "-" + server.port());
        config.setPoolName("shardloom-" + node.name() + "-" + role + use);
        config.setAutoCommit(false);
        if (!properties.containsKey("minimumIdle")) {
            config.setMinimumIdle(1); // HikariCP's own is the full size, and there is a pool for each server
        }
        config.setInitializationFailTimeout(-1); // the pool fills itself; whoever asks it waits as long as told
        if (config.getCredentialsProvider() == null) {
            Credentials credentials = configuration.credentials(node.name());
            var given = com.zaxxer.hikari.util.Credentials.of(credentials.user(), credentials.password());
            config.setCredentialsProvider(() -> given);
        }
        Properties driver = config.getDataSourceProperties();
        driver.putIfAbsent("ApplicationName", "shardloom");
        driver.putIfAbsent(MULTI_ROW_INSERTS, "true"); // a parameter of the URL wins
        String seconds = Long.toString(
                Math.max(1, configuration.connectTimeout().plusMillis(999).toSeconds()));
        driver.putIfAbsent("connectTimeout", seconds);
        driver.putIfAbsent("loginTimeout", seconds); // a server that hangs accepts connections and says nothing
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
