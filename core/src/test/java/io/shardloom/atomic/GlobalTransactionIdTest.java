package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.id.ShardedUuids;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class GlobalTransactionIdTest {

    private static final UUID DECIDER = UUID.fromString("00000000-0000-4000-8000-00000000000a");

    @Test
    void saysAllThatRecoveryNeeds() {
        UUID transaction = ShardedUuids.next();
        GlobalTransactionId id = new GlobalTransactionId(transaction, DECIDER, "4711", "n2", "n-1_b");

        assertThat(GlobalTransactionId.parse(id.toString())).contains(id);
        assertThat(id.toString())
                .startsWith(GlobalTransactionId.PREFIX)
                .endsWith(":0000000000004000800000000000000a:4711:n2:n-1_b");
        assertThat(ShardedUuids.instantOf(transaction))
                .isBetween(
                        Instant.now().minus(Duration.ofMinutes(1)),
                        Instant.now().plus(Duration.ofSeconds(2))); // never behind the one made before
    }

    @Test
    void fitsIntoWhatPostgresTakesWhateverTheNames() {
        String name = "n".repeat(300);
        GlobalTransactionId id =
                new GlobalTransactionId(ShardedUuids.next(), DECIDER, "18446744073709551615", name, name);

        assertThat(id.toString()).hasSizeLessThan(200);
        assertThat(GlobalTransactionId.parse(id.toString())).contains(id);
    }

    @Test
    void leavesAloneWhatIsNotOurs() {
        assertThat(GlobalTransactionId.parse("shardloom1:1:2:3:a:b")).isEmpty();
        assertThat(GlobalTransactionId.parse("131077_c2hhcmQ=_eA==")).isEmpty();
        assertThat(GlobalTransactionId.parse(
                        new GlobalTransactionId(DECIDER, DECIDER, "1", "a", "b").toString() + "'; drop table t"))
                .isEmpty();
    }
}
