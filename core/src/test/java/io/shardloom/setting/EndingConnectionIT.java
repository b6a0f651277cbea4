package io.shardloom.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

/** A query's transaction ends with its answer, and is the caller's where rows come in blocks. */
@WithCluster(nodes = 1)
class EndingConnectionIT {
    private static final String NUMBERS = "select generate_series(1, ?)";

    private EmbeddedServer server;
    private Connection raw;
    private Connection connection;

    @BeforeEach
    void open(EmbeddedCluster cluster) throws SQLException {
        server = cluster.node("n1").primary();
        raw = DriverManager.getConnection(server.jdbcUrl(), server.user(), server.password());
        raw.setAutoCommit(false);
        raw.setReadOnly(true);
        connection = EndingConnection.of(raw);
    }

    @AfterEach
    void close() throws SQLException {
        raw.close();
    }

    @Test
    void aQueryLeavesNoTransactionHoweverOftenItIsRun() throws SQLException {
        for (int i = 0; i < 7; i++) {
            assertThat(numbers(0)).containsExactly(1, 2, 3);
            assertThat(EndingConnection.isOver(connection)).isTrue();
            assertThat(state()).isEqualTo("idle");
        }
    }

    @Test
    void rowsInBlocksKeepTheirTransaction() throws SQLException {
        assertThat(numbers(1)).containsExactly(1, 2, 3);

        assertThat(EndingConnection.isOver(connection)).isFalse();
        assertThat(state()).isEqualTo("idle in transaction");
        connection.rollback();
        assertThat(EndingConnection.isOver(connection)).isTrue();
    }

    @Test
    void aCancelThatComesTooEarlyDecidesNothing() throws SQLException {
        try (var statement = connection.prepareStatement(NUMBERS)) {
            statement.cancel();
            assertThat(statement).hasToString(NUMBERS);
            statement.setFetchSize(1);
            statement.setInt(1, 3);
            try (var rows = statement.executeQuery()) {
                for (int i = 0; i < 3; i++) {
                    assertThat(rows.next()).isTrue();
                }
            }
        }
        assertThat(EndingConnection.isOver(connection)).isFalse();
    }

    @Test
    void theTransactionIsReadOnly() throws SQLException {
        server.execute("create sequence if not exists counted");
        try (var statement = connection.prepareStatement("select nextval('counted')")) {
            assertThatThrownBy(statement::executeQuery)
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("read-only transaction");
        }
        assertThat(EndingConnection.isOver(connection)).isFalse();
        assertThat(state()).isEqualTo("idle in transaction (aborted)");
        connection.rollback();
        assertThat(numbers(0)).containsExactly(1, 2, 3);
    }

    private List<Integer> numbers(int fetchSize) throws SQLException {
        var numbers = new ArrayList<Integer>();
        try (var statement = connection.prepareStatement(NUMBERS)) {
            statement.setFetchSize(fetchSize);
            statement.setInt(1, 3);
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    numbers.add(rows.getInt(1));
                }
            }
        }
        return numbers;
    }

    private String state() throws SQLException {
        int pid = raw.unwrap(PGConnection.class).getBackendPID();
        return server.value("select state from pg_stat_activity where pid = " + pid);
    }
}
