package io.shardloom.context;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.WrongShardKeyException;
import io.shardloom.key.GroupKey;
import io.shardloom.key.KeyType;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ShardContextTest {

    @AfterEach
    void leavesNothingBound() {
        assertThat(ShardContext.current()).isEmpty();
    }

    @Test
    void bindsTheKeyForTheWorkAlone() throws IOException {
        String result = ShardContext.with(5L, () -> {
            assertThat(ShardContext.current()).contains(5L);
            if (ShardContext.current().isEmpty()) {
                throw new IOException("a checked one goes through");
            }
            return "done";
        });

        assertThat(result).isEqualTo("done");
    }

    @Test
    void restoresWhenTheWorkThrows() {
        assertThatThrownBy(() -> ShardContext.with("a", () -> {
                    throw new IOException("inside");
                }))
                .isInstanceOf(IOException.class);
    }

    @Test
    void goesOnInsideWorkForAnEqualKey() {
        GroupKey five = new GroupKey("orders", KeyType.INT8, 5L);

        ShardContext.run(
                5,
                () -> ShardContext.run(
                        5L,
                        () -> ShardContext.run(five, () -> {
                            assertThat(ShardContext.currentOrNull()).isEqualTo(5);
                        })));
        ShardContext.run(
                five,
                () -> ShardContext.run(5, () -> {
                    assertThat(ShardContext.currentOrNull()).isEqualTo(five);
                }));
    }

    @Test
    void refusesADifferentKeyInside() {
        ShardContext.run("a", () -> {
            assertThatThrownBy(() -> ShardContext.run("b", () -> {}))
                    .isInstanceOf(WrongShardKeyException.class)
                    .hasMessage(
                            "This thread works for the shard key a and was asked to work for b inside it. Finish the"
                                    + " first work before, or do the second on another thread.");
            assertThat(ShardContext.currentOrNull()).isEqualTo("a");
        });
        ShardContext.run(5L, () -> assertThatThrownBy(() -> ShardContext.run("5", () -> {}))
                .isInstanceOf(WrongShardKeyException.class));
    }

    @Test
    void carriesTheKeyToOtherThreads() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            List<@Nullable Object> seen = new ArrayList<>();
            Callable<@Nullable Object> callable =
                    ShardContext.with("a", () -> ShardContext.wrap(ShardContext::currentOrNull));
            Runnable runnable = ShardContext.with(
                    "b", () -> ShardContext.wrap((Runnable) () -> seen.add(ShardContext.currentOrNull())));
            Supplier<@Nullable Object> supplier =
                    ShardContext.with("c", () -> ShardContext.wrapSupplier(ShardContext::currentOrNull));
            Runnable none = ShardContext.wrap((Runnable) () -> seen.add(ShardContext.currentOrNull()));

            seen.add(other.submit(callable).get(30, TimeUnit.SECONDS));
            other.submit(runnable).get(30, TimeUnit.SECONDS);
            seen.add(other.submit(supplier::get).get(30, TimeUnit.SECONDS));
            seen.add(other.submit(ShardContext::currentOrNull).get(30, TimeUnit.SECONDS));
            ShardContext.run("d", none);

            assertThat(seen).containsExactly("a", "b", "c", null, null);
        } finally {
            other.shutdownNow();
        }
    }
}
