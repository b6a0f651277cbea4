package io.shardloom.merge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OrderedMergeTest {

    @Test
    void mergesAsMuchAsSortingAllWould() {
        var random = new Random(5);
        for (int sources = 0; sources < 9; sources++) {
            var parts = new ArrayList<List<Integer>>();
            var all = new ArrayList<Integer>();
            for (int i = 0; i < sources; i++) {
                var part =
                        random.ints(random.nextInt(20), 0, 30).sorted().boxed().toList();
                parts.add(part);
                all.addAll(part);
            }

            var merged = new ArrayList<Integer>();
            new OrderedMerge<>(parts.stream().map(List::iterator).toList(), Comparator.<Integer>naturalOrder())
                    .forEachRemaining(merged::add);

            assertThat(merged).isEqualTo(all.stream().sorted().toList());
        }
    }

    @Test
    void ordersTextsByCodePointsAndUuidsByBytes() {
        assertThat(List.of("𝄞", "\uFFFD", "a", "", "Z", "é", "ab").stream()
                        .sorted(ValueOrder.TEXT)
                        .toList())
                .containsExactly("", "Z", "a", "ab", "é", "\uFFFD", "𝄞");
        var low = new UUID(1, -1);
        var high = new UUID(-1, 0);
        assertThat(ValueOrder.UUID.compare(low, high)).isNegative();
        assertThat(ValueOrder.FLOAT.compare(0.0, -0.0)).isZero();
        assertThat(ValueOrder.FLOAT.compare(Double.NaN, Double.POSITIVE_INFINITY))
                .isPositive();
    }
}
