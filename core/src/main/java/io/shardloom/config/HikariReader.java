package io.shardloom.config;

import com.zaxxer.hikari.HikariConfig;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reads the settings of the pools and checks them against HikariConfig itself. */
final class HikariReader {

    private static final Set<Class<?>> SIMPLE = Set.of(String.class, int.class, long.class, boolean.class);
    private static final String DRIVER_PROPERTY = "dataSource.";
    private static final String FROM_NODES =
            "each pool has its server's address from shardloom.node.<name>.primary or" + " .replicas. Remove it.";
    private static final String FROM_USER = "set shardloom.user and shardloom.password, or those of a node, instead.";
    private static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("jdbcUrl", FROM_NODES),
            Map.entry("dataSourceClassName", FROM_NODES),
            Map.entry("dataSourceJNDI", FROM_NODES),
            Map.entry("driverClassName", FROM_NODES),
            Map.entry("username", FROM_USER),
            Map.entry("password", FROM_USER),
            Map.entry("dataSource.user", FROM_USER),
            Map.entry("dataSource.password", FROM_USER),
            Map.entry(
                    "autoCommit",
                    "it is always false, so that a transaction needs no statement to switch it. Remove it."),
            Map.entry("readOnly", "each unit of work says whether it only reads. Remove it."),
            Map.entry("poolName", "pools are named after node and role, such as shardloom-n1-primary. Remove it."),
            Map.entry(
                    "connectionTestQuery",
                    "the driver checks connections without a query, and a query would be a round trip more. Remove"
                            + " it."));

    /** Found out when the first of them is set, as most units set none. */
    private static final class Known {
        static final List<String> NAMES = known();
    }

    private HikariReader() {}

    static Map<String, String> read(PropertyReader properties) {
        Map<String, String> settings = new TreeMap<>();
        for (String property : properties.names()) {
            if (property.startsWith(Settings.HIKARI_PREFIX)) {
                String name = property.substring(Settings.HIKARI_PREFIX.length());
                String value = properties.text(property).orElse("");
                String refused = REFUSED.get(name);
                if (refused != null) {
                    properties.fault(property, value, "this setting of HikariCP is not free: " + refused);
                } else if (!name.startsWith(DRIVER_PROPERTY) && !Known.NAMES.contains(name)) {
                    properties.fault(property, value, "HikariConfig has no property '" + name + "'." + nearest(name));
                } else if (accepted(properties, property, name, value)) {
                    settings.put(name, value);
                }
            }
        }
        return Map.copyOf(settings);
    }

    private static String nearest(String name) {
        return Names.nearest(name, Known.NAMES, name.length() / 2)
                .map(near -> " Did you mean " + Settings.HIKARI_PREFIX + near + "?")
                .orElse(" It has: " + String.join(", ", Known.NAMES) + ".");
    }

    private static boolean accepted(PropertyReader properties, String property, String name, String value) {
        Properties one = new Properties();
        one.setProperty(name, value);
        try {
            new HikariConfig(one);
            return true;
        } catch (RuntimeException e) {
            Throwable cause = e;
            while (cause.getCause() != null) {
                cause = cause.getCause();
            }
            properties.fault(property, value, "HikariCP refuses the value: " + cause.getMessage() + ".");
            return false;
        }
    }

    private static List<String> known() {
        Map<String, Class<?>> setters = new HashMap<>();
        for (Method method : HikariConfig.class.getMethods()) {
            if (method.getName().startsWith("set")
                    && method.getName().length() > 3
                    && method.getParameterCount() == 1
                    && SIMPLE.contains(method.getParameterTypes()[0])) {
                String name = method.getName().substring(3);
                setters.put(Character.toLowerCase(name.charAt(0)) + name.substring(1), method.getParameterTypes()[0]);
            }
        }
        return setters.keySet().stream()
                .filter(name -> !REFUSED.containsKey(name))
                .sorted()
                .collect(Collectors.toUnmodifiableList());
    }
}
