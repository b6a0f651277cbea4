package io.shardloom.strategy;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.shardloom.key.KeyType;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PostgresHashTest {

    private static final UUID UUID_VECTOR = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

    @Test
    void givesTheHashesThatPostgresGives() {
        assertThat(PostgresHash.int8(1)).isEqualTo(5968994663651403477L);
        assertThat(PostgresHash.int8(-1)).isEqualTo(-5017072347659237694L);
        assertThat(PostgresHash.int8(1L << 32)).isEqualTo(5968994663651403477L);
        assertThat(PostgresHash.int4(1)).isEqualTo(5968994663651403477L);
        assertThat(PostgresHash.text("")).isEqualTo(-5700645584453517373L);
        assertThat(PostgresHash.text("abc")).isEqualTo(3628778498291917250L);
        assertThat(PostgresHash.text("Hello, shards!")).isEqualTo(3088738652794183135L);
        assertThat(PostgresHash.uuid(UUID_VECTOR)).isEqualTo(-8699738442285490013L);
    }

    @Test
    void givesTheRemaindersThatPostgresGives() {
        assertThat(List.of(1L, 2L, 3L, 4L, 5L))
                .map(key -> remainder(KeyType.INT8, key))
                .containsExactly(24, 26, 25, 3, 29);
        assertThat(remainder(KeyType.TEXT, "abc")).isEqualTo(5);
        assertThat(remainder(KeyType.UUID, UUID_VECTOR)).isEqualTo(6);
    }

    @Test
    void hashesEqualNumbersEquallyWhateverTheirType() {
        for (int number : new int[] {0, 1, -1, Short.MIN_VALUE, Short.MAX_VALUE}) {
            long expected = Bounds.hash(KeyType.INT8, 32).hash((long) number);

            assertThat(Bounds.hash(KeyType.INT4, 32).hash(number)).isEqualTo(expected);
            assertThat(Bounds.hash(KeyType.INT2, 32).hash((short) number)).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @EnumSource
    void findsTheShardWithoutMakingAnObject(KeyType type) {
        List<Object> keys = new Samples(1).of(type).subList(0, 2000);
        HashStrategy strategy = Bounds.hash(type, 32);
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long made = 1;
        long sum = 0;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);

        // The compiler needs some rounds to keep all in registers, and has a thread of its own that may come late.
        while (made > 0 && System.nanoTime() - end < 0) {
            long before = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
            for (int i = 0; i < keys.size(); i++) {
                sum += strategy.indexFor(keys.get(i));
            }
            made = threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - before;
        }

        assertThat(sum).isPositive();
        assertThat(made).as("bytes for %d keys", keys.size()).isZero();
    }

    private static int remainder(KeyType type, Object key) {
        return Bounds.hash(type, 32).indexFor(key);
    }
}
