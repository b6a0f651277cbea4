package io.shardloom.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AwaitTest {

    @Test
    void returnsWhenTheConditionHolds() {
        var asked = new AtomicInteger();

        Await.until("asked three times", Duration.ofSeconds(10), () -> asked.incrementAndGet() == 3);

        assertThat(asked).hasValue(3);
    }

    @Test
    void saysWhatItWaitedForAndWhatWentWrongLast() {
        assertThatThrownBy(() -> Await.until("pigs fly", Duration.ofMillis(20), () -> {
                    throw new IOException("no wings");
                }))
                .isInstanceOf(EmbeddedClusterException.class)
                .hasMessage("Waited 20 ms in vain until pigs fly. Last failure: java.io.IOException: no wings.")
                .hasCauseInstanceOf(IOException.class);
    }

    @Test
    void aFatalFailureEndsTheWaitAtOnce() {
        assertThatThrownBy(() -> Await.until("it works", Duration.ofMinutes(10), () -> {
                    throw new EmbeddedClusterException("it never will");
                }))
                .hasMessage("it never will");
    }

    @Test
    void anInterruptEndsTheWaitAndIsPassedOn() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> Await.until("woken", Duration.ofMinutes(10), () -> false))
                .hasMessage("Interrupted while waiting until woken");
        assertThat(Thread.interrupted()).isTrue();
    }
}
