package io.shardloom.server;

import static org.assertj.core.api.Assertions.catchThrowable;

import io.shardloom.config.Configuration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Openings of pools that take all the time they are given, as a server they wait for never answers as it should. */
final class Openings {

    private static final int FIRST_SECONDS = 1;
    private static final int LAST_SECONDS = 32;

    private Openings() {}

    /**
     * Opens pools with a second to connect, and again with twice as much until the failure says a text: the servers that do
     * answer may need longer.
     *
     * @param configuration is given the connect timeout
     * @return the last failure; null as soon as the pools have opened
     */
    static @Nullable Throwable failure(Function<String, Configuration> configuration, String text) {
        for (int seconds = FIRST_SECONDS; ; seconds *= 2) {
            String limit = seconds + "s";
            Throwable failure = catchThrowable(
                    () -> NodePools.open(configuration.apply(limit)).close());
            if (failure == null || failure.toString().contains(text) || seconds == LAST_SECONDS) {
                return failure;
            }
        }
    }
}
