package io.shardloom.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.ddl.PartitionDdl;
import io.shardloom.key.KeyType;
import io.shardloom.strategy.PartitionBound.At;
import io.shardloom.strategy.PartitionBound.DefaultBound;
import io.shardloom.strategy.PartitionBound.Endpoint;
import io.shardloom.strategy.PartitionBound.ListBound;
import io.shardloom.strategy.PartitionBound.MaxValue;
import io.shardloom.strategy.PartitionBound.MinValue;
import io.shardloom.strategy.PartitionBound.RangeBound;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Layout;
import io.shardloom.topology.ShardGroup;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.postgresql.PGConnection;

/** PostgreSQL itself says in which partition a key belongs. */
@WithCluster(nodes = 1)
class PartitionParityIT {

    private static final long SEED = Long.getLong("random.seed", 1);

    @ParameterizedTest
    @EnumSource
    void putsEveryKeyInThePartitionPostgresPutsIt(KeyType type, EmbeddedCluster cluster) throws Exception {
        List<Object> keys = new Samples(SEED).of(type);
        Map<String, ShardGroup> groups = groups(type, keys);

        try (Connection connection = cluster.node("n1").primary().connect()) {
            stage(connection, type, keys);
            assertSameTextAndOrder(connection, type, keys);
            for (Map.Entry<String, ShardGroup> entry : groups.entrySet()) {
                ShardGroup group = entry.getValue();
                String what = type + " " + entry.getKey() + ", seed " + SEED;
                String[] chosen = insertIntoPartitions(connection, group, keys.size());

                for (int i = 0; i < keys.size(); i++) {
                    String partition = "t_" + group.shardOf(keys.get(i)).name();
                    if (!partition.equals(chosen[i])) {
                        assertThat(partition)
                                .as("%s: %s", what, type.literal(keys.get(i)))
                                .isEqualTo(chosen[i]);
                    }
                }
                assertThat(bounds(connection)).as(what).isEqualTo(ours(group));
            }
        }
        System.out.printf("%s: %d keys x %d maps agree with PostgreSQL%n", type, keys.size(), groups.size());
    }

    @Test
    void agreesWithPostgresThatAGapHasNoPartition(EmbeddedCluster cluster) throws Exception {
        List<PartitionBound> bounds = Bounds.parse(KeyType.INT4, "FROM (-10) TO (0)", "FROM (5) TO (MAXVALUE)");
        ShardGroup group = group(KeyType.INT4, StrategyKind.RANGE, bounds);

        try (Connection connection = cluster.node("n1").primary().connect();
                Statement statement = connection.createStatement()) {
            createTable(statement, group);
            for (int key = -12; key < 8; key++) {
                String insert = "insert into t values (1, " + key + ")";
                if (group.strategy().indexFor(key) < 0) {
                    assertThatThrownBy(() -> statement.execute(insert))
                            .hasMessageContaining("no partition of relation");
                } else {
                    statement.execute(insert);
                }
            }
        }
    }

    private static Map<String, ShardGroup> groups(KeyType type, List<Object> keys) {
        Map<String, ShardGroup> groups = new LinkedHashMap<>();
        for (int modulus : new int[] {2, 4, 24, 32}) {
            groups.put("hash of " + modulus, group(type, StrategyKind.HASH, Bounds.equal(modulus)));
        }
        groups.put("hash of 32 and 64", group(type, StrategyKind.HASH, Bounds.mixed()));
        groups.put("list", group(type, StrategyKind.LIST, lists(type, keys)));
        groups.put("range", group(type, StrategyKind.RANGE, ranges(type, keys, false)));
        groups.put("range with gaps", group(type, StrategyKind.RANGE, ranges(type, keys, true)));
        return groups;
    }

    private static ShardGroup group(KeyType type, StrategyKind kind, List<PartitionBound> bounds) {
        return ShardGroup.of("g", type, kind, Layout.PARTITIONED, Bounds.names(bounds), bounds);
    }

