package io.shardloom.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.choice.Candidates;
import io.shardloom.choice.ReadTarget;
import io.shardloom.choice.ServerChoice;
import io.shardloom.failure.ConfigurationException;
import io.shardloom.failure.Fault;
import io.shardloom.key.KeyType;
import io.shardloom.topology.Layout;
import io.shardloom.topology.Node;
import io.shardloom.topology.Placement;
import io.shardloom.topology.ShardGroup;
import io.shardloom.topology.Topology;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConfigurationTest {

    private static final String N1 = "shardloom.node.n1.primary=jdbc:postgresql://db1/shop";
    private static final String N2 = "shardloom.node.n2.primary=jdbc:postgresql://db2:5433/shop";

    @Test
    void readsHowReplicasAreChosenAndWatched() {
        ServerChoice own = candidates -> 0;
        Map<String, Object> properties = new HashMap<>();
        properties.put("shardloom.node.n1.primary", "jdbc:postgresql://db1/shop");
        properties.put("shardloom.node.n1.replicas", "jdbc:postgresql://db1b/shop");
        properties.put("shardloom.node.n1.choice", Last.class.getName());
        properties.put("shardloom.node.n1.zones", "eu-a, eu-b");
        properties.put("shardloom.node.n1.weights", "1, 3");
        properties.put("shardloom.node.n1.max-lag", "500ms");
        properties.put("shardloom.node.n1.max-lag-bytes", "64");
        properties.put("shardloom.node.n2.primary", "jdbc:postgresql://db2/shop");
        properties.put("shardloom.replica.choice", own);
        properties.put("shardloom.replica.max-lag", "3s");
        properties.put("shardloom.replica.max-lag-bytes", "1000");
        properties.put("shardloom.replica.token-wait", "20ms");
        properties.put("shardloom.read-target", "any");
        properties.put("shardloom.zone", "eu-b");
        properties.put("shardloom.health.interval", "250ms");
        properties.put("shardloom.health.timeout", "4s");
        properties.put("shardloom.failover-timeout", "6s");

        Configuration configuration = Configuration.read(properties);

        assertThat(configuration.faults()).isEmpty();
        ReplicaSettings n1 = configuration.replicas("n1");
        assertThat(n1.choice().get()).isInstanceOf(Last.class);
        assertThat(n1.zones()).containsExactly("eu-a", "eu-b");
        assertThat(n1.weights()).containsExactly(1, 3);
        assertThat(n1.zone()).contains("eu-b");
        assertThat(n1.maxLag()).hasMillis(500);
        assertThat(n1.maxLagBytes()).hasValue(64);
        assertThat(n1.tokenWait()).hasMillis(20);
        assertThat(n1.readTarget()).isEqualTo(ReadTarget.ANY);
        assertThat(n1.interval()).hasMillis(250);
        assertThat(n1.timeout()).hasSeconds(4);
        assertThat(n1.failoverTimeout())
                .hasValueSatisfying(wait -> assertThat(wait).hasSeconds(6));
        ReplicaSettings n2 = configuration.replicas("n2");
        assertThat(n2.choice().get()).isSameAs(own);
        assertThat(n2.maxLag()).hasSeconds(3);
        assertThat(n2.maxLagBytes()).hasValue(1_000);
    }

    @Test
    void namesFaultsOfReplicaSettings() {
        Map<String, String> properties = new HashMap<>();
        properties.put("shardloom.node.n1.primary", "jdbc:postgresql://db1/shop");
        properties.put("shardloom.node.n1.zones", "eu-a, eu-b");
        properties.put("shardloom.node.n1.weights", "0");
        properties.put("shardloom.node.n1.choice", "java.lang.String");
        properties.put("shardloom.replica.choice", "com.example.Missing");
        properties.put("shardloom.read-target", "replicas");

        assertThat(Configuration.read(properties).faults())
                .extracting(Fault::toString)
                .containsExactlyInAnyOrder(
                        "shardloom.node.n1.zones = eu-a, eu-b: the node has 1 server and 2 values are given. Give one"
                                + " for each, the primary's first.",
                        "shardloom.node.n1.weights = 0: not a whole number from 1 to 1000.",
                        "shardloom.node.n1.choice = java.lang.String: the class does not implement"
                                + " io.shardloom.choice.ServerChoice.",
                        "shardloom.replica.choice = com.example.Missing: there is no such class. Correct its name, or"
                                + " add it to the class path.",
                        "shardloom.read-target = replicas: not one of the choices: primary, prefer-replica, replica,"
                                + " any. Did you mean replica?");
    }

    /** A strategy of the user's own. */
    static final class Last implements ServerChoice {
        @Override
        public int choose(Candidates candidates) {
            return candidates.size() - 1;
        }
    }

    @Test
    void readsTheWholePromise() {
        Configuration configuration = Configuration.read(
                properties(
                        N1 + "?ssl=true",
                        "shardloom.node.n1.replicas=jdbc:postgresql://db1b/shop, jdbc:postgresql://db1c/shop",
                        N2,
                        "shardloom.node.n2.password=other",
                        "shardloom.user=${DB_USER:shop}",
                        "shardloom.password=${DB_PASSWORD}",
                        "shardloom.shards=4",
                        "shardloom.hikari.maximumPoolSize=7",
                        "shardloom.connect-timeout=200ms",
                        "shardloom.replica.choice=random",
                        "shardloom.sequence.node=n2",
                        "hibernate.show_sql=true"),
                Set.of(),
                Map.of("DB_PASSWORD", "s3cret")::get);

        assertThat(configuration.faults()).isEmpty();
        Node n1 = configuration.nodes().get(0);
        assertThat(n1.primary().endpoint()).isEqualTo("db1:5432/shop");
        assertThat(n1.primary().url()).isEqualTo("jdbc:postgresql://db1/shop?ssl=true");
        assertThat(n1.replicas()).extracting("host").containsExactly("db1b", "db1c");
        assertThat(configuration.credentials("n1")).isEqualTo(new Credentials("shop", "s3cret"));
        assertThat(configuration.credentials("n2"))
                .isEqualTo(new Credentials("shop", "other"))
                .hasToString("shop");
        assertThat(configuration.hikari()).containsEntry("maximumPoolSize", "7");
        assertThat(configuration.connectTimeout()).isEqualTo(Duration.ofMillis(200));
        assertThat(configuration.replicas("n1").choice().get()).isNotNull();
        assertThat(configuration.sequenceNode().map(Node::name)).contains("n2");
        assertThat(configuration.groupNames()).containsExactly("default");
        assertThat(configuration.partitioned()).isTrue();

        Topology topology =
                configuration.groups(Map.of("default", KeyType.UUID)).orThrow(configuration);
        assertThat(topology.shardMap().version()).isEqualTo(1);
        assertThat(topology.shardMap().placements())
                .extracting(placement -> placement.shard().name() + placement.node())
                .containsExactly("p0n1", "p1n2", "p2n1", "p3n2");
    }

    @Test
    void placesThirtyTwoShardsInNaturalOrderOfTheNodes() {
        Topology topology = topology(
                KeyType.INT8,
                "shardloom.node.n10.primary=jdbc:postgresql://db10/shop",
                N2,
                N1,
                "shardloom.group.default.shard.p05.node=n10",
                "shardloom.group.default.shard.6.node=n10");

        assertThat(topology.nodes()).extracting(Node::name).containsExactly("n1", "n2", "n10");
        assertThat(topology.groups().get(0).shards()).hasSize(32);
        assertThat(topology.shardMap().placements().subList(0, 8))
                .extracting(Placement::node)
                .containsExactly("n1", "n2", "n10", "n1", "n2", "n10", "n10", "n2");
        assertThat(topology.shardMap().shardsOn("default", "n10"))
                .extracting("name")
                .startsWith("p02", "p05", "p06");
    }

    @Test
    void readsListAndRangeAndSplitHashGroups() {
        Configuration configuration = read(
                N1,
                N2,
                "shardloom.group.users.strategy=list",
                "shardloom.group.users.layout=plain",
                "shardloom.group.users.shard.us.bound=IN ('EUA', 'Canada')",
                "shardloom.group.users.shard.us.node=n2",
                "shardloom.group.users.shard.rest.bound=DEFAULT",
                "shardloom.group.logs.strategy=range",
                "shardloom.group.logs.key-type=date",
                "shardloom.group.logs.nodes=n2",
                "shardloom.group.logs.shard.y2016.bound=FROM ('2016-01-01') TO ('2017-01-01')",
                "shardloom.group.split.shard.a.bound=MODULUS 2, REMAINDER 0",
                "shardloom.group.split.shard.b.bound=MODULUS 4, REMAINDER 1",
                "shardloom.group.split.shard.c.bound=MODULUS 4, REMAINDER 3");

        Topology topology = configuration
                .groups(Map.of("users", KeyType.TEXT, "split", KeyType.INT8))
                .orThrow(configuration);
        assertThat(topology.groups()).extracting(ShardGroup::name).containsExactly("logs", "split", "users");
        assertThat(topology.groups())
                .extracting(ShardGroup::layout)
                .containsExactly(Layout.PARTITIONED, Layout.PARTITIONED, Layout.PLAIN);
        assertThat(topology.shardMap().nodesOf("logs")).containsExactly("n2");
        assertThat(topology.shardMap().nodeOf("users", 1)).isEqualTo("n2");
        assertThat(topology.groups().get(2).shardOf("EUA").name()).isEqualTo("us");
    }

    @Test
    void knowsTheRolesOfRowLevelSecurityOnEachNode() {
        Configuration configuration = read(
                N1,
                N2,
                "shardloom.row-level-security=true",
                "shardloom.user=shop",
                "shardloom.node.n2.user=shop2",
                "shardloom.schema.user=owner",
                "shardloom.schema.password=secret");

        assertThat(configuration.faults()).isEmpty();
        RowSecurity roles = configuration.rowSecurity().orElseThrow();
        assertThat(List.of(roles.role("n1"), roles.nodeRole("n1"), roles.role("n2"), roles.nodeRole("n2")))
                .containsExactly("shop", "shop_node", "shop2", "shop2_node");
        assertThat(configuration.schemaCredentials()).contains(new Credentials("owner", "secret"));
        assertThat(read(N1).rowSecurity()).isEmpty();
        assertThat(read(N1, "shardloom.row-level-security=false").rowSecurity()).isEmpty();
    }

    @Test
    void reportsRolesOfRowLevelSecurityThatCannotBe() {
        faults(
                List.of(N1, "shardloom.row-level-security=true"),
                "shardloom.row-level-security.role: the policies of row-level security are made for a role, and none is"
                        + " known. Name the user who connects in shardloom.user, or the role here.");
        faults(
                List.of(
                        N1,
                        "shardloom.row-level-security=true",
                        "shardloom.user=shop",
                        "shardloom.row-level-security.node-role=shop"),
                "shardloom.row-level-security.node-role = shop: the role that sees whole nodes must not be the one that is"
                        + " held to one key. Name another one.");
    }

    @Test
    void givesTheNextVersionOfTheMap() {
        Topology topology = topology(KeyType.INT8, N1, N2, "shardloom.shards=2");
        var moved = topology.shardMap().withPlacement("default", 0, "n2");

        assertThat(moved.version()).isEqualTo(2);
        assertThat(moved.nodeOf("default", 0)).isEqualTo("n2");
        assertThat(topology.shardMap().nodeOf("default", 0)).isEqualTo("n1");
    }

    @Test
    void reportsEveryFaultInOneGo() {
        Configuration configuration = read(
                "shardloom.node.n1.primary=jdbc:mysql://db1/shop",
                "shardloom.node.n2.replicas=jdbc:postgresql://db2b/shop",
                "shardloom.shards=0",
                "shardloom.pasword=hush",
                "shardloom.connect-timeout=5",
                "shardloom.replica.choice=nearst");

        assertThatThrownBy(() ->
                        configuration.groups(Map.of("default", KeyType.INT8)).orThrow(configuration))
                .isInstanceOf(ConfigurationException.class)
                .hasMessage(String.join(
                        System.lineSeparator(),
                        "Shardloom cannot start: 6 faults in the set-up.",
                        "  1. shardloom.node.n1.primary = jdbc:mysql://db1/shop: not a PostgreSQL JDBC URL. Write it as"
                                + " jdbc:postgresql://host:5432/database.",
                        "  2. shardloom.node.n2.primary: the node n2 has no primary. Give the JDBC URL of the server that"
                                + " takes its writes, jdbc:postgresql://host:5432/database.",
                        "  3. shardloom.shards = 0: not a whole number from 1 to 4096.",
                        "  4. shardloom.connect-timeout = 5: not a duration. Give a number above 0 with its unit ms, s, m or"
                                + " h, such as 5s or 200ms.",
                        "  5. shardloom.replica.choice = nearst: not one of the choices: round-robin, random, weighted,"
                                + " least-busy, lowest-latency, nearest, or a class that implements"
                                + " io.shardloom.choice.ServerChoice. Did you mean nearest?",
                        "  6. shardloom.pasword: Shardloom has no such property. Did you mean shardloom.password?"));
    }

    @Test
    void findsFaultsOfNodes() {
        faults(
                List.of(),
                "shardloom.node.<name>.primary: there is no node. Name at least one, such as"
                        + " shardloom.node.n1.primary = jdbc:postgresql://host:5432/database.");
        faults(
                List.of(N1, "shardloom.node.N1.primary=jdbc:postgresql://db3/shop"),
                "shardloom.node.n1.*: the node names N1 and n1 differ in case only. Rename one of them.");
        faults(
                List.of(N1, "shardloom.node.n2.primary=jdbc:postgresql://DB1:5432/shop?ssl=true"),
                "shardloom.node.n2.primary = jdbc:postgresql://DB1:5432/shop?ssl=true: the server DB1:5432/shop is named in"
                        + " shardloom.node.n1.primary too. Name each server once.");
        faults(
                List.of(N1, "shardloom.node.n1.replicas=jdbc:postgresql://b/shop,jdbc:postgresql://b/shop"),
                "shardloom.node.n1.replicas = jdbc:postgresql://b/shop: the server b:5432/shop is named twice here. Name"
                        + " each server once.");
        faults(
                List.of("shardloom.node.n1.primary=jdbc:postgresql://db1"),
                "shardloom.node.n1.primary = jdbc:postgresql://db1: the URL names no database. Write it as"
                        + " jdbc:postgresql://host:5432/database.");
        faults(
                List.of("shardloom.node.n1.primary=jdbc:postgresql://db1,db2/shop"),
                "shardloom.node.n1.primary = jdbc:postgresql://db1,db2/shop: the URL names several hosts. Name one server"
                        + " here, and a node's standbys in its property replicas.");
        faults(
                List.of(N1, "shardloom.sequence.node=n3"),
                "shardloom.sequence.node = n3: there is no node 'n3' (nodes: n1). Did you mean n1?");
    }

    @Test
    void refusesCredentialsInAUrlAndNeverShowsThem() {
        faults(
                List.of("shardloom.node.n1.primary=jdbc:postgresql://u:hush@db1/shop"),
                "shardloom.node.n1.primary = jdbc:postgresql://***@db1/shop: the URL has a user or a password before the"
                        + " host. Take them out of the URL and set the properties user and password instead.");
        faults(
                List.of("shardloom.node.n1.primary=jdbc:postgresql://db1/shop?user=u&password=hush"),
                "shardloom.node.n1.primary = jdbc:postgresql://db1/shop?user=u&password=***: the URL has a user or a"
                        + " password among its parameters. Take them out of the URL and set the properties user and"
                        + " password instead.");
        assertThat(new Fault("shardloom.password", "hush", "x.")).hasToString("shardloom.password = ***: x.");
    }

    @Test
    void findsFaultsOfVariables() {
        faults(
                List.of(N1, "shardloom.password=${DB_PASSWORD}"),
                "shardloom.password: the environment variable DB_PASSWORD is not set. Set it, or give a default as"
                        + " ${DB_PASSWORD:default}.");
        faults(
                List.of(N1, "shardloom.user=${DB_USER"),
                "shardloom.user: a ${ is not of the form ${NAME} or ${NAME:default}. Close it, and name the environment"
                        + " variable.");
    }

    @Test
    void namesTheNearestKnownProperty() {
        faults(
                List.of(N1, "shardloom.nod.n2.primary=x"),
                "shardloom.nod.n2.primary: Shardloom has no such property. Did you mean shardloom.node.n2.primary?");
        faults(
                List.of(N1, "shardloom.group.users.stategy=list"),
                "shardloom.group.users.stategy: Shardloom has no such property. Did you mean"
                        + " shardloom.group.users.strategy?");
        faults(
                List.of(N1, "shardloom.completely.different=1"),
                "shardloom.completely.different: Shardloom has no such property. Remove it, or look its name up in the"
                        + " reference.");
        assertThat(Configuration.read(
                                properties(N1, "shardloom.schema.node=n1", "shardloom.boot.x=1"),
                                Set.of("shardloom.schema.node", "shardloom.boot.*"))
                        .faults())
                .isEmpty();
    }

    @Test
    void checksPoolSettingsAgainstHikariConfig() {
        faults(
                List.of(N1, "shardloom.hikari.maxPoolSize=7"),
                "shardloom.hikari.maxPoolSize = 7: HikariConfig has no property 'maxPoolSize'. Did you mean"
                        + " shardloom.hikari.maximumPoolSize?");
        faults(
                List.of(N1, "shardloom.hikari.autoCommit=true"),
                "shardloom.hikari.autoCommit = true: this setting of HikariCP is not free: it is always false, so that a"
                        + " transaction needs no statement to switch it. Remove it.");
        faults(
                List.of(N1, "shardloom.hikari.password=hush"),
                "shardloom.hikari.password = ***: this setting of HikariCP is not free: set shardloom.user and"
                        + " shardloom.password, or those of a node, instead.");
        assertThat(read(N1, "shardloom.hikari.maximumPoolSize=many").faults())
                .singleElement()
                .asString()
                .startsWith("shardloom.hikari.maximumPoolSize = many: HikariCP refuses the value: ");
    }

    @Test
    void findsFaultsOfGroups() {
        groupFaults(
                List.of("shardloom.group.g.strategy=hsh"),
                "shardloom.group.g.strategy = hsh: not one of the choices: hash, list, range. Did you mean hash?");
        groupFaults(
                List.of("shardloom.group.g.nodes=n1, n3"),
                "shardloom.group.g.nodes = n3: there is no node 'n3' (nodes: n1, n2). Did you mean n1?");
        groupFaults(
                List.of("shardloom.group.g.key-type=bigin"),
                "shardloom.group.g.key-type = bigin: not a type a shard key can have: smallint, integer, bigint, text, uuid,"
                        + " date, timestamp, timestamptz. Did you mean bigint?");
        groupFaults(
                List.of("shardloom.group.g.strategy=list"),
                "shardloom.group.g.shard.<shard>.bound: a list group needs its shards, and there is none. Give each one a"
                        + " bound, such as IN ('a', 'b') or DEFAULT.");
        groupFaults(
                List.of("shardloom.group.g.key-type=text"),
                "shardloom.group.g.key-type = text: key type not matching the group's: the shard keys of its entities are"
                        + " integer. Remove the property, or change the entities.");
        groupFaults(
                List.of("shardloom.group.g.shards=4", "shardloom.group.g.shard.p4.node=n1"),
                "shardloom.group.g.shard.p4.node: the group has no shard 'p4'. Its shards are p0 to p3.");
        groupFaults(
                List.of("shardloom.group.g.shard.a.bound=MODULUS 2, REMAINDER 0"),
                "shardloom.group.g.shard.*.bound: no shard takes these remainders of modulus 2: [1]. A hash group has no"
                        + " DEFAULT, so add shards for them.");
        groupFaults(
                List.of(
                        "shardloom.group.g.strategy=range",
                        "shardloom.group.g.shard.a.bound=FROM (1) TO (x)",
                        "shardloom.group.g.shard.b.node=n1"),
                "shardloom.group.g.shard.a.bound = FROM (1) TO (x): 'x' is not of type integer. Give a whole number such as"
                        + " 42.",
                "shardloom.group.g.shard.b.bound: the shard has no bound. Say which keys it holds.");
        groupFaults(
                List.of(
                        "shardloom.group.g.strategy=range",
                        "shardloom.group.g.shard.a.bound=FROM (1) TO (9)",
                        "shardloom.group.g.shard.b.bound=FROM (8) TO (20)"),
                "shardloom.group.g.shard.b.bound: FROM (8) TO (20) overlaps shard a (FROM (1) TO (9)). Let one end where the"
                        + " other starts.");
    }

    @Test
    void findsGroupsThatOnlyOneSideKnows() {
        Configuration configuration = read(N1, "shardloom.group.orders.shards=4");

        assertThat(configuration.groups(Map.of("ordres", KeyType.UUID)).faults())
                .extracting(Fault::toString)
                .containsExactly(
                        "shardloom.group.orders.key-type: the type of the group's keys is not known, because no entity uses"
                                + " the group. Give it here, such as uuid, or remove the group.",
                        "shardloom.group.ordres.strategy: the mapping uses the group 'ordres', which is not configured"
                                + " (groups: default, orders). Did you mean orders? Give the group a strategy: hash, list"
                                + " or range.");
    }

    private static void faults(List<String> lines, String... expected) {
        assertThat(read(lines.toArray(String[]::new)).faults())
                .extracting(Fault::toString)
                .containsExactly(expected);
    }

    private static void groupFaults(List<String> lines, String... expected) {
        Map<String, String> properties = properties(lines.toArray(String[]::new));
        properties.putAll(properties(N1, N2));
        Configuration configuration = Configuration.read(properties);
        List<Fault> all = new java.util.ArrayList<>(configuration.faults());
        all.addAll(configuration.groups(Map.of("g", KeyType.INT4)).faults());

        assertThat(all).extracting(Fault::toString).containsExactly(expected);
    }

    private static Topology topology(KeyType type, String... lines) {
        Configuration configuration = read(lines);
        return configuration.groups(Map.of("default", type)).orThrow(configuration);
    }

    private static Configuration read(String... lines) {
        return Configuration.read(properties(lines), Set.of(), name -> null);
    }

    private static Map<String, String> properties(String... lines) {
        Map<String, String> properties = new HashMap<>();
        for (String line : lines) {
            String[] parts = line.split("=", 2);
            properties.put(parts[0], parts[1]);
        }
        return properties;
    }
}
