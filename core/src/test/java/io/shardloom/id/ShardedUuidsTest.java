package io.shardloom.id;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShardedUuidsTest {

    private static final Comparator<UUID> BYTES = Comparator.comparing(UUID::toString);

    @Test
    void carriesTheLowBitsOfTheHash() {
        for (long hash : new long[] {0, 1, -1, 0x0FFF, 0x1000, Long.MIN_VALUE, 0x1234_5678_9ABC_DEF0L}) {
            UUID uuid = ShardedUuids.next(hash);

            assertThat(ShardedUuids.hashBits(uuid)).isEqualTo((int) (hash & 0xFFF));
            assertThat(uuid.version()).isEqualTo(7);
            assertThat(uuid.variant()).isEqualTo(2);
        }
    }

    @Test
    void tellsWhenItWasMade() {
        Instant before = Instant.now();

        Instant made = ShardedUuids.instantOf(ShardedUuids.next());

        assertThat(made)
                .isBetween(before.minus(Duration.ofSeconds(2)), Instant.now().plus(Duration.ofSeconds(2)));
    }

    @Test
    void staysUniqueAndInOrderOfTimeWithinAThread() throws Exception {
        makesUniqueOnesInOrder(8, 50_000);
    }

    @Test
    void staysUniqueWhereThreadsShareAFactory() throws Exception {
        makesUniqueOnesInOrder(200, 2_000);
    }

    private static void makesUniqueOnesInOrder(int threads, int each) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            Callable<List<UUID>> work = () ->
                    Stream.generate(() -> ShardedUuids.next(0x2A)).limit(each).toList();
            List<Future<List<UUID>>> results = executor.invokeAll(
                    IntStream.range(0, threads).mapToObj(i -> work).collect(Collectors.toList()));

            Set<UUID> all = new HashSet<>();
            for (Future<List<UUID>> result : results) {
                assertThat(result.get()).isSortedAccordingTo(BYTES);
                all.addAll(result.get());
            }
            assertThat(all).hasSize(threads * each);
        } finally {
            executor.shutdownNow();
        }
    }
}
