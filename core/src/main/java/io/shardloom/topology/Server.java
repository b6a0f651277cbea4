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

    @Override
    public String toString() {
        return endpoint();
    }
}
