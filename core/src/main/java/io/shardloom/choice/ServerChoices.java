package io.shardloom.choice;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;

/** The strategies that come with Shardloom, by the names the configuration uses. */
public enum ServerChoices {
    /** Each server in turn. */
    ROUND_ROBIN,
    /** Any server, by chance. */
    RANDOM,
    /** By chance, in proportion to the weights. */
    WEIGHTED,
    /** Of two servers taken by chance, the one with fewer connections in use. */
    LEAST_BUSY,
    /** Of two servers taken by chance, the one with the shorter moving average of round trips. */
    LOWEST_LATENCY,
    /** Those in the application's zone in turn; where there is none, all in turn. */
    NEAREST;

    /**
     * Makes a strategy with a state of its own.
     *
     * @return a new one
     */
    public ServerChoice make() {
        return switch (this) {
            case ROUND_ROBIN -> new RoundRobin();
            case RANDOM -> candidates -> ThreadLocalRandom.current().nextInt(candidates.size());
            case WEIGHTED -> ServerChoices::weighted;
            case LEAST_BUSY -> candidates -> betterOfTwo(candidates, true);
            case LOWEST_LATENCY -> candidates -> betterOfTwo(candidates, false);
            case NEAREST -> new Nearest();
        };
    }

    /**
     * Returns the name in the configuration.
     *
     * @return such as {@code round-robin}
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Finds a strategy by its name in the configuration.
     *
     * @param label such as {@code round-robin}, in any case
     * @return empty when there is none of this name
     */
    public static Optional<ServerChoices> of(String label) {
        String lower = label.toLowerCase(Locale.ROOT);
        return Arrays.stream(values())
                .filter(choice -> choice.label().equals(lower))
                .findFirst();
    }

    /**
     * Returns all names.
     *
     * @return in the order of the constants
     */
    public static List<String> labels() {
        return Arrays.stream(values()).map(ServerChoices::label).toList();
    }

    private static int weighted(Candidates candidates) {
        int total = 0;
        for (int i = 0; i < candidates.size(); i++) {
            total += candidates.weight(i);
        }
        int left = ThreadLocalRandom.current().nextInt(total);
        int chosen = 0;
        while (left >= candidates.weight(chosen)) {
            left -= candidates.weight(chosen++);
        }
        return chosen;
    }

    private static int betterOfTwo(Candidates candidates, boolean byUse) {
        int size = candidates.size();
        if (size == 1) {
            return 0;
        }
        ThreadLocalRandom random = ThreadLocalRandom.current();
        int one = random.nextInt(size);
        int other = (one + 1 + random.nextInt(size - 1)) % size;
        boolean otherIsBetter = byUse
                ? candidates.inUse(other) < candidates.inUse(one)
                : candidates.latencyNanos(other) < candidates.latencyNanos(one);
        return otherIsBetter ? other : one;
    }

    private static final class RoundRobin implements ServerChoice {

        private final AtomicInteger turn = new AtomicInteger();

        @Override
        public int choose(Candidates candidates) {
            return Math.floorMod(turn.getAndIncrement(), candidates.size());
        }

        @Override
        public int peek(Candidates candidates) {
            return Math.floorMod(turn.get(), candidates.size());
        }
    }

    private static final class Nearest implements ServerChoice {

        private final AtomicInteger turn = new AtomicInteger();

        @Override
        public int choose(Candidates candidates) {
            return inTurn(candidates, turn.getAndIncrement());
        }

        @Override
        public int peek(Candidates candidates) {
            return inTurn(candidates, turn.get());
        }

        private static int inTurn(Candidates candidates, int turn) {
            int near = 0;
            for (int i = 0; i < candidates.size(); i++) {
                near += candidates.near(i) ? 1 : 0;
            }
            if (near == 0) {
                return Math.floorMod(turn, candidates.size());
            }
            int left = Math.floorMod(turn, near);
            int chosen = 0;
            while (!candidates.near(chosen) || left-- > 0) {
                chosen++;
            }
            return chosen;
        }
    }
}
