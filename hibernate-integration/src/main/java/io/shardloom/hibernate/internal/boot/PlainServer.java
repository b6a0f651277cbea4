package io.shardloom.hibernate.internal.boot;

import io.shardloom.failure.Fault;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hibernate.cfg.AvailableSettings;

/** Tells what a unit without any node says to Hibernate itself. */
public final class PlainServer {
    private static final String OLD_URL = "hibernate.connection.url";

    private static final List<String> SERVER = List.of(
            AvailableSettings.JAKARTA_JDBC_URL,
            AvailableSettings.JAKARTA_JTA_DATASOURCE,
            AvailableSettings.JAKARTA_NON_JTA_DATASOURCE,
            AvailableSettings.JAKARTA_HBM2DDL_CONNECTION,
            OLD_URL,
            "hibernate.connection.datasource",
            AvailableSettings.CONNECTION_PROVIDER,
            AvailableSettings.MULTI_TENANT_CONNECTION_PROVIDER);

    /** Settings of pools that Hibernate knows, one of which may name the server. */
    private static final List<String> POOLS = List.of("hibernate.hikari.", "hibernate.agroal.", "hibernate.c3p0.");

    private static final List<String> DIALECT = List.of(
            AvailableSettings.DIALECT, AvailableSettings.DIALECT_RESOLVERS, AvailableSettings.JAKARTA_HBM2DDL_DB_NAME);

    private PlainServer() {}

    /**
     * Tells whether a server is named.
     *
     * @param settings the unit's settings
     * @return true for an address, a data source or a source of connections
     */
    public static boolean isNamed(Map<String, Object> settings) {
        return SERVER.stream().anyMatch(settings::containsKey)
                || settings.keySet().stream().anyMatch(name -> POOLS.stream().anyMatch(name::startsWith));
    }

    /**
     * Tells of an address beside the nodes, at which nothing would ever be read or written.
     *
     * @param settings the settings of a unit with nodes
     * @return empty where there is none
     */
    public static List<Fault> besideNodes(Map<String, Object> settings) {
        return Stream.of(AvailableSettings.JAKARTA_JDBC_URL, OLD_URL)
                .filter(settings::containsKey)
                .limit(1) // two names of one thing
                .map(name -> Fault.of(
                        name,
                        "a unit with nodes connects to these alone, so nothing would be read or written there. Remove"
                                + " it, or all shardloom.* properties for one PostgreSQL without sharding."))
                .toList();
    }

    /** Tells whether Hibernate can find out what kind of database it is to speak to. */
    static boolean isKnownKind(Map<String, Object> settings) {
        return isNamed(settings) || DIALECT.stream().anyMatch(settings::containsKey);
    }
}
