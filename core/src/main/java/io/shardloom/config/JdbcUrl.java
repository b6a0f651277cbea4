package io.shardloom.config;

import io.shardloom.topology.Server;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads a JDBC URL of one server. */
final class JdbcUrl {

    private static final int DEFAULT_PORT = 5432;
    private static final String SCHEME = "jdbc:postgresql://";
    private static final String FORM = " Write it as jdbc:postgresql://host:5432/database.";
    private static final Pattern PARTS = Pattern.compile(
            "jdbc:postgresql://(?<host>\\[[0-9a-fA-F:.%]+\\]|[^/?#:@,\\[\\]\\s]+)(?::(?<port>\\d{1,5}))?"
                    + "(?:/(?<db>[^/?#\\s]*))?(?:\\?(?<params>\\S*))?");
    private static final Pattern SECRET = Pattern.compile("(?i)(?:^|&)(user|password)=");

    private JdbcUrl() {}

    /**
     * Reads the URL.
     *
     * @throws IllegalArgumentException with what is wrong and what to do; the message has no part of the URL
     */
    static Server server(String url) {
        if (!url.startsWith(SCHEME)) {
            throw new IllegalArgumentException("not a PostgreSQL JDBC URL." + FORM);
        }
        String authority = url.substring(SCHEME.length()).split("[/?]", 2)[0];
        if (authority.contains("@")) {
            throw new IllegalArgumentException("the URL has a user or a password before the host. Take them out of the"
                    + " URL and set the properties user and password instead.");
        }
        if (authority.contains(",")) {
            throw new IllegalArgumentException(
                    "the URL names several hosts. Name one server here, and a node's standbys"
                            + " in its property replicas.");
        }
        Matcher parts = PARTS.matcher(url);
        if (!parts.matches()) {
            throw new IllegalArgumentException("not a JDBC URL of one server." + FORM);
        }
        String params = parts.group("params");
        if (params != null && SECRET.matcher(params).find()) {
            throw new IllegalArgumentException("the URL has a user or a password among its parameters. Take them out of"
                    + " the URL and set the properties user and password instead.");
        }
        String database = parts.group("db");
        if (database == null || database.isEmpty()) {
            throw new IllegalArgumentException("the URL names no database." + FORM);
        }
        int port = parts.group("port") == null ? DEFAULT_PORT : Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("the port " + port + " is not from 1 to 65535." + FORM);
        }
        return new Server(parts.group("host"), port, database, url);
    }
}
