package io.shardloom.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Finds properties that nobody reads, and the one that was meant. */
final class UnknownProperties {

    private static final String ANY = "<>";
    private static final List<String> KNOWN = List.of(
            Settings.USER,
            Settings.PASSWORD,
            Settings.SHARDS,
            Settings.LAYOUT,
            Settings.REPLICA_CHOICE,
            Settings.READ_TARGET,
            Settings.ZONE,
            Settings.MAX_LAG,
            Settings.MAX_LAG_BYTES,
            Settings.TOKEN_WAIT,
            Settings.HEALTH_INTERVAL,
            Settings.HEALTH_TIMEOUT,
            Settings.FAILOVER_TIMEOUT,
            Settings.CONNECT_TIMEOUT,
            Settings.SEQUENCE_NODE,
            Settings.ROW_SECURITY,
            Settings.ROW_SECURITY_ROLE,
            Settings.ROW_SECURITY_NODE_ROLE,
            Settings.SCHEMA_USER,
            Settings.SCHEMA_PASSWORD,
            Settings.RECOVERY_INTERVAL,
            Settings.NODE_PREFIX + ANY + "." + Settings.PRIMARY,
            Settings.NODE_PREFIX + ANY + "." + Settings.REPLICAS,
            Settings.NODE_PREFIX + ANY + "." + Settings.NODE_CHOICE,
            Settings.NODE_PREFIX + ANY + "." + Settings.ZONES,
            Settings.NODE_PREFIX + ANY + "." + Settings.WEIGHTS,
            Settings.NODE_PREFIX + ANY + "." + Settings.NODE_MAX_LAG,
            Settings.NODE_PREFIX + ANY + "." + Settings.NODE_MAX_LAG_BYTES,
            Settings.NODE_PREFIX + ANY + ".user",
            Settings.NODE_PREFIX + ANY + ".password",
            Settings.GROUP_PREFIX + ANY + "." + Settings.STRATEGY,
            Settings.GROUP_PREFIX + ANY + "." + Settings.KEY_TYPE,
            Settings.GROUP_PREFIX + ANY + ".shards",
            Settings.GROUP_PREFIX + ANY + "." + Settings.NODES,
            Settings.GROUP_PREFIX + ANY + ".layout",
            Settings.GROUP_PREFIX + ANY + ".shard." + ANY + "." + Settings.BOUND,
            Settings.GROUP_PREFIX + ANY + ".shard." + ANY + "." + Settings.SHARD_NODE);

    private UnknownProperties() {}

    static void check(PropertyReader properties, Set<String> alsoKnown) {
        for (String name : properties.names()) {
            if (!name.startsWith(Settings.HIKARI_PREFIX) && !known(name, alsoKnown)) {
                String near = Names.didYouMean(name, candidates(name, alsoKnown));
                // The value is left out: a misspelt password is still a password.
                properties.fault(
                        name,
                        null,
                        "Shardloom has no such property."
                                + (near.isEmpty() ? " Remove it, or look its name up in the reference." : near));
            }
        }
    }

    private static boolean known(String name, Set<String> alsoKnown) {
        return KNOWN.stream().anyMatch(template -> fill(template, name).equals(name))
                || alsoKnown.stream()
                        .anyMatch(other -> other.endsWith(".*")
                                ? name.startsWith(other.substring(0, other.length() - 1))
                                : other.equals(name));
    }

    private static List<String> candidates(String name, Set<String> alsoKnown) {
        List<String> candidates = new ArrayList<>();
        KNOWN.forEach(template -> candidates.add(fill(template, name).replace(ANY, "<name>")));
        alsoKnown.stream().filter(other -> !other.endsWith(".*")).forEach(candidates::add);
        return candidates;
    }

    /** Puts the name's own parts where the template leaves them free. */
    private static String fill(String template, String name) {
        String[] wanted = template.split("\\.", -1);
        String[] given = name.split("\\.", -1);
        for (int i = 0; i < wanted.length && i < given.length; i++) {
            if (wanted[i].equals(ANY) && !given[i].isEmpty()) {
                wanted[i] = given[i];
            }
        }
        return String.join(".", wanted);
    }
}
