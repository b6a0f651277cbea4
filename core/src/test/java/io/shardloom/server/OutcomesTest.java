package io.shardloom.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class OutcomesTest {

    @Test
    void aConnectionLostBeforeTheCommitHasDoneNothing() {
        assertThat(Outcomes.of(new SQLException("An I/O error occurred", "08006"), false))
                .hasValueSatisfying(lost -> {
                    assertThat(lost.outcomeKnown()).isTrue();
                    assertThat(lost)
                            .hasMessage("The connection was lost before the transaction was committed (An I/O error"
                                    + " occurred). Nothing of it was done; do it again.");
                });
    }

    @Test
    void aConnectionLostInTheCommitLeavesItOpen() {
        for (String state : new String[] {"08006", "57P01", "57P02"}) {
            assertThat(Outcomes.of(new SQLException("gone", state), true)).hasValueSatisfying(lost -> {
                assertThat(lost.outcomeKnown()).isFalse();
                assertThat(lost)
                        .hasMessage("The connection was lost while the transaction was being committed (gone). It may"
                                + " have been done or not: look for its rows before doing it again.");
            });
        }
    }

    @Test
    void aConnectionClosedBeforeTheCommitHasSentNone() {
        assertThat(Outcomes.of(new SQLException("This connection has been closed.", "08003"), true))
                .hasValueSatisfying(lost -> assertThat(lost.outcomeKnown()).isTrue());
    }

    @Test
    void anErrorOfTheServerIsLeftAsItIs() {
        assertThat(Outcomes.of(new SQLException("duplicate key", "23505"), true))
                .isEmpty();
        assertThat(Outcomes.of(new SQLException("no state"), false)).isEmpty();
    }
}
