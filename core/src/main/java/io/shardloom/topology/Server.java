package io.shardloom.topology;

/**
 * One PostgreSQL address. Immutable.
 *
 * @param host the host's name or address
 * @param port the port
 * @param database the database's name
 * @param url the JDBC URL, never with a user or a password
 */
public record Server(String host, int port, String database, String url) {

    /**
     * Returns the address as people write it.
     *
     * @return {@code host:port/database}
     */
    public String endpoint() {
        return host + ':' + port + '/' + database;
    }

    /** Written out, as the one of a record is put together when it is first called, and every start calls it. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Server server
                && url.equals(server.url)
                && host.equals(server.host)
                && port == server.port
                && database.equals(server.database);
    }

    @Override
    public int hashCode() {
        return url.hashCode();
    }

    @Override
    public String toString() {
        return endpoint();
    }
}
