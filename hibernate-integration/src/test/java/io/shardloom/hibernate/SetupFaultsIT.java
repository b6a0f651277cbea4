package io.shardloom.hibernate;

import static io.shardloom.hibernate.faulty.Boot.assertNothingLeft;
import static io.shardloom.hibernate.faulty.Boot.faultsOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.hibernate.faulty.Boot;
import io.shardloom.hibernate.faulty.Homes;
import io.shardloom.hibernate.faulty.Ids;
import io.shardloom.hibernate.internal.boot.ShardingRuntime;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import jakarta.persistence.Persistence;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import org.hibernate.boot.registry.StandardServiceRegistryBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A start with a wrong set-up: one error with every fault, and nothing left behind. */
@WithCluster(nodes = 2)
class SetupFaultsIT {
    private static final String SECRET = "pass-Word_of+Nobody";
    private static final String KEYLESS =
            "nothing says where its rows live. Put @ShardKey on the attribute that decides"
                    + " it, or @ReferenceTable (same rows on every node) or @LocalTable(node = …) on the class.";

    static EmbeddedCluster cluster;

    @AfterEach
    void nothingIsLeftBehind() throws Exception {
        assertNothingLeft(cluster);
    }

    private static Boot account() {
        return Boot.on(cluster, Homes.Account.class);
    }

    private static String primary(String node) {
        return cluster.node(node).primary().jdbcUrl();
    }

    @Test
    void tellsFaultsOfEveryKindInOneError() {
        var url = primary("n2").replace("/app", "/shpo");
        var faults = Boot.on(cluster, Homes.Account.class, Homes.Homeless.class, Ids.Identity.class)
                .with("shardloom.replica.chioce", "random")
                .with("shardloom.node.n2.primary", url)
                .with("shardloom.group.default.shards", "0")
                .with("jakarta.persistence.schema-generation.database.action", "update")
                .faults();

        assertThat(faults)
                .containsExactly(
                        "shardloom.group.default.shards = 0: not a whole number from 1 to 4096.",
                        "shardloom.replica.chioce: Shardloom has no such property. Did you mean"
                                + " shardloom.replica.choice?",
                        missingDatabase(url),
                        "jakarta.persistence.schema-generation.database.action = update: Hibernate cannot compare"
                                + " partitioned tables with the mapping. Use create, validate or none, and migrate with"
                                + " Flyway or Liquibase from Shardloom.createScripts(…).",
                        "Homes$Homeless: " + KEYLESS,
                        "Ids$Identity.id: @GeneratedValue(strategy = IDENTITY) would hand out the same numbers on every"
                                + " node. Use @ShardedUuid on a UUID, or @GlobalSequence(name = \"ids_identity_id\") on a"
                                + " number.");
    }

    @Test
    void namesTheNearestPropertyAndNeverTheValueOfAnUnknownOne() {
        assertThat(account()
                        .with("shardloom.pasword", SECRET)
                        .with("shardloom.node.n1.primry", "x")
                        .with("shardloom.group.default.shard.p01.nodes", "n1")
                        .with("shardloom.qwertyuiop", "x")
                        .faults())
                .containsExactly(
                        "shardloom.group.default.shard.p01.nodes: Shardloom has no such property. Did you mean"
                                + " shardloom.group.default.shard.p01.node?",
                        "shardloom.node.n1.primry: Shardloom has no such property. Did you mean"
                                + " shardloom.node.n1.primary?",
                        "shardloom.pasword: Shardloom has no such property. Did you mean shardloom.password?",
                        "shardloom.qwertyuiop: Shardloom has no such property. Remove it, or look its name up in the"
                                + " reference.");
    }

    @Test
    void saysWhatIsWrongWithTheFirstStatementOfEachConnectionAndNotWhatItIs() {
        assertThat(account()
                        .with("shardloom.hikari.connectionInitSql", "select '" + SECRET + "' from nowhere")
                        .faults())
                .containsExactly(initFault("n1"), initFault("n2"));
    }

    private static String initFault(String node) {
        return "shardloom.hikari.connectionInitSql: the primary of node " + node
                + " refuses it (ERROR: relation \"nowhere\" does not exist), so no pool can have a connection. Correct it.";
    }

    @Test
    void saysThatThereIsNoNode() {
        assertThat(Boot.bare(Homes.Account.class).with("shardloom.user", "app").faults())
                .containsExactly("shardloom.node.<name>.primary: there is no node. Name at least one, such as"
                        + " shardloom.node.n1.primary = jdbc:postgresql://host:5432/database.");
    }

