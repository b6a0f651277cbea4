package io.shardloom.strategy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.ddl.PartitionDdl;
import io.shardloom.ddl.RowSecurityDdl;
import io.shardloom.key.KeyType;
import io.shardloom.setting.SettingConnection;
import io.shardloom.setting.TransactionSetting;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Layout;
import io.shardloom.topology.ShardGroup;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The policies let each key's rows through, of every type, and nothing else. */
@WithCluster(nodes = 1)
class RowSecurityIT {

    private static final int KEYS = 150;

    private EmbeddedServer server;

    @BeforeEach
    void roles(EmbeddedCluster cluster) throws SQLException {
        server = cluster.node("n1").primary();
        server.executeAsSuperuser("""
                do $$ begin
                    if not exists (select from pg_roles where rolname = 'rls_web') then
                        create role rls_web login password 'secret';
                        create role rls_web_node;
                        grant rls_web_node to rls_web with inherit false, set true;
                    end if;
                end $$""");
        server.execute("drop table if exists t");
    }

    @ParameterizedTest
    @EnumSource
    void showsEachKeyItsRowAlone(KeyType type) throws Exception {
        ShardGroup group = group(type, StrategyKind.HASH, Bounds.equal(4));
        List<Object> keys = create(group);

        // Neither style nor time zone of a session changes what a key is.
        try (Connection connection = web("-c%20DateStyle=SQL,DMY%20-c%20TimeZone=America/New_York")) {
            for (int i = 0; i < keys.size(); i++) {
                Connection held = held(connection, group, keys.get(i));
                assertThat(string(held, "select string_agg(n::text, ',') from t"))
                        .as("%s %s", type, keys.get(i))
                        .isEqualTo(String.valueOf(i));
                held.rollback();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesToWriteTheRowOfAnotherKey(KeyType type) throws Exception {
        ShardGroup group = group(type, StrategyKind.HASH, Bounds.equal(4));
        List<Object> keys = create(group);
        server.execute("delete from t");

        try (Connection connection = web("")) {
            for (Object key : keys.subList(0, 20)) {
                Connection held = held(connection, group, key);
                String own = type.literal(key);
                String others = type.literal(key.equals(keys.get(30)) ? keys.get(31) : keys.get(30));
                assertThat(update(held, "insert into t values (" + own + ", 1)"))
                        .isEqualTo(1);
                assertThat(update(held, "update t set n = 2")).isEqualTo(1);
                assertThatThrownBy(() -> update(held, "update t set k = " + others))
                        .isInstanceOfSatisfying(SQLException.class, e -> assertThat(e.getSQLState())
                                .isEqualTo("42501"));
                held.rollback();
                assertThatThrownBy(() -> update(held, "insert into t values (" + others + ", 1)"))
                        .hasMessageContaining("new row violates row-level security policy for table \"t\"");
                held.rollback();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void leavesOnePartitionAndItsIndex(KeyType type) throws Exception {
        ShardGroup group = group(type, StrategyKind.HASH, Bounds.equal(4));
        List<Object> keys = create(group);

        try (Connection connection = web("-c%20plan_cache_mode=force_generic_plan%20-c%20enable_seqscan=off")) {
            Connection held = held(connection, group, keys.get(7));
            String plan = plan(held, "select * from t");
            assertThat(plan).contains("Subplans Removed: 3").contains("Index Cond: (k = ");
            held.rollback();
        }
    }

    @Test
    void prunesRangesOfTextWhoseColumnHasACollationOfItsOwn() throws Exception {
        List<PartitionBound> bounds =
                Bounds.parse(KeyType.TEXT, "FROM (MINVALUE) TO ('a')", "FROM ('a') TO (MAXVALUE)");
        ShardGroup group = group(KeyType.TEXT, StrategyKind.RANGE, bounds);
        create(group);

        try (Connection connection = web("")) {
            Connection held = held(connection, group, "O'Brien\\");
            assertThat(plan(held, "select * from t")).contains("Subplans Removed: 1");
            held.rollback();
        }
    }

    @Test
    void showsNothingWhereNoKeyWasSentAndHoldsPartitionsToo() throws Exception {
        ShardGroup group = group(KeyType.TEXT, StrategyKind.HASH, Bounds.equal(4));
        create(group); // the empty text is one of the keys
        for (var shard : group.shards()) {
            server.execute("grant select on " + PartitionDdl.partitionName("t", shard) + " to rls_web");
        }

        try (Connection connection = web("")) {
            Connection held = held(connection, group, "a");
            assertThat(string(held, "select count(*) from t")).isEqualTo("1");
            for (var shard : group.shards()) {
                assertThat(string(held, "select count(*) from " + PartitionDdl.partitionName("t", shard)))
                        .isEqualTo("0");
            }
            held.commit();

            assertThat(string(connection, "select count(*) from t")).isEqualTo("0");
            assertThatThrownBy(() -> update(connection, "insert into t values ('', 1)"))
                    .hasMessageContaining("row-level security");
            connection.rollback();
            Connection node = SettingConnection.of(connection, new TransactionSetting("role", "rls_web_node"));
            assertThat(string(node, "select count(*) from t")).isEqualTo(String.valueOf(KEYS));
            node.commit();
            assertThat(string(connection, "select count(*) from t")).isEqualTo("0");
            connection.rollback();
        }
    }

    /** Makes the table t with one row for each key, numbered from 0. */
    private List<Object> create(ShardGroup group) throws SQLException {
        KeyType type = group.keyType();
        List<Object> all = new Samples(1).of(type);
        List<Object> keys = new ArrayList<>(new LinkedHashSet<>(all.subList(0, 2 * KEYS)));
        keys = keys.subList(0, KEYS);
        List<String> statements = new ArrayList<>();
        statements.add("create table t (k " + type.sqlName() + " "
                + PartitionDdl.keyCollation(group).orElse("") + " primary key, n int) "
                + PartitionDdl.partitionBy(group, "k"));
        statements.addAll(PartitionDdl.createPartitions(Optional.empty(), "t", group.shards()));
        for (int i = 0; i < keys.size(); i++) {
            statements.add("insert into t values (" + type.literal(keys.get(i)) + ", " + i + ")");
        }
        statements.addAll(RowSecurityDdl.closePartitions(Optional.empty(), "t", group.shards()));
        statements.addAll(RowSecurityDdl.protect(Optional.empty(), "t", group, "k", "rls_web", "rls_web_node"));
        server.execute(statements.toArray(String[]::new));
        return keys;
    }

    private static ShardGroup group(KeyType type, StrategyKind kind, List<PartitionBound> bounds) {
        return ShardGroup.of("g", type, kind, Layout.PARTITIONED, Bounds.names(bounds), bounds);
    }

    private Connection web(String options) throws SQLException {
        Connection connection = DriverManager.getConnection(
                server.jdbcUrl() + (options.isEmpty() ? "" : "?options=" + options), "rls_web", "secret");
        connection.setAutoCommit(false);
        return connection;
    }

    private static Connection held(Connection connection, ShardGroup group, Object key) {
        return SettingConnection.of(
                connection,
                new TransactionSetting(RowSecurityDdl.setting(group.name()), RowSecurityDdl.value(group.key(key))));
    }

    private static String string(Connection connection, String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql);
                var rows = statement.executeQuery()) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static String plan(Connection connection, String sql) throws SQLException {
        var plan = new StringBuilder();
        try (var statement = connection.prepareStatement("explain (analyze, costs off) " + sql);
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }

    private static int update(Connection connection, String sql) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate();
        }
    }
}
