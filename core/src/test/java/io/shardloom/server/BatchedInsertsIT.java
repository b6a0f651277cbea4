package io.shardloom.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.config.Configuration;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The pools let the driver make a batch of inserts into some of many rows each; what is stored and refused is the same. */
@WithCluster(nodes = 1)
class BatchedInsertsIT {

    private static final String INSERT = "insert into part (k, id, tags, note) values (?, ?, ?, ?::jsonb)";

    private EmbeddedCluster cluster;

    @BeforeEach
    void create(EmbeddedCluster given) throws SQLException {
        cluster = given;
        cluster.node("n1")
                .primary()
                .execute(
                        "drop table if exists part, seen",
                        "create table seen (statements int not null)",
                        "create table part (k int not null, id uuid not null, tags text[], note jsonb,"
                                + " made int generated always as (k * 2) stored, primary key (k, id))"
                                + " partition by list (k)",
                        "create table part_1 partition of part for values in (1, 2)",
                        "create or replace function note_statement() returns trigger language plpgsql as"
                                + " 'begin insert into seen values (1); return null; end'",
                        "create trigger note_statement after insert on part"
                                + " for each statement execute function note_statement()");
    }

    @Test
    void makesABatchIntoStatementsOfManyRows() throws SQLException {
        int[] counts = insert(100, Map.of(), "");

        assertThat(statements()).isEqualTo(3); // 64, 32 and 4 rows
        assertThat(rows()).isEqualTo(100);
        assertThat(counts).hasSize(100).containsOnly(Statement.SUCCESS_NO_INFO);
    }

    @Test
    void leavesTheDriverAsItIsWhereTheConfigurationSaysSo() throws SQLException {
        insert(100, Map.of("shardloom.hikari.dataSource.reWriteBatchedInserts", "false"), "");
        assertThat(statements()).isEqualTo(100);

        int[] counts = insert(100, Map.of(), "reWriteBatchedInserts=false");
        assertThat(statements()).isEqualTo(200);
        assertThat(rows()).isEqualTo(200);
        assertThat(counts).hasSize(100).containsOnly(1);
    }

    /** PostgreSQL takes 65,535 parameters in a statement. */
    @Test
    void staysWithinTheParametersAStatementMayHave() throws SQLException {
        insert(20_000, Map.of(), "");

        assertThat(rows()).isEqualTo(20_000);
        assertThat(statements()).isEqualTo(2 + 4); // 8,192 rows twice, then 2,048 + 1,024 + 512 + 32
    }

    @Test
    void storesNullsArraysAndJsonAsSingleRowsDo() throws SQLException {
        try (NodePools pools = pools(Map.of(), "");
                Connection connection = connection(pools);
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < 4; i++) {
                statement.setInt(1, 1);
                statement.setObject(2, new UUID(0, i));
                if (i % 2 == 0) {
                    statement.setNull(3, Types.ARRAY);
                    statement.setString(4, "{\"i\": " + i + "}");
                } else {
                    statement.setArray(3, connection.createArrayOf("text", new Object[] {"a", "b" + i}));
                    statement.setNull(4, Types.VARCHAR);
                }
                statement.addBatch();
            }
            statement.executeBatch();
            connection.commit();
        }

        assertThat(statements()).isEqualTo(1);
        assertThat(value("select string_agg(concat(tags, note, made), ' ' order by id) from part"))
                .isEqualTo("{\"i\": 0}2 {a,b1}2 {\"i\": 2}2 {a,b3}2");
    }

    @Test
    void returnsGeneratedValuesRowByRow() throws SQLException {
        try (NodePools pools = pools(Map.of(), "");
                Connection connection = connection(pools);
                PreparedStatement statement = connection.prepareStatement(INSERT, new String[] {"made", "id"})) {
            for (int i = 0; i < 3; i++) {
                bind(statement, 1 + i % 2, i);
            }
            assertThat(statement.executeBatch()).containsExactly(1, 1, 1);
            try (var generated = statement.getGeneratedKeys()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(generated.next()).isTrue();
                    assertThat(generated.getInt(1)).isEqualTo(2 + i % 2 * 2);
                    assertThat(generated.getObject(2)).isEqualTo(new UUID(0, i));
                }
            }
            connection.rollback();
        }
    }

    @Test
    void refusesARowOfAnotherNodeInTheSameWords() throws SQLException {
        String single = refusal("false", 7);
        String many = refusal("true", 7);

        assertThat(many)
                .isEqualTo(single)
                .startsWith("23514 ERROR: no partition of relation \"part\" found for row")
                .contains("Partition key of the failing row contains (k) = (7).");
        assertThat(rows()).isZero();
    }

    @Test
    void namesTheRowThatIsThereTwiceInTheSameWords() throws SQLException {
        insert(1, Map.of(), ""); // k = 1, id = 0

        assertThat(refusal("true", 1))
                .isEqualTo(refusal("false", 1))
                .startsWith("23505 ERROR: duplicate key value violates unique constraint \"part_1_pkey\"")
                .contains("Key (k, id)=(1, 00000000-0000-0000-0000-000000000000) already exists.");
    }

    /** Inserts ten rows, the sixth of them with another key; that one has id 0, the others have not. */
    private String refusal(String many, int key) throws SQLException {
        try (NodePools pools = pools(Map.of("shardloom.hikari.dataSource.reWriteBatchedInserts", many), "");
                Connection connection = connection(pools);
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (int i = 0; i < 10; i++) {
                bind(statement, i == 5 ? key : 1, i == 5 ? 0 : 100 + i);
            }
            String[] text = new String[1];
            assertThatThrownBy(statement::executeBatch)
                    .isInstanceOfSatisfying(
                            BatchUpdateException.class,
                            failure -> text[0] = failure.getNextException().getSQLState() + " "
                                    + failure.getNextException().getMessage());
            connection.rollback();
            return text[0];
        }
    }

    private int[] insert(int rows, Map<String, String> more, String parameter) throws SQLException {
        try (NodePools pools = pools(more, parameter);
                Connection connection = connection(pools);
                PreparedStatement statement = connection.prepareStatement(INSERT)) {
            int from = Integer.parseInt(value("select count(*) from part"));
            for (int i : IntStream.range(from, from + rows).toArray()) {
                bind(statement, 1 + i % 2, i);
            }
            int[] counts = statement.executeBatch();
            connection.commit();
            return counts;
        }
    }

    private static void bind(PreparedStatement statement, int key, int id) throws SQLException {
        statement.setInt(1, key);
        statement.setObject(2, new UUID(0, id));
        statement.setNull(3, Types.ARRAY);
        statement.setString(4, "{}");
        statement.addBatch();
    }

    private NodePools pools(Map<String, String> more, String parameter) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.putAll(more);
        if (!parameter.isEmpty()) {
            properties.compute(
                    "shardloom.node.n1.primary",
                    (name, url) -> url + (String.valueOf(url).contains("?") ? "&" : "?") + parameter);
        }
        return NodePools.open(Configuration.read(properties));
    }

    private Connection connection(NodePools pools) {
        return pools.connection(
                Configuration.read(cluster.shardloomProperties()).nodes().get(0), false);
    }

    private String value(String sql) throws SQLException {
        return cluster.node("n1").primary().value(sql);
    }

    private int statements() throws SQLException {
        return Integer.parseInt(value("select count(*) from seen"));
    }

    private int rows() throws SQLException {
        return Integer.parseInt(value("select count(*) from part"));
    }
}
