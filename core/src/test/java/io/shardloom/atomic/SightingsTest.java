package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SightingsTest {

    private final AtomicLong now = new AtomicLong(-5);
    private final Sightings sightings = new Sightings(now::get);

    @Test
    void aPartIsAsOldAsItHasBeenSeenWhateverTheServersClockSays() {
        assertThat(age("n1", 0)).isZero();

        now.addAndGet(Duration.ofSeconds(12).toNanos());

        assertThat(age("n1", 0)).isEqualTo(Duration.ofSeconds(12));
        assertThat(age("n1", 60)).isEqualTo(Duration.ofMinutes(1));
        assertThat(age("n2", 0)).isZero();
    }

    @Test
    void forgetsWhatIsGone() {
        age("n1", 0);
        now.addAndGet(Duration.ofSeconds(12).toNanos());

        sightings.aged("n1", List.of());

        assertThat(age("n1", 0)).isZero();
    }

    private Duration age(String node, int seconds) {
        var id = new GlobalTransactionId(new UUID(1, 1), new UUID(2, 2), "7", "n3", node);
        var part = new NodeLink.Prepared(id, id.toString(), Duration.ofSeconds(seconds));
        return sightings.aged(node, List.of(part)).get(0).age();
    }
}
