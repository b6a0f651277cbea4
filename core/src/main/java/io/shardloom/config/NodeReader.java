package io.shardloom.config;

import io.shardloom.topology.Node;
import io.shardloom.topology.Server;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the nodes and who connects to them. */
final class NodeReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private final PropertyReader properties;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Credentials> credentials = new HashMap<>();
    private final Map<String, String> nameByLowerCase = new HashMap<>();
    private final Map<String, String> propertyByEndpoint = new HashMap<>();

    NodeReader(PropertyReader properties) {
        this.properties = properties;
        var names = properties.children(Settings.NODE_PREFIX);
        if (names.isEmpty()) {
            properties.fault(
                    Settings.NODE_PREFIX + "<name>." + Settings.PRIMARY,
                    null,
                    "there is no node. Name at least one, such as shardloom.node.n1.primary ="
                            + " jdbc:postgresql://host:5432/database.");
        }
        names.forEach(this::read);
    }

    List<Node> nodes() {
        return nodes;
    }

    Map<String, Credentials> credentials() {
        return credentials;
    }

    private void read(String name) {
        String prefix = Settings.NODE_PREFIX + name + ".";
        checkName(name, prefix);
        String user = properties
                .text(prefix + "user")
                .or(() -> properties.text(Settings.USER))
                .orElse(null);
        String password = properties
                .text(prefix + "password")
                .or(() -> properties.text(Settings.PASSWORD))
                .orElse(null);
        credentials.put(name, new Credentials(user, password));
        String primaryName = prefix + Settings.PRIMARY;
        if (properties.text(primaryName).isEmpty()) {
            properties.fault(
                    primaryName,
                    null,
                    "the node " + name + " has no primary. Give the JDBC URL of the server that takes its writes,"
                            + " jdbc:postgresql://host:5432/database.");
        }
        Optional<Server> primary = properties.text(primaryName).flatMap(url -> server(primaryName, url));
        List<Server> replicas = new ArrayList<>();
        for (String url : properties.list(prefix + Settings.REPLICAS, ",(?=\\s*jdbc:)")) {
            server(prefix + Settings.REPLICAS, url).ifPresent(replicas::add);
        }
        primary.ifPresent(server -> nodes.add(new Node(name, server, replicas)));
    }

    private void checkName(String name, String prefix) {
        if (!NAME.matcher(name).matches()) {
            properties.fault(
                    prefix + "*",
                    null,
                    "'" + name + "' is not a node's name. Use letters, digits, _ and -, a letter first.");
        }
        String other = nameByLowerCase.putIfAbsent(name.toLowerCase(Locale.ROOT), name);
        if (other != null) {
            properties.fault(
                    prefix + "*",
                    null,
                    "the node names " + other + " and " + name + " differ in case only. Rename one of them.");
        }
    }

    private Optional<Server> server(String property, String url) {
        try {
            Server server = JdbcUrl.server(url);
            String other = propertyByEndpoint.putIfAbsent(server.endpoint().toLowerCase(Locale.ROOT), property);
            if (other != null) {
                properties.fault(
                        property,
                        url,
                        "the server " + server.endpoint() + " is named "
                                + (other.equals(property) ? "twice here" : "in " + other + " too")
                                + ". Name each server once.");
            }
            return Optional.of(server);
        } catch (IllegalArgumentException e) {
            properties.fault(property, url, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }
}
