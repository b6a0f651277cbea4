package io.shardloom.hibernate.internal.boot;

import java.util.List;
import java.util.Map;
import org.hibernate.cfg.AvailableSettings;

/** Tells what a unit without any node says to Hibernate itself. */
public final class PlainServer {
    private static final List<String> SERVER = List.of(
            AvailableSettings.JAKARTA_JDBC_URL,
            AvailableSettings.JAKARTA_JTA_DATASOURCE,
            AvailableSettings.JAKARTA_NON_JTA_DATASOURCE,
            AvailableSettings.JAKARTA_HBM2DDL_CONNECTION,
            "hibernate.connection.url",
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

    /** Tells whether Hibernate can find out what kind of database it is to speak to. */
    static boolean isKnownKind(Map<String, Object> settings) {
        return isNamed(settings) || DIALECT.stream().anyMatch(settings::containsKey);
    }
}