    @Test
    void refusesAnAddressOfOnePlainServerBesideTheNodes() {
        var cure =
                ": a unit with nodes connects to these alone, so nothing would be read or written there. Remove it, or"
                        + " all shardloom.* properties for one PostgreSQL without sharding.";
        assertThat(account()
                        .with("jakarta.persistence.jdbc.url", primary("n1") + "?password=" + SECRET)
                        .faults())
                .containsExactly("jakarta.persistence.jdbc.url" + cure);
        assertThat(account().with("hibernate.connection.url", primary("n1")).faults())
                .singleElement()
                .asString()
                .endsWith(cure);
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "disallow", "DISALLOW"})
    void asksNoServerWhereHibernateMayAskNone(String access) {
        var started = Boot.bare(Homes.Account.class)
                .with("shardloom.node.n1.primary", "jdbc:postgresql://127.0.0.1:1/app")
                .with("shardloom.user", "nobody")
                .with("hibernate.boot.allow_jdbc_metadata_access", access)
                .with("jakarta.persistence.database-product-name", "PostgreSQL")
                .with("jakarta.persistence.database-major-version", 18);

        started.open().close();
    }

    @Test
    void refusesToLoadOutsideOfSessions() {
        assertThat(account().with("hibernate.enable_lazy_load_no_trans", "true").faults())
                .containsExactly("hibernate.enable_lazy_load_no_trans = true: what is loaded after its session has"
                        + " ended is loaded in another one, which has not its key. Remove it, and load what is needed"
                        + " before the session ends: by a fetch join, an entity graph or Hibernate.initialize.");
    }

    @Test
    void saysThatThereIsNoNodeWhereNoPropertyIsSetAtAll() {
        assertThat(Boot.bare(Homes.Account.class, Ids.Plain.class).faults())
                .containsExactly(
                        "shardloom.node.<name>.primary: there is no node, and Homes$Account is sharded. Name at"
                                + " least one, such as shardloom.node.n1.primary = jdbc:postgresql://host:5432/database, or"
                                + " jakarta.persistence.jdbc.url for one PostgreSQL without sharding.");
    }

    @Test
    void saysSoAlsoWhereTheKeyIsInAnEmbeddedId() {
        assertThat(Boot.bare(Ids.EmbeddedIdSequence.class).faults())
                .singleElement()
                .asString()
                .startsWith("shardloom.node.<name>.primary: there is no node, and Ids$EmbeddedIdSequence is sharded.");
    }

    @Test
    void leavesUnitsWithoutShardedEntitiesToHibernate() {
        assertThat(Boot.bare(Homes.Homeless.class).failure())
                .isInstanceOf(org.hibernate.HibernateException.class)
                .hasMessageContaining("Unable to determine Dialect without JDBC metadata");
    }

    @Test
    void refusesTheSameServerTwice() {
        assertThat(account().with("shardloom.node.n2.primary", primary("n1")).faults())
                .containsExactly("shardloom.node.n2.primary = " + primary("n1") + ": the server " + endpoint("n1")
                        + " is named in shardloom.node.n1.primary too. Name each server once.");
        assertThat(account().with("shardloom.node.n2.replicas", primary("n2")).faults())
                .containsExactly("shardloom.node.n2.replicas = " + primary("n2") + ": the server " + endpoint("n2")
                        + " is named in shardloom.node.n2.primary too. Name each server once.");
    }

    @Test
    void refusesTheSameServerByAnotherNameOfItsHost() {
        var url = primary("n1").replace("127.0.0.1", "localhost");
        assertThat(account().with("shardloom.node.n2.primary", url).faults())
                .containsExactly("shardloom.node.n2.primary = " + url
                        + ": it is the server and database of node n1 by another address. Name each server once.");
    }

    @Test
    void refusesNodeNamesThatDifferInCaseOnly() {
        assertThat(account()
                        .with("shardloom.node.N1.primary", primary("n1").replace("/app", "/shpo"))
                        .faults())
                .hasSize(2)
                .contains("shardloom.node.n1.*: the node names N1 and n1 differ in case only. Rename one of them.");
    }

    private static String endpoint(String node) {
        return "127.0.0.1:" + cluster.node(node).primary().port() + "/app";
    }

    /** No server is to answer within the short time, however slow the machine. */
    @Test
    void saysWhichPrimariesWereNotReachedAndAfterHowLong() {
        var nowhere = account()
                .with("shardloom.node.n1.primary", "jdbc:postgresql://127.0.0.1:1/one")
                .with("shardloom.node.n2.primary", "jdbc:postgresql://127.0.0.1:1/two");

        var faults = Limits.longEnough(
                limit -> nowhere.with("shardloom.connect-timeout", limit.toSeconds() + "s")
                        .faults(),
                all -> all.stream().allMatch(fault -> fault.contains("Connection refused"))); // both were asked by then

        assertThat(faults).hasSize(2);
        assertThat(faults.get(0)).matches(notReached("n1", "one"));
        assertThat(faults.get(1)).matches(notReached("n2", "two"));
    }

    private static String notReached(String node, String database) {
        return "shardloom\\.node\\." + node + "\\.primary = jdbc:postgresql://127\\.0\\.0\\.1:1/" + database
                + ": no connection after [1-9]\\d*\\.\\d s \\(Connection refused\\)\\. Start the server or"
                + " correct the address\\.";
    }

    @Test
    void aBootGoesOnWhileAServerIsConnectedTo() throws Exception {
        try (var silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            var settings = new HashMap<String, Object>(cluster.shardloomProperties());
            settings.put("shardloom.node.n2.primary", "jdbc:postgresql://127.0.0.1:" + silent.getLocalPort() + "/shop");
            settings.put("shardloom.connect-timeout", "30s");
            var registry =
                    new StandardServiceRegistryBuilder().applySettings(settings).build();
            try {
                assertThat(registry.requireService(ShardingRuntime.class).isConnected())
                        .isFalse();
            } finally {
                StandardServiceRegistryBuilder.destroy(registry);
            }
        }
    }

    @Test
    void saysThatADatabaseIsMissing() {
        var url = primary("n2").replace("/app", "/shpo");
        assertThat(account().with("shardloom.node.n2.primary", url).faults()).containsExactly(missingDatabase(url));
    }

    private static String missingDatabase(String url) {
        return "shardloom.node.n2.primary = " + url
                + ": the server has no database 'shpo'. Create it, or correct its name in the address.";
    }

    @Test
    void tellsAWrongPasswordWithoutShowingItInTheErrorOrInAnyLog() {
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("shardloom.password", SECRET);
        properties.put("shardloom.node.n2.password", SECRET + "2");
        properties.put("shardloom.node.n2.user", "somebody");

        var outcome = Boot.logged(
                () -> Persistence.createEntityManagerFactory("shop", properties).close());

        assertThat(faultsOf(outcome.failure()))
                .containsExactly(
                        "shardloom.node.n1.primary = " + primary("n1")
                                + ": the server refused the user app (FATAL: password authentication failed for user"
                                + " \"app\"). Check shardloom.user and shardloom.password, or shardloom.node.n1.user and"
                                + " shardloom.node.n1.password.",
                        "shardloom.node.n2.primary = " + primary("n2")
                                + ": the server refused the user somebody (FATAL: password authentication failed for"
                                + " user \"somebody\"). Check shardloom.user and shardloom.password, or"
                                + " shardloom.node.n2.user and shardloom.node.n2.password.");
        assertThat(outcome.everything()).doesNotContain(SECRET).contains("shardloom.node.n2.password");
    }

    @Test
    void showsNoPasswordOfAStartThatGoesWell() throws Exception {
        cluster.node("n1").primary().executeAsSuperuser("create role discreet login password '" + SECRET + "'");
        var properties = new HashMap<String, Object>(cluster.shardloomProperties());
        properties.put("shardloom.node.n1.user", "discreet");
        properties.put("shardloom.node.n1.password", SECRET);
        try {
            var outcome = Boot.logged(() -> {
                try (var emf = Persistence.createEntityManagerFactory("shop", properties)) {
                    assertThat(emf.toString()).doesNotContain(SECRET);
                    assertThat(emf.getProperties().toString()).doesNotContain(SECRET);
                    assertThat(Shardloom.of(emf).status().toString()).doesNotContain(SECRET);
                    throw new UnsupportedOperationException("worked");
                }
            });

            assertThat(outcome.failure()).hasMessage("worked");
            assertThat(outcome.log()).doesNotContain(SECRET);
        } finally {
            cluster.node("n1").primary().executeAsSuperuser("drop role discreet");
        }
    }

    @Test
    void refusesASecretInAnAddressAndHidesIt() {
        assertThat(account()
                        .with("shardloom.node.n2.primary", primary("n2") + "?password=" + SECRET)
                        .faults())
                .containsExactly(
                        "shardloom.node.n2.primary = " + primary("n2") + "?password=***: the URL has a user or a"
                                + " password among its parameters. Take them out of the URL and set the properties user and"
                                + " password instead.");
    }

    @Test
    void saysWhichEnvironmentVariableIsMissing() {
        assertThat(account()
                        .with("shardloom.password", "${SHARDLOOM_TEST_NOT_SET}")
                        .faults())
                .containsExactly(
                        "shardloom.password: the environment variable SHARDLOOM_TEST_NOT_SET is not set. Set it,"
                                + " or give a default as ${SHARDLOOM_TEST_NOT_SET:default}.");
    }

    @Test
    void refusesListBoundsThatOverlap() {
        assertThat(Boot.on(cluster, Homes.ByText.class)
                        .with("shardloom.group.default.strategy", "list")
                        .with("shardloom.group.default.shard.a.bound", "IN ('EUA', 'Brasil')")
                        .with("shardloom.group.default.shard.b.bound", "IN ('Brasil')")
                        .with("shardloom.group.default.shard.c.bound", "DEFAULT")
                        .with("shardloom.group.default.shard.d.bound", "DEFAULT")
                        .faults())
                .containsExactly(
                        "shardloom.group.default.shard.b.bound: the value 'Brasil' is also in shard a. Leave it in one of"
                                + " the two.",
                        "shardloom.group.default.shard.d.bound: shard c is the DEFAULT already. Keep one DEFAULT, give"
                                + " the other a bound.");
    }

    @Test
    void refusesRangeBoundsThatOverlap() {
        assertThat(Boot.on(cluster, Homes.ByNumber.class)
                        .with("shardloom.group.default.strategy", "range")
                        .with("shardloom.group.default.shard.low.bound", "FROM (MINVALUE) TO (1000)")
                        .with("shardloom.group.default.shard.high.bound", "FROM (500) TO (MAXVALUE)")
                        .faults())
                .containsExactly(
                        "shardloom.group.default.shard.high.bound: FROM ('500') TO (MAXVALUE) overlaps shard low"
                                + " (FROM (MINVALUE) TO ('1000')). Let one end where the other starts.");
    }

    @Test
    void refusesAGapInAHashMap() {
        assertThat(account()
                        .with("shardloom.group.default.shard.a.bound", "MODULUS 4, REMAINDER 0")
                        .with("shardloom.group.default.shard.b.bound", "MODULUS 2, REMAINDER 1")
                        .faults())
                .containsExactly("shardloom.group.default.shard.*.bound: no shard takes these remainders of modulus 4:"
                        + " [2]. A hash group has no DEFAULT, so add shards for them.");
    }

    @Test
    void refusesDefaultInAHashGroup() {
        assertThat(account()
                        .with("shardloom.group.default.shard.a.bound", "MODULUS 1, REMAINDER 0")
                        .with("shardloom.group.default.shard.b.bound", "DEFAULT")
                        .faults())
                .containsExactly("shardloom.group.default.shard.b.bound: a hash group may not have a DEFAULT shard,"
                        + " because every key has a remainder. Give MODULUS and REMAINDER.");
    }

    @Test
    void refusesBoundsOfAnotherTypeAndTextThatIsNoBound() {
        assertThat(Boot.on(cluster, Homes.ByNumber.class)
                        .with("shardloom.group.default.strategy", "list")
                        .with("shardloom.group.default.shard.a.bound", "IN ('Brasil')")
                        .with("shardloom.group.default.shard.b.bound", "IN (1")
                        .with("shardloom.group.default.shard.c.node", "n7")
                        .faults())
                .containsExactly(
                        "shardloom.group.default.shard.c.node = n7: there is no node 'n7' (nodes: n1, n2). Did you mean"
                                + " n1?",
                        "shardloom.group.default.shard.a.bound = IN ('Brasil'): 'Brasil' is not of type bigint. Give a whole"
                                + " number such as 42.",
                        "shardloom.group.default.shard.b.bound = IN (1: not a partition bound: the end stands where ) is"
                                + " expected. Write IN ('a', 'b'), FROM ('a') TO ('m') with MINVALUE and MAXVALUE for"
                                + " open ends, MODULUS 32, REMAINDER 7, or DEFAULT.",
                        "shardloom.group.default.shard.c.bound: the shard has no bound. Say which keys it holds.");
    }

    @Test
    void refusesAKeyTypeThatIsNotTheMappings() {
        assertThat(account().with("shardloom.group.default.key-type", "bigint").faults())
                .containsExactly("shardloom.group.default.key-type = bigint: key type not matching the group's: the"
                        + " shard keys of its entities are uuid. Remove the property, or change the entities.");
    }

    @Test
    void refusesAGroupNobodyUsesAndNobodyTypes() {
        assertThat(account()
                        .with("shardloom.group.default.shards", "2")
                        .with("shardloom.group.spare.shards", "2")
                        .faults())
                .containsExactly("shardloom.group.spare.key-type: the type of the group's keys is not known, because no"
                        + " entity uses the group. Give it here, such as uuid, or remove the group.");
    }

    @Test
    void refusesToUpdateASchemaByEitherName() {
        var cure = " = update: Hibernate cannot compare partitioned tables with the mapping. Use create, validate or"
                + " none, and migrate with Flyway or Liquibase from Shardloom.createScripts(…).";
        assertThat(account()
                        .without("jakarta.persistence.schema-generation.database.action")
                        .with("hibernate.hbm2ddl.auto", "update")
                        .faults())
                .containsExactly("hibernate.hbm2ddl.auto" + cure);
        assertThat(account()
                        .with("jakarta.persistence.schema-generation.database.action", "update")
                        .faults())
                .containsExactly("jakarta.persistence.schema-generation.database.action" + cure);
    }

    @Test
    void refusesAnUnknownNodeForTheSchema() {
        assertThat(account().with("shardloom.schema.node", "n7").faults())
                .containsExactly("shardloom.schema.node = n7: there is no such node. Name one of n1, n2.");
    }

    @Test
    void refusesOneScriptFileForSeveralNodes() {
        assertThat(account()
                        .with("jakarta.persistence.schema-generation.scripts.action", "create")
                        .with("jakarta.persistence.schema-generation.scripts.create-target", "target/never.sql")
                        .faults())
                .containsExactly(
                        "jakarta.persistence.schema-generation.scripts.action = create: a script file takes the"
                                + " statements of one node, and the unit has 2 (n1, n2). Name one in shardloom.schema.node, or"
                                + " call Shardloom.createScripts(…) for all of them.");
    }

    @Test
    void refusesNamesOfPartitionsThatPostgresWouldCut() {
        assertThat(Boot.on(cluster, Homes.LongName.class).faults())
                .containsExactly("table a_table_with_a_name_of_sixty_one_bytes_which_postgresql_keeps: its partition"
                        + " a_table_with_a_name_of_sixty_one_bytes_which_postgresql_keeps_p00 would have a name of 65"
                        + " bytes, and PostgreSQL keeps 63. Shorten the name of the table or of the shard by 2.");
    }

    @Test
    void refusesAnUnknownNodeForSequences() {
        assertThat(account().with("shardloom.sequence.node", "n3").faults())
                .containsExactly(
                        "shardloom.sequence.node = n3: there is no node 'n3' (nodes: n1, n2). Did you mean n1?");
    }

    @Test
    void tellsTheSameFaultsWhereOnlyScriptsAreWritten() {
        var failure = catchThrowable(() -> Shardloom.createScripts(
                "shop",
                java.util.Map.of(
                        "shardloom.node.n2.primary",
                        "jdbc:postgresql://db2:5432/shop",
                        "shardloom.node.n1.primry",
                        "jdbc:postgresql://db1:5432/shop")));

        assertThat(faultsOf(failure))
                .contains("shardloom.node.n1.primry: Shardloom has no such property. Did you mean"
                        + " shardloom.node.n1.primary?");
    }

    @Test
    void closesThePoolsWhenHibernateRefusesTheMapping() {
        assertThat(Boot.on(cluster, Homes.Account.class, Ids.WithoutId.class).failure())
                .isInstanceOf(org.hibernate.AnnotationException.class)
                .hasMessageContaining("has no identifier");
    }

    @Test
    void ignoresTheSystemPropertiesOfTheTestServers() {
        assertThat(account()
                        .with("shardloom.testing.cache", "/tmp")
                        .with("shardloom.shards", "none")
                        .faults())
                .isEqualTo(List.of("shardloom.shards = none: not a whole number from 1 to 4096."));
    }
}
