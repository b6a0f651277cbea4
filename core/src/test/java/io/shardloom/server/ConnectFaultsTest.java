package io.shardloom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnknownHostException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class ConnectFaultsTest {

    @Test
    void saysThatAHostIsNotKnownWhereJavaSaysItsNameAlone() {
        var failure = new SQLException("The connection attempt failed.", "08001", new UnknownHostException("db7"));

        assertThat(ConnectFaults.reason(failure)).isEqualTo("there is no host db7");
    }
}
