package io.shardloom.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

/** Whatever comes first in a transaction runs under the setting, and behaves as without it. */
@WithCluster(nodes = 1)
class SettingConnectionIT {

    private static final String VALUE = "it's \\ \"here\" ? ; -- é";
    private static final String SEEN = "select current_setting('shardloom.key.g', true)";

    private Connection raw;
    private Connection connection;

    @BeforeEach
    void open(EmbeddedCluster cluster) throws SQLException {
        var server = cluster.node("n1").primary();
        server.execute(
                "drop table if exists s",
                "create table s (id int generated always as identity, n int unique,"
                        + " seen text default current_setting('shardloom.key.g', true))");
        raw = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        raw.setAutoCommit(false);
        connection = SettingConnection.of(raw, new TransactionSetting("shardloom.key.g", VALUE));
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void aQuery() throws SQLException {
        try (var statement = connection.prepareStatement(SEEN + " || ? || ?")) {
            statement.setString(1, "-");
            statement.setInt(2, 7);
            try (var rows = statement.executeQuery()) {
                rows.next();
                assertThat(rows.getString(1)).isEqualTo(VALUE + "-7");
                assertThat(rows.next()).isFalse();
            }
            assertThat(statement.getMoreResults()).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(-1);
        }
    }

    @Test
    void executeOfRowsAndOfAChange() throws SQLException {
        try (var statement = connection.prepareStatement(SEEN)) {
            assertThat(statement.execute()).isTrue();
            assertThat(first(statement.getResultSet())).isEqualTo(VALUE);
        }
        connection.rollback();
        try (var statement = connection.prepareStatement("insert into s (n) values (?), (?)")) {
            statement.setInt(1, 1);
            statement.setInt(2, 2);
            assertThat(statement.execute()).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(2);
            assertThat(statement.getResultSet()).isNull();
        }
        assertThat(storedAfterCommit()).containsExactly(VALUE, VALUE);
    }

    @Test
    void updatesSmallAndLarge() throws SQLException {
        try (var statement = connection.prepareStatement("insert into s (n) values (?)")) {
            statement.setInt(1, 1);
            assertThat(statement.executeUpdate()).isEqualTo(1);
            connection.commit();
            statement.setInt(1, 2);
            assertThat(statement.executeLargeUpdate()).isEqualTo(1);
            assertThat(statement.getLargeUpdateCount()).isEqualTo(1);
        }
        assertThat(storedAfterCommit()).containsExactly(VALUE, VALUE);
    }

    @Test
    void aStatementThatIsNotWhatItsMethodExpects() throws SQLException {
        try (var select = connection.prepareStatement(SEEN);
                var insert = connection.prepareStatement("insert into s (n) values (1)")) {
            assertThatThrownBy(select::executeUpdate)
                    .isInstanceOf(SQLException.class)
                    .hasMessage("A result was returned when none was expected.");
            connection.rollback();
            assertThatThrownBy(insert::executeQuery)
                    .isInstanceOf(SQLException.class)
                    .hasMessage("No results were returned by the query.");
        }
    }

    @Test
    void returningAndGeneratedKeys() throws SQLException {
        try (var statement = connection.prepareStatement("insert into s (n) values (?) returning seen")) {
            statement.setInt(1, 1);
            assertThat(first(statement.executeQuery())).isEqualTo(VALUE);
        }
        connection.commit();
        try (var statement =
                connection.prepareStatement("insert into s (n) values (?)", Statement.RETURN_GENERATED_KEYS)) {
            statement.setInt(1, 2);
            assertThat(statement.executeUpdate()).isEqualTo(1);
            assertThat(first(statement.getGeneratedKeys())).isEqualTo("2");
        }
        connection.commit();
        try (var statement = connection.prepareStatement("insert into s (n) values (?)", new String[] {"seen", "id"})) {
            statement.setInt(1, 3);
            statement.executeUpdate();
            assertThat(first(statement.getGeneratedKeys())).isEqualTo(VALUE);
        }
        connection.commit();
        try (var statement = connection.createStatement()) {
            statement.executeUpdate("insert into s (n) values (4)", new String[] {"seen"});
            assertThat(first(statement.getGeneratedKeys())).isEqualTo(VALUE);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 50})
    void aBatch(int size) throws SQLException {
        try (var statement = connection.prepareStatement("insert into s (n) values (?)")) {
            for (int round = 0; round < 2; round++) {
                for (int i = 0; i < size; i++) {
                    statement.setInt(1, round * size + i);
                    statement.addBatch();
                }
                var counts = statement.executeBatch();
                assertThat(counts).hasSize(size).containsOnly(1);
                connection.commit();
            }
            assertThat(statement.executeBatch()).isEmpty();
        }
        assertThat(storedAfterCommit()).hasSize(2 * size).containsOnly(VALUE);
    }

    @Test
    void aBatchThatFailsOrIsCleared() throws SQLException {
        try (var statement = connection.prepareStatement("insert into s (n) values (?)")) {
            statement.setInt(1, 1);
            statement.executeUpdate();
            connection.commit();
            statement.addBatch();
            assertThatThrownBy(statement::executeBatch)
                    .isInstanceOf(BatchUpdateException.class)
                    .hasMessageContaining("duplicate key")
                    .satisfies(e -> assertThat(((SQLException) e).getSQLState()).isEqualTo("23505"))
                    .extracting(e -> ((SQLException) e).getNextException())
                    .isNotNull();
            connection.rollback();
            statement.addBatch();
            statement.clearBatch();
            statement.setInt(1, 2);
            statement.addBatch();
            statement.setInt(1, 3); // of a row that is never added
            assertThat(statement.executeLargeBatch()).containsExactly(1);
        }
        connection.commit();
        try (var statement = connection.createStatement()) {
            assertThat(first(statement.executeQuery("select string_agg(n::text, ',' order by n) from s")))
                    .isEqualTo("1,2");
            connection.commit();
            statement.addBatch("insert into s (n) values (8)");
            statement.addBatch("insert into s (n) values (9)");
            assertThat(statement.executeBatch()).containsExactly(1, 1);
        }
        assertThat(storedAfterCommit()).hasSize(4).containsOnly(VALUE);
    }

    @Test
    void plainStatements() throws SQLException {
        try (var statement = connection.createStatement()) {
            assertThat(first(statement.executeQuery(SEEN))).isEqualTo(VALUE);
            connection.commit();
            assertThat(statement.executeUpdate("insert into s (n) values (1)")).isEqualTo(1);
            connection.commit();
            assertThat(statement.execute("update s set n = 2; " + SEEN)).isFalse();
            assertThat(statement.getUpdateCount()).isEqualTo(1);
            assertThat(statement.getMoreResults()).isTrue();
            assertThat(first(statement.getResultSet())).isEqualTo(VALUE);
            connection.commit();
            statement.execute("set transaction isolation level serializable"); // refused after a query
            assertThat(first(statement.executeQuery("show transaction_isolation")))
                    .isEqualTo("serializable");
            assertThat(first(statement.executeQuery(SEEN))).isEqualTo(VALUE);
            assertThat(statement.getConnection()).isSameAs(connection);
        }
    }

    @Test
    void aCancelBeforeAndAfterItsStatementAsksNothing() throws SQLException {
        var never = connection.prepareStatement(SEEN);
        var once = connection.prepareStatement(SEEN);
        assertThat(first(once.executeQuery())).isEqualTo(VALUE);
        once.close();
        raw.close();

        once.cancel();
        never.cancel();

        assertThat(never).hasToString(SEEN);
        assertThat(never.isClosed()).isFalse();
    }

    @Test
    void isEqualToItselfAlone() throws SQLException {
        try (var statement = connection.prepareStatement(SEEN)) {
            Object nothing = null;
            assertThat(statement.equals(nothing)).isFalse();
            assertThat(statement).isNotEqualTo(raw);
            assertThat(connection).isEqualTo(statement.getConnection()).isNotEqualTo(raw);
            assertThat(connection.equals(nothing)).isFalse();
        }
    }

    @Test
    void aCall() throws SQLException {
        try (var call = connection.prepareCall("{? = call current_setting(?, true)}")) {
            call.registerOutParameter(1, Types.VARCHAR);
            call.setString(2, "shardloom.key.g");
            call.execute();
            assertThat(call.getString(1)).isEqualTo(VALUE);
        }
    }

    @Test
    void preparesBothStatementsOnTheServerAndNoneForAValue() throws SQLException {
        for (int i = 0; i < 12; i++) {
            var other = SettingConnection.of(raw, new TransactionSetting("shardloom.key.g", "v" + i));
            try (var statement = other.prepareStatement(SEEN + " || ?")) {
                statement.setString(1, "!" + i);
                assertThat(first(statement.executeQuery())).isEqualTo("v" + i + "!" + i);
            }
            other.commit();
        }

        try (var statement = raw.createStatement()) {
            assertThat(first(statement.executeQuery(
                            "select string_agg(statement || ' ' || (generic_plans + custom_plans), E'\\n' order by"
                                    + " statement) from pg_prepared_statements where statement like 'select %'")))
                    .isEqualTo(SEEN + " || $1 8\nselect set_config('shardloom.key.g', $1, true) 8");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 1000})
    void readsALargeResultPieceByPiece(int fetchSize) throws SQLException {
        for (int round = 0; round < 8; round++) {
            try (var statement = connection.prepareStatement(
                    "select g, current_setting('shardloom.key.g', true) from generate_series(1, ?) g")) {
                statement.setInt(1, 101);
                statement.setFetchSize(fetchSize);
                assertThat(statement.getFetchSize()).isEqualTo(fetchSize);
                try (var rows = statement.executeQuery()) {
                    for (int i = 1; i <= 101; i++) {
                        assertThat(rows.next()).isTrue();
                        assertThat(rows.getInt(1)).isEqualTo(i);
                        assertThat(rows.getString(2)).isEqualTo(VALUE);
                        if (fetchSize < 100 && i == 3) {
                            assertThat(openPortals()).isPositive();
                        }
                    }
                    assertThat(rows.next()).isFalse();
                }
            }
            connection.commit();
        }
    }

    private int openPortals() throws SQLException {
        try (var statement = raw.prepareStatement("select count(*) from pg_cursors where name like 'C\\_%'")) {
            return Integer.parseInt(first(statement.executeQuery()));
        }
    }

    @Test
    void limitsAndScrollsARealResult() throws SQLException {
        try (var statement = connection.prepareStatement(
                "select g from generate_series(1, 10) g",
                ResultSet.TYPE_SCROLL_INSENSITIVE,
                ResultSet.CONCUR_READ_ONLY)) {
            statement.setMaxRows(4);
            try (var rows = statement.executeQuery()) {
                assertThat(rows.last()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(4);
                assertThat(rows.absolute(2)).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(2);
            }
            assertThat(statement.getResultSetType()).isEqualTo(ResultSet.TYPE_SCROLL_INSENSITIVE);
        }
    }

    @Test
    void isTakenBackWithTheTransaction() throws SQLException {
        assertThat(seen()).isEqualTo(VALUE);
        connection.commit();
        assertThat(seenRaw()).isEmpty();
        assertThat(seen()).isEqualTo(VALUE);
        connection.rollback();
        assertThat(seenRaw()).isEmpty();
        assertThatThrownBy(() -> connection.prepareStatement("select 1/0").executeQuery())
                .hasMessageContaining("division by zero");
        connection.rollback();
        assertThat(seenRaw()).isEmpty();
        assertThat(seen()).isEqualTo(VALUE);
    }

    @Test
    void outlivesSavepoints() throws SQLException {
        var before = connection.setSavepoint();
        assertThat(seen()).isEqualTo(VALUE);
        var after = connection.setSavepoint();
        assertThatThrownBy(() -> connection.prepareStatement("select 1/0").executeQuery())
                .hasMessageContaining("division by zero");
        connection.rollback(after);
        assertThat(seen()).isEqualTo(VALUE);
        connection.rollback(before);
        assertThat(seen()).isEqualTo(VALUE);
    }

    @Test
    void statementsKeptOverTransactionsAndPreparedBeforeOthers() throws SQLException {
        try (var one = connection.prepareStatement(SEEN + " || ?");
                var two = connection.prepareStatement(SEEN + " || ?")) {
            one.setInt(1, 1);
            two.setInt(1, 2);
            for (int i = 0; i < 3; i++) {
                assertThat(first(two.executeQuery())).isEqualTo(VALUE + 2);
                assertThat(first(one.executeQuery())).isEqualTo(VALUE + 1);
                connection.commit();
                assertThat(first(one.executeQuery())).isEqualTo(VALUE + 1);
                connection.rollback();
            }
        }
    }

    @Test
    void withAutocommitEveryStatementIsATransaction() throws SQLException {
        connection.setAutoCommit(true);
        assertThat(seen()).isEqualTo(VALUE);
        assertThat(seen()).isEqualTo(VALUE);
        try (var statement = connection.createStatement()) {
            assertThat(first(statement.executeQuery(SEEN))).isEqualTo(VALUE);
            assertThat(first(statement.executeQuery(SEEN))).isEqualTo(VALUE);
        }
        assertThatThrownBy(() -> connection.unwrap(PGConnection.class))
                .isInstanceOf(SQLException.class)
                .hasMessage("With row-level security a batch, a call, a statement that returns generated keys and the"
                        + " driver's own objects need a transaction, and the connection is in autocommit mode. Leave"
                        + " autocommit off.");
        connection.setAutoCommit(false);
        assertThat(seen()).isEqualTo(VALUE);
    }

    @Test
    void theDriversOwnObjectsAreGivenAfterTheSetting() throws SQLException {
        var driver = connection.unwrap(PGConnection.class);
        assertThat(driver).isInstanceOf(Connection.class);
        assertThat(seen((Connection) driver)).isEqualTo(VALUE);
        connection.rollback();
        assertThat(seen(connection.getMetaData().getConnection())).isEqualTo(VALUE);
        connection.rollback();
        try (var statement = connection.prepareStatement(SEEN)) {
            assertThat(((PreparedStatement) statement.unwrap(PGStatement.class)).executeQuery())
                    .satisfies(rows -> assertThat(first(rows)).isEqualTo(VALUE));
        }
        connection.rollback();
        try (var statement = connection.createStatement()) {
            assertThat(((Statement) statement.unwrap(PGStatement.class)).executeQuery(SEEN))
                    .satisfies(rows -> assertThat(first(rows)).isEqualTo(VALUE));
        }
        assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
        assertThat(connection.isWrapperFor(Connection.class)).isTrue();
        assertThat(connection.isWrapperFor(PGConnection.class)).isTrue();
    }

    @Test
    void describesTheStatementItWasGiven() throws SQLException {
        try (var statement = connection.prepareStatement("select n, seen from s where n = ? and seen = ?")) {
            assertThat(statement.getParameterMetaData().getParameterCount()).isEqualTo(2);
            assertThat(statement.getMetaData().getColumnName(2)).isEqualTo("seen");
            statement.setInt(1, 1);
            statement.setString(2, "x");
            assertThat(statement.executeQuery().next()).isFalse();
            assertThat(statement.getConnection()).isSameAs(connection);
        }
    }

    @Test
    void isAnObjectLikeOthersAndEndsLikeThem() throws SQLException {
        var statement = connection.prepareStatement(SEEN);
        assertThat(new ArrayList<>(List.of(statement, connection)).contains(statement))
                .isTrue();
        assertThat(statement).isNotEqualTo(connection.prepareStatement(SEEN)).hasSameHashCodeAs(statement);
        assertThat(statement.isClosed()).isFalse();
        statement.executeQuery();
        statement.close();
        assertThat(statement.isClosed()).isTrue();
        assertThatThrownBy(() -> statement.setInt(1, 1)).hasMessage("This statement has been closed.");
        assertThatThrownBy(() -> connection.prepareStatement("select ?").executeQuery())
                .isInstanceOf(SQLException.class)
                .hasMessageContaining("No value specified for parameter");
        connection.close();
        assertThat(raw.isClosed()).isTrue();
    }

    private String seen() throws SQLException {
        return seen(connection);
    }

    /** What a user of the connection without the setting would see; leaves no transaction behind. */
    private String seenRaw() throws SQLException {
        var seen = seen(raw);
        raw.rollback();
        return seen;
    }

    private static String seen(Connection connection) throws SQLException {
        try (var statement = connection.prepareStatement(SEEN)) {
            return first(statement.executeQuery());
        }
    }

    private List<String> storedAfterCommit() throws SQLException {
        connection.commit();
        var stored = new ArrayList<String>();
        try (var statement = raw.createStatement();
                var rows = statement.executeQuery("select seen from s order by id")) {
            while (rows.next()) {
                stored.add(rows.getString(1));
            }
        }
        return stored;
    }

    private static String first(ResultSet rows) throws SQLException {
        try (rows) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
