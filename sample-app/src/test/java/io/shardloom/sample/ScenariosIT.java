package io.shardloom.sample;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.sample.MainTest.Outcome;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** All scenarios run once; the tests look at what was shown, and ask the servers themselves past Shardloom. */
class ScenariosIT {

    static EmbeddedServers servers;
    static EmbeddedCluster cluster;
    static Map<String, Table> tables;
    static String text;

    @BeforeAll
    static void run() {
        var out = new ByteArrayOutputStream();
        var screen = new Screen(new PrintStream(out, true, UTF_8));
        servers = EmbeddedServers.start(screen);
        cluster = servers.cluster();
        new Tour(servers, screen).run(Scenario.ALL);
        tables = screen.tables().stream()
                .collect(Collectors.toMap(Table::title, table -> table, (a, b) -> a, LinkedHashMap::new));
        text = out.toString(UTF_8);
    }

    @AfterAll
    static void stop() {
        servers.close();
    }

    @Test
    void fitsTheScreen() {
        assertThat(text.lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    }

    @Test
    void saysThatServersStart() {
        assertThat(text)
                .startsWith("starting 6 PostgreSQL 18 servers")
                .contains("n1 primary is up on port", "cluster of 6 servers is ready");
    }

    @Test
    void geoFindsEverybodyByCountryOnTheNodeOfTheList() throws SQLException {
        assertThat(rows("Everyone"))
                .containsExactly(
                        List.of("1", "João", "Brasil"), List.of("3", "John", "EUA"), List.of("2", "Sophie", "França"));
        assertThat(rows("Node n1")).containsExactly(List.of("1", "João", "Brasil"), List.of("3", "John", "EUA"));
        assertThat(rows("Node n2")).containsExactly(List.of("2", "Sophie", "França"));
        var sql = "select id, nome, pais, cast(tableoid as regclass) from usuarios order by pais";
        assertThat(ask("n1", sql))
                .containsExactly(
                        List.of("1", "João", "Brasil", "usuarios_america"),
                        List.of("3", "John", "EUA", "usuarios_america"));
        assertThat(ask("n2", sql)).containsExactly(List.of("2", "Sophie", "França", "usuarios_europa"));
    }

    @Test
    void geoRefusesOtherCountriesInJavaAndInTheDatabase() {
        assertThat(text.replaceAll("\\s+", " "))
                .contains("Group 'geo' has no shard for the key 'Portugal' (shards: america IN ('EUA',"
                        + " 'Brasil', 'Mexico'); europa IN ('França', 'Alemanha', 'Espanha')).");
        assertThat(rows("Rows sent to a wrong node"))
                .extracting(row -> row.subList(0, 3))
                .containsExactly(
                        List.of("n1", "Portugal", "23514"),
                        List.of("n1", "França", "23514"),
                        List.of("n2", "Portugal", "23514"),
                        List.of("n2", "Brasil", "23514"));
        assertThat(rows("Rows sent to a wrong node"))
                .allSatisfy(row -> assertThat(row.get(3)).contains("no partition of relation \"usuarios\" found"));
    }

    @Test
    void activityFindsTheLogOfEachUserInOnePartition() throws SQLException {
        assertThat(rows("The active servers"))
                .extracting(row -> row.get(0) + " " + row.get(1))
                .containsExactly("n1 PRIMARY", "n1 REPLICA", "n1 REPLICA", "n2 PRIMARY", "n2 REPLICA", "n2 REPLICA");
        assertThat(rows("What user 1 did"))
                .containsExactly(List.of("1", "1", "Logged in"), List.of("1", "3", "Updated profile"));
        assertThat(rows("What user 2 did"))
                .containsExactly(List.of("2", "2", "Viewed dashboard"), List.of("2", "5", "Logged out"));
        assertThat(rows("What user 3 did")).containsExactly(List.of("3", "4", "Posted a comment"));
        for (var user : List.of("1", "2")) {
            var shown = text.substring(text.indexOf("Where user " + user + " lives"));
            var explained = shown.substring(0, shown.indexOf("PostgreSQL's own plan"));
            var shard = explained.replaceFirst("(?s).*shard +(p\\d):.*", "$1");
            var node = explained.replaceFirst("(?s).*node +(n\\d) .*", "$1");
            var plan = shown.substring(explained.length(), shown.indexOf("\n\n", explained.length()));
            assertThat(plan.lines().filter(line -> line.contains("Scan")))
                    .singleElement()
                    .asString()
                    .contains("on activity_log_" + shard);
            assertThat(ask(
                            node,
                            "select distinct cast(tableoid as regclass) from activity_log where user_id = " + user))
                    .containsExactly(List.of("activity_log_" + shard));
        }
        var all = "select user_id, action_description from activity_log";
        assertThat(List.of(ask("n1", all), ask("n2", all)).stream().flatMap(List::stream))
                .containsExactlyInAnyOrder(
                        List.of("1", "Logged in"),
                        List.of("2", "Viewed dashboard"),
                        List.of("1", "Updated profile"),
                        List.of("3", "Posted a comment"),
                        List.of("2", "Logged out"));
    }

    @Test
    void temperaturesPutsEachYearWhereItsRangeIs() throws SQLException {
        assertThat(rows("The shards"))
                .extracting(row -> String.join(" ", row))
                .containsExactly(
                        "temperatures_2012 n1 FROM ('2012-01-01') TO ('2013-01-01') 366",
                        "temperatures_2013 n1 FROM ('2013-01-01') TO ('2014-01-01') 365",
                        "temperatures_2014 n2 FROM ('2014-01-01') TO ('2015-01-01') 365",
                        "temperatures_2015 n2 FROM ('2015-01-01') TO ('2016-01-01') 365",
                        "temperatures_2016 n2 FROM ('2016-01-01') TO ('2017-01-01') 1",
                        "temperatures_2017 n2 FROM ('2017-01-01') TO ('2018-01-01') 0",
                        "temperatures_default n1 DEFAULT 0");
        assertThat(rows("The daily highs"))
                .extracting(row -> String.join(" ", row))
                .containsExactly(
                        "2012 Seattle USA 366 59.5 93.92 n1",
                        "2013 Seattle USA 365 60.9 93.02 n1",
                        "2014 Seattle USA 365 62.6 96.08 n2",
                        "2015 Seattle USA 365 63.4 95.00 n2",
                        "2016 London United Kingdom 1 63.0 63.00 n2");
        var sql = "select extract(year from reading_date), count(*) from temperatures group by 1 order by 1";
        assertThat(ask("n1", sql)).containsExactly(List.of("2012", "366"), List.of("2013", "365"));
        assertThat(ask("n2", sql))
                .containsExactly(List.of("2014", "365"), List.of("2015", "365"), List.of("2016", "1"));
        assertThat(ask(
                        "n1",
                        "select inhrelid::regclass from pg_inherits where inhparent = 'temperatures'::regclass"
                                + " order by 1::text"))
                .containsExactlyInAnyOrder(
                        List.of("temperatures_2012"), List.of("temperatures_2013"), List.of("temperatures_default"));
    }

    @Test
    void temperaturesHasTheSameCitiesOnEveryNode() throws SQLException {
        var sql = "select name, country from cities order by name";
        assertThat(ask("n1", sql)).containsExactly(List.of("London", "United Kingdom"), List.of("Seattle", "USA"));
        assertThat(ask("n2", sql)).isEqualTo(ask("n1", sql));
        assertThat(rows("What the copies of the cities")).containsExactly(List.of("cities", "(none)", "", ""));
    }

    @Test
    void temperaturesReadsLondonBackFromItsNodeOnly() throws SQLException {
        var reading = List.of("2016-08-03", "London", "63.00");
        assertThat(rows("London on 2016-08-03"))
                .containsExactly(
                        List.of("key 2016-08-03", "2016-08-03", "London", "63.00"),
                        List.of("every node", "2016-08-03", "London", "63.00"));
        var sql = "select reading_date, city, temp from temperatures where city = 'London'";
        assertThat(ask("n1", sql)).isEmpty();
        assertThat(ask("n2", sql)).containsExactly(reading);
    }

    @Test
    void sensorsCountsNodesPlacementsRowsAndCopies() throws SQLException {
        assertThat(rows("How many")).containsExactly(List.of("2", "4", "1000"));
        assertThat(rows("Placements on each node")).containsExactly(List.of("n1", "2"), List.of("n2", "2"));
        assertThat(rows("Rows in each shard"))
                .extracting(row -> row.get(0) + " " + row.get(2))
                .containsExactly("p0 n1", "p1 n2", "p2 n1", "p3 n2");
        for (var row : rows("Rows in each shard")) {
            assertThat(ask(row.get(2), "select count(*) from " + row.get(1))).containsExactly(List.of(row.get(3)));
        }
        assertThat(rows("Rows in each shard").stream()
                        .mapToLong(row -> Long.parseLong(row.get(3)))
                        .sum())
                .isEqualTo(1000);
        var averages = "select sensor_id, round(avg(value)::numeric, 2), round(max(value)::numeric, 1)"
                + " from sensor_data group by sensor_id";
        var warmest = Stream.concat(ask("n1", averages).stream(), ask("n2", averages).stream())
                .sorted(Comparator.comparing((List<String> row) -> -Double.parseDouble(row.get(1))))
                .limit(3)
                .toList();
        assertThat(rows("The three warmest")).isEqualTo(warmest);
        assertThat(rows("Copies of each shard")).allSatisfy(row -> {
            var node = cluster.node(row.get(0).matches("p[02]") ? "n1" : "n2");
            assertThat(row.get(1)).isEqualTo("3");
            assertThat(row.get(2)).isEqualTo(endpoint(node.primary()));
            assertThat(row.get(3).split(" "))
                    .containsExactlyElementsOf(
                            node.replicas().stream().map(ScenariosIT::endpoint).toList());
        });
    }

    @Test
    void usersAreInThePartitionsPostgresPutsThem() throws SQLException {
        assertThat(rows("The users"))
                .extracting(row -> row.get(1))
                .containsExactly("John", "Jane", "Bob", "Alice", "Charlie");
        for (var row : rows("The users")) {
            assertThat(row.get(0).charAt(14)).isEqualTo('7');
            assertThat(ask(
                            row.get(3),
                            "select first_name, cast(tableoid as regclass) from tbl_users where id = '" + row.get(0)
                                    + "'"))
                    .containsExactly(List.of(row.get(1), row.get(2)));
        }
        var partitions = rows("Rows in each partition, 5 in all");
        assertThat(partitions)
                .extracting(row -> row.get(0))
                .containsExactly("tbl_users_p0", "tbl_users_p1", "tbl_users_p2", "tbl_users_p3");
        for (var row : partitions) {
            assertThat(ask(row.get(1), "select count(*) from " + row.get(0))).containsExactly(List.of(row.get(2)));
        }
        assertThat(partitions.stream()
                        .mapToLong(row -> Long.parseLong(row.get(2)))
                        .sum())
                .isEqualTo(5);
    }

    @Test
    void usersAreWrittenOnPrimariesAndReadOnReplicas() {
        var work = rows("Which server does the work");
        assertThat(work).allSatisfy(row -> {
            var node = cluster.node(row.get(0));
            var ports = (row.get(1).equals("write") ? List.of(node.primary()) : node.replicas())
                    .stream().map(server -> Integer.toString(server.port()));
            assertThat(ports).contains(row.get(2));
            assertThat(row.get(3)).isEqualTo(row.get(1).equals("write") ? "no" : "yes");
        });
        assertThat(work.stream()
                        .filter(row -> row.get(1).equals("write"))
                        .mapToInt(row -> Integer.parseInt(row.get(4)))
                        .sum())
                .isEqualTo(5);
        assertThat(work.stream()
                        .filter(row -> row.get(1).equals("read"))
                        .mapToInt(row -> Integer.parseInt(row.get(4)))
                        .sum())
                .isEqualTo(40);
    }

    @Test
    void usersShowsTheReplication() {
        assertThat(rows("pg_stat_replication")).hasSize(4).allSatisfy(row -> assertThat(row.get(2))
                .isEqualTo("streaming"));
        assertThat(rows("pg_stat_wal_receiver")).hasSize(4).allSatisfy(row -> {
            assertThat(row.get(1)).isEqualTo("streaming");
            assertThat(row).doesNotContain("");
        });
    }

    @Test
    void usersShowsTheLagAsItGrowsAndIsGone() {
        var lines = text.lines()
                .filter(line -> line.matches("  [0-9,]+ bytes behind, for [0-9.]+ s"))
                .map(line -> Long.parseLong(line.strip().split(" ", 2)[0].replace(",", "")))
                .toList();

        assertThat(lines).hasSize(4).last().isEqualTo(0L);
        assertThat(lines.subList(0, 3)).isSorted().doesNotHaveDuplicates().allMatch(bytes -> bytes > 0);
    }

    @Test
    void usersGoOnReadingWhenAReplicaIsKilled() {
        var node = cluster.node(rows("The users").get(0).get(3));
        var killed = node.replica(0);
        var answers = rows("What reads of one user got");

        assertThat(answers.stream()
                        .mapToInt(row -> Integer.parseInt(row.get(1)))
                        .sum())
                .isEqualTo(40);
        assertThat(answers.stream()
                        .mapToInt(row -> Integer.parseInt(row.get(2)))
                        .sum())
                .isEqualTo(40);
        assertThat(answers).allSatisfy(row -> {
            if (row.get(0).equals("port " + killed.port())) {
                assertThat(row.get(2)).isEqualTo("0");
            } else if (row.get(0).startsWith("nobody")) {
                assertThat(row.subList(1, 3)).containsExactly("0", "1"); // the one statement that was on its way
            } else {
                assertThat(row.get(0)).isEqualTo("port " + node.replica(1).port());
            }
        });
        assertThat(rows("The status while the replica is down"))
                .hasSize(6)
                .filteredOn(row -> row.get(3).equals("DOWN"))
                .singleElement()
                .satisfies(row -> assertThat(row.get(1)).isEqualTo(endpoint(killed)));
        assertThat(rows("The status after it was started again"))
                .filteredOn(row -> row.get(1).equals(endpoint(killed)))
                .singleElement()
                .satisfies(row -> assertThat(row.get(3)).isEqualTo("UP"));
    }

    @Test
    void usersAreReadOnThePrimaryWhenItsReplicasAreStopped() {
        var john = rows("The users").get(0);

        assertThat(rows("All replicas of " + john.get(3) + " are stopped"))
                .containsExactly(List.of(
                        "John",
                        Integer.toString(cluster.node(john.get(3)).primary().port()),
                        "no"));
        assertThat(cluster.servers()).allMatch(EmbeddedServer::isRunning);
    }

    @Test
    void sumsUpWhoServedWhat() {
        assertThat(rows("Connections served")).hasSize(6).allSatisfy(row -> {
            assertThat(row).hasSize(9);
            assertThat(row.subList(3, 8).stream().mapToLong(Long::parseLong).sum())
                    .isEqualTo(Long.parseLong(row.get(8)));
        });
    }

    @Test
    void runsOnServersOfTheUsersOwn() throws SQLException {
        cluster.createDatabase("own");
        var properties = cluster.shardloomProperties("own");
        var environment = Map.of(
                "SHARDLOOM_N1_PRIMARY", properties.get("shardloom.node.n1.primary"),
                "SHARDLOOM_N1_REPLICAS", properties.get("shardloom.node.n1.replicas"),
                "SHARDLOOM_N2_PRIMARY", properties.get("shardloom.node.n2.primary"),
                "SHARDLOOM_N2_REPLICAS", properties.get("shardloom.node.n2.replicas"),
                "SHARDLOOM_USER", cluster.user(),
                "SHARDLOOM_PASSWORD", cluster.password());

        var run = Outcome.of(environment, "--scenario", "geo", "--scenario", "users", "--keep");

        assertThat(run.errors()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("João", "pg_monitor", "Your servers", "postgresql://127.0.0.1:")
                .doesNotContain("starting 6", "activity", "Press Enter")
                .doesNotContain(":" + cluster.password() + "@");
        assertThat(run.out().lines()).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
        try (var connection = cluster.node("n1").primary().connect("own")) {
            assertThat(Sql.rows(connection, "select nome from usuarios order by id"))
                    .containsExactly(List.of("João"), List.of("John"));
        }
    }

    private static List<List<String>> rows(String title) {
        return tables.values().stream()
                .filter(table -> table.title().startsWith(title))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no table '" + title + "' among " + tables.keySet()))
                .rows();
    }

    private static List<List<String>> ask(String node, String sql) throws SQLException {
        try (var connection = cluster.node(node).primary().connect()) {
            return Sql.rows(connection, sql);
        }
    }

    private static String endpoint(EmbeddedServer server) {
        return server.host() + ":" + server.port() + "/app";
    }
}
