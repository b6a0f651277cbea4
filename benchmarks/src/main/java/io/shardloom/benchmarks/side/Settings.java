package io.shardloom.benchmarks.side;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** What a measured JVM is told: the side, the addresses, the file of ids. */
final class Settings {
    private final Properties properties = new Properties();

    private Settings() {}

    static Settings read(Path file) throws IOException {
        var settings = new Settings();
        try (var reader = Files.newBufferedReader(file)) {
            settings.properties.load(reader);
        }
        return settings;
    }

    String get(String name) {
        var value = properties.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("The settings of this JVM lack " + name + ".");
        }
        return value;
    }

    int nodes() {
        int count = 0;
        while (properties.containsKey("url." + count)) {
            count++;
        }
        return count;
    }

    /** Returns the properties that begin with a prefix, with it. */
    Map<String, Object> startingWith(String prefix) {
        var found = new HashMap<String, Object>();
        for (var name : properties.stringPropertyNames()) {
            if (name.startsWith(prefix)) {
                found.put(name, properties.getProperty(name));
            }
        }
        return found;
    }

    /** Opens a pool as Shardloom opens its own, but for the forced generic plans. */
    HikariDataSource pool(String url, int size) {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setUsername(get("user"));
        config.setPassword(get("password"));
        config.setAutoCommit(false);
        config.setMinimumIdle(1);
        config.setMaximumPoolSize(size);
        return new HikariDataSource(config);
    }
}
