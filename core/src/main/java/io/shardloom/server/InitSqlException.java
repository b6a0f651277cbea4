package io.shardloom.server;

import java.sql.SQLException;

/** HikariCP's {@code connectionInitSql} has failed, which no connection survives. */
final class InitSqlException extends SQLException {

    private static final long serialVersionUID = 1L;

    InitSqlException(SQLException failure) {
        super(ConnectFaults.reason(failure), failure.getSQLState(), failure);
    }
}
