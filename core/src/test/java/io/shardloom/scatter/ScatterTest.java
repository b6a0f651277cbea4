package io.shardloom.scatter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.ScatterException;
import io.shardloom.scatter.Scatter.Task;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class ScatterTest {
    final Scatter scatter = Scatter.of(4);

    @AfterEach
    void close() {
        scatter.close();
    }

    @Test
    void returnsTheResultsInTheOrderOfTheTasks() {
        var tasks = IntStream.range(0, 20).mapToObj(i -> task("n" + i, () -> i)).toList();

        assertThat(scatter.all(tasks, Duration.ofSeconds(30)))
                .isEqualTo(IntStream.range(0, 20).boxed().toList());
    }

    /** Repeated, because the failure is heard of by one thread while another still ends the work. */
    @RepeatedTest(200)
    void cancelsTheOthersWhenOneFailsAndNamesIt() {
        var cancelled = new CountDownLatch(1);
        var started = new CountDownLatch(1);
        Supplier<Integer> work = () -> {
            started.countDown();
            return await(cancelled);
        };
        var waiting = new Task<>("n1", work, cancelled::countDown);
        Task<Integer> failing = task("n2", () -> {
            waitFor(started);
            throw new IllegalStateException("out of order."); // with a full stop, as messages have
        });

        assertThatThrownBy(() -> scatter.all(List.of(waiting, failing), null))
                .isInstanceOf(ScatterException.class)
                .hasMessage("1 of 2 nodes failed: n2: out of order. The work has been given up on the others too.");
        assertThat(cancelled.getCount()).isZero();
    }

    @Test
    void cancelsWhatTakesTooLongAndKeepsTheRestWhereAsked() {
        var cancelled = new CountDownLatch(1);
        var slow = new Task<>("n1", () -> await(cancelled), cancelled::countDown);

        var outcome = scatter.some(List.of(slow, task("n2", () -> 2)), Duration.ofMillis(300));

        assertThat(outcome.results()).containsOnlyKeys("n2");
        assertThat(outcome.failures().get("n1"))
                .hasMessage("Node n1 has not answered within PT0.3S; its statement has been cancelled.");
    }

    private static Task<Integer> task(String node, Supplier<Integer> work) {
        return new Task<>(node, work, () -> {});
    }

    private static Integer await(CountDownLatch cancelled) {
        waitFor(cancelled);
        throw new IllegalStateException("cancelled");
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