    private static List<PartitionBound> lists(KeyType type, List<Object> keys) {
        List<Object> some = distinct(keys, 40);
        List<PartitionBound> bounds = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            bounds.add(new ListBound(type, some.subList(i * 10, i * 10 + 10)));
        }
        bounds.add(2, new DefaultBound());
        return bounds;
    }

    private static List<PartitionBound> ranges(KeyType type, List<Object> keys, boolean gaps) {
        List<Object> ends = new ArrayList<>(distinct(keys, 12));
        ends.sort(type::compare);
        List<PartitionBound> bounds = new ArrayList<>();
        Endpoint from = new MinValue();
        for (int i = 0; i < ends.size(); i++) {
            if (!gaps || i % 2 == 1) {
                bounds.add(new RangeBound(type, from, new At(ends.get(i))));
            }
            from = new At(ends.get(i));
        }
        if (gaps) {
            bounds.add(1, new DefaultBound());
        } else {
            bounds.add(0, new RangeBound(type, from, new MaxValue()));
        }
        return bounds;
    }

    private static List<Object> distinct(List<Object> keys, int count) {
        Random random = new Random(SEED);
        Set<Object> some = new LinkedHashSet<>(keys.subList(1, 4));
        while (some.size() < count) {
            some.add(keys.get(random.nextInt(keys.size())));
        }
        return List.copyOf(some);
    }

    private static void stage(Connection connection, KeyType type, List<Object> keys) throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("set time zone 'UTC'");
            statement.execute("drop table if exists s");
            statement.execute("create unlogged table s (n int, k " + type.sqlName() + ")");
        }
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < keys.size(); i++) {
            rows.append(i).append('\t').append(escaped(type.text(keys.get(i)))).append('\n');
        }
        connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn(
                        "copy s from stdin",
                        new ByteArrayInputStream(rows.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\b", "\\b")
                .replace("\f", "\\f")
                .replace("\u000B", "\\v")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    private static void assertSameTextAndOrder(Connection connection, KeyType type, List<Object> keys)
            throws SQLException, IOException {
        String order = type == KeyType.TEXT ? "k collate \"C\"" : "k";
        List<String> rows = copyOut(connection, "copy (select n, k from s order by " + order + ") to stdout");
        assertThat(rows).hasSameSizeAs(keys);
        Object previous = null;
        for (String row : rows) {
            String[] columns = row.split("\t", 2);
            Object key = keys.get(Integer.parseInt(columns[0]));
            if (!columns[1].equals(escaped(type.text(key)))) {
                assertThat(columns[1]).as("%s, seed %d", type, SEED).isEqualTo(escaped(type.text(key)));
            }
            if (previous != null && type.compare(previous, key) > 0) {
                assertThat(key)
                        .as("%s, seed %d: PostgreSQL has %s before it", type, SEED, previous)
                        .isNull();
            }
            previous = key;
        }
    }

    private static String[] insertIntoPartitions(Connection connection, ShardGroup group, int count)
            throws SQLException, IOException {
        try (Statement statement = connection.createStatement()) {
            createTable(statement, group);
            statement.execute("insert into t select * from s");
        }
        String[] chosen = new String[count];
        for (String row : copyOut(connection, "copy (select n, tableoid::regclass from t) to stdout")) {
            String[] columns = row.split("\t", 2);
            chosen[Integer.parseInt(columns[0])] = columns[1];
        }
        return chosen;
    }

    private static void createTable(Statement statement, ShardGroup group) throws SQLException {
        statement.execute("drop table if exists t");
        statement.execute("create table t (n int, k " + group.keyType().sqlName() + " "
                + PartitionDdl.keyCollation(group).orElse("") + ") " + PartitionDdl.partitionBy(group, "k"));
        for (String create : PartitionDdl.createPartitions(Optional.empty(), "t", group.shards())) {
            statement.execute(create.replace("CREATE TABLE", "CREATE UNLOGGED TABLE"));
        }
    }

    private static List<String> bounds(Connection connection) throws SQLException {
        List<String> bounds = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select substr(relname, 3) || ' ' || pg_get_expr(relpartbound, oid) from pg_class"
                                + " where relispartition and relname ~ '^t_' order by length(relname), relname")) {
            while (rows.next()) {
                bounds.add(rows.getString(1));
            }
        }
        return bounds;
    }

    private static List<String> ours(ShardGroup group) {
        return group.shards().stream()
                .map(shard -> shard.name() + " "
                        + shard.bound().clause().replace("MODULUS", "modulus").replace("REMAINDER", "remainder"))
                .toList();
    }

    private static List<String> copyOut(Connection connection, String sql) throws SQLException, IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql, out);
        String text = out.toString(StandardCharsets.UTF_8);
        return text.isEmpty()
                ? List.of()
                : List.of(text.substring(0, text.length() - 1).split("\n", -1));
    }
}
