package io.shardloom.sample;

import io.shardloom.topology.Server;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Servers of the user's own, named by environment variables. The sample neither starts nor stops them. */
final class OwnServers implements Servers {

    private static final Map<String, String> PROPERTIES = Map.of(
            "SHARDLOOM_N1_PRIMARY", "shardloom.node.n1.primary",
            "SHARDLOOM_N1_REPLICAS", "shardloom.node.n1.replicas",
            "SHARDLOOM_N2_PRIMARY", "shardloom.node.n2.primary",
            "SHARDLOOM_N2_REPLICAS", "shardloom.node.n2.replicas",
            "SHARDLOOM_USER", "shardloom.user",
            "SHARDLOOM_PASSWORD", "shardloom.password");

    private final Map<String, String> properties;

    private OwnServers(Map<String, String> properties) {
        this.properties = Map.copyOf(properties);
    }

    /** Returns the user's servers, or empty when no variable names one. */
    static Optional<Servers> from(Function<String, @Nullable String> environment) {
        var given = new LinkedHashMap<String, String>();
        PROPERTIES.forEach((variable, property) -> {
            var value = environment.apply(variable);
            if (value != null && !value.isBlank()) {
                given.put(property, value);
            }
        });
        if (given.keySet().stream().noneMatch(property -> property.startsWith("shardloom.node."))) {
            return Optional.empty();
        }
        for (var required : List.of("SHARDLOOM_N1_PRIMARY", "SHARDLOOM_N2_PRIMARY", "SHARDLOOM_USER")) {
            if (!given.containsKey(PROPERTIES.get(required))) {
                throw new UsageException(
                        required + " is not set. The scenarios need the primaries of two nodes and a user;"
                                + " unset every SHARDLOOM_N* to let the sample start servers itself.");
            }
        }
        return Optional.of(new OwnServers(given));
    }

    @Override
    public Map<String, String> properties() {
        return properties;
    }

    @Override
    public Connection monitor(Server server) throws SQLException {
        return connect(server);
    }

    @Override
    public boolean withoutReplicas(String node, Runnable work) {
        return false;
    }

    @Override
    public boolean killing(Server replica, Consumer<Runnable> work) {
        return false;
    }

    /** Without user and password, which the user knows. */
    @Override
    public List<String> psqlUrls() {
        return properties.entrySet().stream()
                .filter(property -> property.getKey().startsWith("shardloom.node."))
                .sorted(Map.Entry.comparingByKey())
                .flatMap(property -> Stream.of(property.getValue().split(",", -1))
                        .map(url -> property.getKey().substring("shardloom.node.".length())
                                + "  "
                                + url.strip().substring("jdbc:".length())))
                .toList();
    }

    @Override
    public void close() {
        // They go on.
    }
}
