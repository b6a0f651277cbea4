package io.shardloom.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LsnHistoryTest {

    private final LsnHistory history = new LsnHistory();

    @Test
    void anIdlePrimaryMakesNoLag() {
        history.add(100, 1_000);
        history.add(100, 9_000);

        assertThat(history.lagNanos(100, 10_000)).isZero();
        assertThat(history.lagNanos(120, 10_000))
                .as("a replica that was asked later")
                .isZero();
    }

    @Test
    void lagIsTheAgeOfTheFirstPositionThatIsNotReplayed() {
        history.add(100, 1_000);
        history.add(200, 2_000);
        history.add(300, 3_000);

        assertThat(history.lagNanos(100, 10_000)).isEqualTo(8_000);
        assertThat(history.lagNanos(199, 10_000)).isEqualTo(8_000);
        assertThat(history.lagNanos(200, 10_000)).isEqualTo(7_000);
        assertThat(history.lagNanos(50, 10_000)).isEqualTo(9_000);
    }

    @Test
    void aWriteAfterALongRestMakesAShortLag() {
        history.add(100, 0);
        history.add(200, 1_000_000);

        assertThat(history.lagNanos(150, 1_000_001)).isEqualTo(1);
    }

    @Test
    void keepsTheNewestPositionsOnly() {
        for (int i = 1; i <= 5_000; i++) {
            history.add(i, i * 10L);
        }

        assertThat(history.last()).isEqualTo(5_000);
        assertThat(history.lagNanos(4_999, 50_000)).isZero();
        assertThat(history.lagNanos(4_998, 50_000)).isEqualTo(10);
        assertThat(history.lagNanos(1, 50_000)).isEqualTo(50_000 - 39_770);
        assertThat(history.isEmpty()).isFalse();
    }
}
