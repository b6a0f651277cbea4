package io.shardloom.testing;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * What a cluster is made of. Immutable.
 *
 * @param nodes the number of replicas of each node, by the node's name
 * @param standalones names of servers that belong to no node
 * @param adminPassword of the superuser and of the replication role
 */
record ClusterConfig(
        Map<String, Integer> nodes,
        List<String> standalones,
        String database,
        String user,
        String password,
        String adminPassword,
        Map<String, String> settings,
        boolean fsync,
        Duration deadline,
        Consumer<String> progress) {

    static final String SHARED_MEMORY = "dynamic_shared_memory_type";
    static final String SUPERUSER = "postgres";
    static final String REPLICATOR = "replicator";

    private static final int MAX_REPLICAS = 12;

    ClusterConfig {
        nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
        standalones = List.copyOf(standalones);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        if (nodes.isEmpty() && standalones.isEmpty()) {
            throw new IllegalArgumentException(
                    "The cluster has no server. Add one with node(\"n1\", replicas) or server(\"name\").");
        }
        if (user.equals(SUPERUSER) || user.equals(REPLICATOR)) {
            throw new IllegalArgumentException("The application's user cannot be called '" + user + "': '" + SUPERUSER
                    + "' is the superuser and '" + REPLICATOR + "' the replication role.");
        }
        var names = new HashSet<String>();
        nodes.forEach((name, replicas) -> {
            checkName(name, names);
            checkReplicas(name, replicas);
        });
        standalones.forEach(name -> checkName(name, names));
    }

    static void checkReplicas(String node, int replicas) {
        if (replicas < 0 || replicas > MAX_REPLICAS) {
            throw new IllegalArgumentException(
                    "Node '" + node + "' cannot have " + replicas + " replicas (0 to " + MAX_REPLICAS + ").");
        }
    }

    static void checkName(String name, Set<String> taken) {
        if (!name.matches("[A-Za-z](-?[A-Za-z0-9_])*") || name.length() > 40 || name.matches(".*-\\d+")) {
            throw new IllegalArgumentException("'" + name + "' cannot be the name of a node or server: it takes 1 to 40"
                    + " letters, digits, '_' and '-', starts with a letter and does not end in '-' and a number.");
        }
        if (!taken.add(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("Two nodes or servers are called '" + name + "'.");
        }
    }

    static String randomPassword() {
        return new BigInteger(128, new SecureRandom()).toString(36);
    }

    /** All settings of {@code postgresql.conf}, the caller's last. */
    Map<String, String> serverSettings() {
        var all = new LinkedHashMap<String, String>();
        all.put("listen_addresses", "127.0.0.1");
        all.put("unix_socket_directories", "");
        all.put("password_encryption", "scram-sha-256");
        all.put("timezone", "UTC");
        all.put("log_timezone", "UTC");
        all.put("fsync", fsync ? "on" : "off");
        all.put("max_connections", "100");
        all.put("max_prepared_transactions", "64");
        all.put("wal_level", "logical");
        all.put("max_wal_senders", "20");
        all.put("max_replication_slots", "40");
        all.put("max_worker_processes", "16");
        all.put("max_logical_replication_workers", "8");
        all.put("max_wal_size", "1GB");
        all.put("hot_standby", "on");
        // A replica looks for its restarted primary every 5 s by default.
        all.put("wal_retrieve_retry_interval", "100ms");
        all.put("shared_buffers", "32MB");
        all.put("io_method", "sync");
        // Files in the data directory: nothing stays in /dev/shm after a kill, and a container's 64 MB there suffice.
        all.put(SHARED_MEMORY, "mmap");
        all.putAll(settings);
        return all;
    }
}
