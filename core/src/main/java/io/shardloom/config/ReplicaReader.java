package io.shardloom.config;

import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ServerChoice;
import io.shardloom.choice.ServerChoices;
import io.shardloom.topology.Node;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;

/** Reads how replicas are chosen and servers are watched. */
final class ReplicaReader {

    private static final Duration MAX_LAG = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TOKEN_WAIT = Duration.ofMillis(100);
    private static final int MAX_WEIGHT = 1_000;

    private final PropertyReader properties;
    private final Map<String, ReplicaSettings> byNode = new HashMap<>();

    ReplicaReader(PropertyReader properties, List<Node> nodes) {
        this.properties = properties;
        Supplier<ServerChoice> choice = choice(Settings.REPLICA_CHOICE).orElse(ServerChoices.ROUND_ROBIN::make);
        ReadTarget target =
                properties.choice(Settings.READ_TARGET, ReadTarget.class).orElse(ReadTarget.PREFER_REPLICA);
        Optional<String> zone = properties.text(Settings.ZONE);
        Duration maxLag = properties.duration(Settings.MAX_LAG).orElse(MAX_LAG);
        OptionalLong maxLagBytes = bytes(Settings.MAX_LAG_BYTES, OptionalLong.empty());
        Duration interval = properties.duration(Settings.HEALTH_INTERVAL).orElse(INTERVAL);
        Duration timeout = properties.duration(Settings.HEALTH_TIMEOUT).orElse(TIMEOUT);
        Optional<Duration> failover = properties.duration(Settings.FAILOVER_TIMEOUT);
        Duration tokenWait = properties.duration(Settings.TOKEN_WAIT).orElse(TOKEN_WAIT);
        for (Node node : nodes) {
            String prefix = Settings.NODE_PREFIX + node.name() + ".";
            int servers = 1 + node.replicas().size();
            byNode.put(
                    node.name(),
                    new ReplicaSettings(
                            choice(prefix + Settings.NODE_CHOICE).orElse(choice),
                            target,
                            zone,
                            oneForEach(prefix + Settings.ZONES, servers),
                            weights(prefix + Settings.WEIGHTS, servers),
                            properties.duration(prefix + Settings.NODE_MAX_LAG).orElse(maxLag),
                            bytes(prefix + Settings.NODE_MAX_LAG_BYTES, maxLagBytes),
                            interval,
                            timeout,
                            failover,
                            tokenWait));
        }
    }

    Map<String, ReplicaSettings> byNode() {
        return byNode;
    }

    private OptionalLong bytes(String property, OptionalLong otherwise) {
        return properties
                .number(property, 0, Integer.MAX_VALUE)
                .map(OptionalLong::of)
                .orElse(otherwise);
    }

    private List<String> oneForEach(String property, int servers) {
        List<String> given = properties.list(property, ",");
        if (!given.isEmpty() && given.size() != servers) {
            properties.fault(
                    property,
                    String.join(", ", given),
                    "the node has " + servers + (servers == 1 ? " server" : " servers") + " and " + given.size()
                            + (given.size() == 1 ? " value is" : " values are")
                            + " given. Give one for each, the primary's first.");
            return List.of();
        }
        return given;
    }

    private List<Integer> weights(String property, int servers) {
        List<Integer> weights = new ArrayList<>();
        for (String text : oneForEach(property, servers)) {
            try {
                int weight = Integer.parseInt(text);
                if (weight >= 1 && weight <= MAX_WEIGHT) {
                    weights.add(weight);
                    continue;
                }
            } catch (NumberFormatException e) {
                // Reported below, with the range.
            }
            properties.fault(property, text, "not a whole number from 1 to " + MAX_WEIGHT + ".");
            return List.of();
        }
        return weights;
    }

    private Optional<Supplier<ServerChoice>> choice(String property) {
        if (properties.object(property) instanceof ServerChoice given) {
            return Optional.of(() -> given);
        }
        return properties.text(property).flatMap(name -> {
            Optional<ServerChoices> known = ServerChoices.of(name);
            if (known.isPresent()) {
                return Optional.of(known.get()::make);
            }
            if (name.contains(".")) {
                return ofClass(property, name);
            }
            List<String> labels = ServerChoices.labels();
            properties.fault(
                    property,
                    name,
                    "not one of the choices: " + String.join(", ", labels) + ", or a class that implements "
                            + ServerChoice.class.getName() + "." + Names.didYouMean(name, labels));
            return Optional.empty();
        });
    }

    private Optional<Supplier<ServerChoice>> ofClass(String property, String name) {
        try {
            ClassLoader context = Thread.currentThread().getContextClassLoader();
            Class<?> type = Class.forName(name, true, context == null ? ReplicaReader.class.getClassLoader() : context);
            var constructor = type.asSubclass(ServerChoice.class).getDeclaredConstructor();
            constructor.setAccessible(true);
            ServerChoice choice = constructor.newInstance();
            return Optional.of(() -> choice);
        } catch (ClassNotFoundException e) {
            properties.fault(property, name, "there is no such class. Correct its name, or add it to the class path.");
        } catch (ClassCastException e) {
            properties.fault(property, name, "the class does not implement " + ServerChoice.class.getName() + ".");
        } catch (NoSuchMethodException e) {
            properties.fault(property, name, "the class has no constructor without parameters. Add one.");
        } catch (InvocationTargetException e) {
            properties.fault(property, name, "its constructor failed: " + e.getCause() + ".");
        } catch (ReflectiveOperationException | RuntimeException e) {
            properties.fault(property, name, "no object can be made of the class: " + e + ".");
        }
        return Optional.empty();
    }
}
