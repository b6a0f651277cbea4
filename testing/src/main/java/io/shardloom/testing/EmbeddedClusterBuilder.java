package io.shardloom.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/** Describes an {@link EmbeddedCluster}, then starts it. One thread at a time. */
public final class EmbeddedClusterBuilder {

    private final Map<String, Integer> nodes = new LinkedHashMap<>();
    private final List<String> standalones = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private String database = "app";
    private String user = "app";
    private String password = "app";
    private boolean fsync;
    private Duration deadline = Duration.ofMinutes(3);
    private Consumer<String> progress = line -> {};

    EmbeddedClusterBuilder() {}

    /**
     * Adds a node.
     *
     * @param name its name: letters, digits, '_' and '-'
     * @param replicas how many streaming replicas it has, 0 to 12
     * @return this
     */
    public EmbeddedClusterBuilder node(String name, int replicas) {
        if (nodes.put(name, replicas) != null) {
            throw new IllegalArgumentException("Two nodes are called '" + name + "'.");
        }
        return this;
    }

    /**
     * Adds nodes named {@code n1}, {@code n2} and so on.
     *
     * @param count how many
     * @param replicas how many streaming replicas each has
     * @return this
     */
    public EmbeddedClusterBuilder nodes(int count, int replicas) {
        for (int i = 1; i <= count; i++) {
            node("n" + i, replicas);
        }
        return this;
    }

    /**
     * Adds a server that belongs to no node, such as a coordinator.
     *
     * @param name its name: letters, digits, '_' and '-'
     * @return this
     */
    public EmbeddedClusterBuilder server(String name) {
        standalones.add(name);
        return this;
    }

    /**
     * Names the application's database; {@code app} otherwise.
     *
     * @param name the database's name
     * @return this
     */
    public EmbeddedClusterBuilder database(String name) {
        database = name;
        return this;
    }

    /**
     * Names the application's user; {@code app} otherwise.
     *
     * @param name a role's name, other than {@code postgres} and {@code replicator}
     * @return this
     */
    public EmbeddedClusterBuilder user(String name) {
        user = name;
        return this;
    }

    /**
     * Sets the application user's password; {@code app} otherwise.
     *
     * @param secret the password
     * @return this
     */
    public EmbeddedClusterBuilder password(String secret) {
        password = secret;
        return this;
    }

    /**
     * Sets a parameter of {@code postgresql.conf} on all servers; it wins over what the cluster sets by itself.
     *
     * @param name the parameter
     * @param value its value, not quoted
     * @return this
     */
    public EmbeddedClusterBuilder setting(String name, String value) {
        settings.put(Objects.requireNonNull(name), Objects.requireNonNull(value));
        return this;
    }

    /**
     * Chooses whether commits reach the disk; they do not otherwise, and survive a killed server, not a dead machine.
     *
     * @param on true for measurements
     * @return this
     */
    public EmbeddedClusterBuilder fsync(boolean on) {
        fsync = on;
        return this;
    }

    /**
     * Limits each wait, such as for a server's start or a replica's replay; 3 minutes otherwise.
     *
     * @param limit how long one wait may last
     * @return this
     */
    public EmbeddedClusterBuilder deadline(Duration limit) {
        deadline = limit;
        return this;
    }

    /**
     * Names a listener that is told each step in a sentence; called by several threads.
     *
     * @param listener takes lines such as "n1 primary is up on port 20123"
     * @return this
     */
    public EmbeddedClusterBuilder onProgress(Consumer<String> listener) {
        progress = listener;
        return this;
    }

    /**
     * Starts the cluster.
     *
     * @return the running cluster: the database exists, and every replica streams
     * @throws EmbeddedClusterException if a server does not come up; the message holds the end of its log
     * @throws IllegalArgumentException if the description is faulty
     */
    public EmbeddedCluster start() {
        return EmbeddedCluster.start(new ClusterConfig(
                nodes,
                standalones,
                database,
                user,
                password,
                ClusterConfig.randomPassword(),
                settings,
                fsync,
                deadline,
                progress));
    }
}
