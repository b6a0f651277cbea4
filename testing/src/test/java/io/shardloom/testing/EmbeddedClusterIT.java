package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EmbeddedClusterIT {

    private static final Queue<String> PROGRESS = new ConcurrentLinkedQueue<>();
    private static EmbeddedCluster cluster;

    @BeforeAll
    static void start() {
        cluster = EmbeddedCluster.builder()
                .nodes(2, 1)
                .server("coordinator")
                .database("shop")
                .user("shop keeper")
                .password("it's: a/secret?")
                .setting("work_mem", "8MB")
                .setting("max_connections", "60")
                .fsync(true)
                .onProgress(PROGRESS::add)
                .start();
    }

    @AfterAll
    static void close() {
        cluster.close();
    }

    @Test
    void whatAPrimaryCommitsCanBeReadOnItsReplicas() throws SQLException {
        var node = cluster.node("n1");
        node.primary().execute("create table replicated (id int)", "insert into replicated values (7), (8)");

        cluster.awaitReplicas();

        assertThat(node.replica(0).value("select sum(id) from replicated")).isEqualTo("15");
        assertThat(node.replica(0).value("select status from pg_stat_wal_receiver"))
                .isEqualTo("streaming");
        assertThat(cluster.node("n2").primary().value("select to_regclass('replicated') is null"))
                .isEqualTo("t");
    }

    @Test
    void awaitReplicasCarriesAsynchronousCommitsToo() throws SQLException {
        var node = cluster.node("n2");
        node.primary().execute("create table lazily (id int)");
        for (int i = 1; i <= 20; i++) {
            node.primary().execute("set synchronous_commit = off", "insert into lazily values (" + i + ")");

            node.awaitReplicas();

            assertThat(node.replica(0).value("select count(*) from lazily")).isEqualTo(Integer.toString(i));
        }
    }

    @Test
    void aReplicaRefusesWrites() {
        assertThatThrownBy(() -> cluster.node("n1").replica(0).execute("create table never (id int)"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("25006"));
    }

    @Test
    void everyNodeHasASystemIdentifierOfItsOwnAndSharesItWithItsReplicas() throws SQLException {
        var query = "select system_identifier from pg_control_system()";
        for (var node : cluster.nodes()) {
            assertThat(node.replica(0).value(query)).isEqualTo(node.primary().value(query));
        }

        assertThat(cluster.nodes().stream().map(node -> valueOf(node.primary(), query)))
                .doesNotHaveDuplicates();
    }

    @Test
    void aWrongPasswordIsRefusedByEveryServer() {
        for (var server : cluster.servers()) {
            for (var user : List.of("shop keeper", "postgres", "replicator")) {
                assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), user, "wrong"))
                        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                                .isEqualTo("28P01"));
            }
        }
    }

    @Test
    void allPasswordsAreStoredForScramAndNoRuleTrustsAnybody() throws SQLException {
        var server = cluster.node("n1").replica(0);

        assertThat(server.value(
                        "select count(*) from pg_authid where rolcanlogin and rolpassword like 'SCRAM-SHA-256$%'"))
                .isEqualTo("3");
        assertThat(server.value("select string_agg(distinct auth_method, ',') from pg_hba_file_rules"))
                .isEqualTo("scram-sha-256");
        assertThat(server.value("select string_agg(distinct address, ',') from pg_hba_file_rules"))
                .isEqualTo("127.0.0.1");
    }

    @Test
    void theApplicationUserOwnsItsDatabaseAndIsNoSuperuser() throws SQLException {
        try (var connection = cluster.server("coordinator").connect()) {
            assertThat(
                            EmbeddedServer.value(
                                    connection,
                                    "select rolname, rolsuper, rolreplication, rolcreaterole from pg_roles"
                                            + " where rolname = current_user and not (rolsuper or rolreplication or rolcreaterole)"))
                    .isEqualTo("shop keeper");
            assertThat(EmbeddedServer.value(
                            connection,
                            "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"))
                    .isEqualTo("shop keeper");
        }
    }

    @Test
    void serversAreSetAsInARealDeploymentAndAsTheCallerWishes() throws SQLException {
        for (var server : cluster.servers()) {
            assertThat(server.value("select current_setting('wal_level')")).isEqualTo("logical");
            assertThat(server.value("select current_setting('max_prepared_transactions')"))
                    .isEqualTo("64");
            assertThat(server.value("select current_setting('fsync')")).isEqualTo("on");
            assertThat(server.value("select current_setting('work_mem')")).isEqualTo("8MB");
            assertThat(server.value("select current_setting('max_connections')"))
                    .isEqualTo("60");
            assertThat(server.value("select current_setting('unix_socket_directories')"))
                    .isEmpty();
            assertThat(server.value("select current_setting('cluster_name')")).isEqualTo(server.name());
            assertThat(server.value("select current_setting('server_encoding')"))
                    .isEqualTo("UTF8");
            assertThat(server.value("select datlocprovider::text || datlocale from pg_database where datname = 'shop'"))
                    .isEqualTo("bC.UTF-8");
        }
    }

    @Test
    void textSortsByCodePoint() throws SQLException {
        assertThat(cluster.node("n1")
                        .primary()
                        .value("select string_agg(t, '' order by t) from unnest(array['b', 'ä', 'B', 'a', '€']) t"))
                .isEqualTo("Babä€");
    }

    @Test
    void shardloomPropertiesNameTheNodesButNoStandaloneServer() {
        var n1 = cluster.node("n1");

        var properties = cluster.shardloomProperties();

        assertThat(properties)
                .containsEntry(
                        "shardloom.node.n1.primary",
                        "jdbc:postgresql://127.0.0.1:" + n1.primary().port() + "/shop")
                .containsEntry("shardloom.node.n1.replicas", n1.replica(0).jdbcUrl())
                .containsEntry("shardloom.user", "shop keeper")
                .containsEntry("shardloom.password", "it's: a/secret?");
        assertThat(properties.keySet()).noneMatch(key -> key.contains("coordinator"));
        assertThat(cluster.shardloomProperties("other").get("shardloom.node.n2.primary"))
                .endsWith("/other");
        assertThat(n1.primary().psqlUrl())
                .startsWith("postgresql://shop%20keeper:it%27s%3A%20a%2Fsecret%3F@127.0.0.1:");
    }

    @Test
    void aDatabaseIsCreatedAndDroppedEverywhereWhateverHangsOnIt() throws SQLException {
        cluster.createDatabase("extra");
        for (var server : cluster.servers()) {
            server.connect("extra").close();
        }
        var primary = cluster.node("n1").primary();
        try (var open = primary.connect("extra");
                var admin = primary.connectAsSuperuser("extra")) {
            EmbeddedServer.run(admin, "select pg_create_logical_replication_slot('left_over', 'pgoutput')");
            EmbeddedServer.run(open, "create table t (id int)");
            EmbeddedServer.run(open, "begin", "insert into t values (1)", "prepare transaction 'left over'");

            cluster.dropDatabase("extra");
        }

        for (var server : cluster.servers()) {
            assertThat(server.value("select count(*) from pg_database where datname = 'extra'"))
                    .isEqualTo("0");
        }
    }

    @Test
    void aNodeAddedLaterHasAllDatabasesAndWorkingReplicas() throws SQLException {
        cluster.createDatabase("second");

        var node = cluster.addNode("n3", 1);

        assertThat(node.replica(0).value("select count(*) from pg_database where datname in ('shop', 'second')"))
                .isEqualTo("2");
        assertThat(cluster.shardloomProperties()).containsKey("shardloom.node.n3.replicas");
        assertThatThrownBy(() -> cluster.addNode("N3", 0)).hasMessageContaining("Two nodes or servers are called 'N3'");
    }

    @Test
    void askingForAnUnknownNodeNamesTheKnownOnes() {
        assertThatThrownBy(() -> cluster.node("n9"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no node 'n9' (nodes: [n1, n2");
        assertThatThrownBy(() -> cluster.server("n9-1")).hasMessageContaining("coordinator (127.0.0.1:");
    }

    @Test
    void progressIsToldInSentences() {
        assertThat(PROGRESS)
                .contains("n1 primary is up on port "
                        + cluster.node("n1").primary().port())
                .anyMatch(line -> line.startsWith("n2 replica n2-2 is up on port "))
                .anyMatch(line -> line.matches("cluster of 5 servers is ready after \\d+ ms"));
    }

    @Test
    void aServerThatCannotStartIsReportedWithItsLogAndLeavesNothing() {
        var before = ProcessHandle.current().children().collect(Collectors.toSet());

        assertThatThrownBy(() -> EmbeddedCluster.builder()
                        .node("n1", 0)
                        .setting("shared_preload_libraries", "no_such_library")
                        .deadline(Duration.ofSeconds(30))
                        .start())
                .isInstanceOf(EmbeddedClusterException.class)
                .hasMessageContaining("no_such_library");

        Await.until("no process of the failed cluster is left", Duration.ofSeconds(60), () -> ProcessHandle.current()
                .children()
                .allMatch(before::contains));
    }

    private static String valueOf(EmbeddedServer server, String query) {
        try {
            return server.value(query);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
