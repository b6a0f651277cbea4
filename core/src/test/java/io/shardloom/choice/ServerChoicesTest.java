package io.shardloom.choice;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.topology.Server;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerChoicesTest {

    private static final int MANY = 30_000;

    /** Three servers: the first is heavy and busy, the second far and fast, the third near and slow. */
    private static final Candidates THREE =
            new Table(List.of(6, 3, 1), List.of("a", "b", "c"), "c", List.of(9, 0, 4), List.of(200L, 100L, 300L));

    private record Table(
            List<Integer> weights, List<String> zones, String here, List<Integer> used, List<Long> latencies)
            implements Candidates {

        @Override
        public int size() {
            return weights.size();
        }

        @Override
        public Server server(int number) {
            return new Server("s" + number, 5432, "db", "jdbc:postgresql://s" + number + "/db");
        }

        @Override
        public int weight(int number) {
            return weights.get(number);
        }

        @Override
        public Optional<String> zone(int number) {
            return Optional.of(zones.get(number));
        }

        @Override
        public boolean near(int number) {
            return zones.get(number).equals(here);
        }

        @Override
        public int inUse(int number) {
            return used.get(number);
        }

        @Override
        public long latencyNanos(int number) {
            return latencies.get(number);
        }
    }

    @Test
    void roundRobinTakesEachInTurnAndTellsTheNext() {
        ServerChoice choice = ServerChoices.ROUND_ROBIN.make();

        for (int i = 0; i < 7; i++) {
            assertThat(choice.peek(THREE)).isEqualTo(i % 3);
            assertThat(choice.choose(THREE)).isEqualTo(i % 3);
        }
    }

    @Test
    void randomTakesAllAlike() {
        for (double share : shares(ServerChoices.RANDOM, THREE)) {
            assertThat(share).isBetween(0.30, 0.37);
        }
    }

    @Test
    void weightedTakesThemByTheirWeights() {
        double[] shares = shares(ServerChoices.WEIGHTED, THREE);

        assertThat(shares[0]).isBetween(0.57, 0.63);
        assertThat(shares[1]).isBetween(0.27, 0.33);
        assertThat(shares[2]).isBetween(0.08, 0.12);
    }

    @Test
    void leastBusyNeverTakesTheBusiestOfThree() {
        double[] shares = shares(ServerChoices.LEAST_BUSY, THREE);

        assertThat(shares[0]).isZero();
        assertThat(shares[1]).isBetween(0.63, 0.70);
    }

    @Test
    void lowestLatencyNeverTakesTheSlowestOfThree() {
        double[] shares = shares(ServerChoices.LOWEST_LATENCY, THREE);

        assertThat(shares[1]).isBetween(0.63, 0.70);
        assertThat(shares[2]).isZero();
    }

    @Test
    void nearestStaysInTheZoneAndLeavesItWhereItIsEmpty() {
        assertThat(shares(ServerChoices.NEAREST, THREE)).containsExactly(0, 0, 1);
        assertThat(shares(
                        ServerChoices.NEAREST,
                        new Table(
                                List.of(1, 1, 1, 1),
                                List.of("a", "b", "a", "b"),
                                "b",
                                List.of(0, 0, 0, 0),
                                List.of(0L, 0L, 0L, 0L))))
                .containsExactly(0, 0.5, 0, 0.5);
        assertThat(shares(
                        ServerChoices.NEAREST,
                        new Table(List.of(1, 1), List.of("a", "b"), "z", List.of(0, 0), List.of(0L, 0L))))
                .containsExactly(0.5, 0.5);
    }

    @ParameterizedTest
    @EnumSource
    void takesTheOnlyOneThereIs(ServerChoices choices) {
        Table one = new Table(List.of(2), List.of("a"), "b", List.of(3), List.of(4L));

        assertThat(choices.make().choose(one)).isZero();
        assertThat(ServerChoices.of(choices.label())).contains(choices);
    }

    private static double[] shares(ServerChoices choices, Candidates candidates) {
        ServerChoice choice = choices.make();
        int[] counts = new int[candidates.size()];
        for (int i = 0; i < MANY; i++) {
            counts[choice.choose(candidates)]++;
        }
        return Arrays.stream(counts).mapToDouble(count -> count / (double) MANY).toArray();
    }
}
