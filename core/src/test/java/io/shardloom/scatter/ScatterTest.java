package io.shardloom.scatter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.failure.ScatterException;
import io.shardloom.scatter.Scatter.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

    @Test
    void theCallerDoesThePartOfOneNodeUnlessItHasToLookAtTheClock() {
        Supplier<Thread> thread = Thread::currentThread;
        var tasks = List.of(new Task<>("n1", thread, () -> {}), new Task<>("n2", thread, () -> {}));

        assertThat(scatter.all(tasks, null)).startsWith(Thread.currentThread());
        assertThat(scatter.all(tasks, Duration.ofSeconds(30))).doesNotContain(Thread.currentThread());
    }

    /** Else the threads could wait for connections that are given back by work for which no thread is left. */
    @Test
    void theCallerDoesWhatNoThreadIsFreeFor() throws InterruptedException {
        var done = new CountDownLatch(1);
        var begun = new CountDownLatch(4);
        Supplier<Integer> block = () -> {
            begun.countDown();
            waitFor(done);
            return 0;
        };
        var blocked = IntStream.range(0, 5).mapToObj(i -> task("n" + i, block)).toList();
        var others = new Thread(() -> scatter.all(blocked, Duration.ofSeconds(60)));
        others.start();
        waitFor(begun);
        Supplier<Thread> thread = Thread::currentThread;

        assertThat(scatter.all(List.of(new Task<>("n1", thread, () -> {}), new Task<>("n2", thread, () -> {})), null))
                .containsExactly(Thread.currentThread(), Thread.currentThread());

        done.countDown();
        others.join();
    }

    @Test
    void cancelsTheOthersWhenTheCallersOwnPartFails() {
        var cancelled = new CountDownLatch(1);
        Task<Integer> failing = task("n1", () -> {
            throw new IllegalStateException("out of order");
        });
        var waiting = new Task<>("n2", () -> await(cancelled), cancelled::countDown);

        assertThatThrownBy(() -> scatter.all(List.of(failing, waiting), null))
                .hasMessage("1 of 2 nodes failed: n1: out of order. The work has been given up on the others too.");
    }

    @Test
    void keepsTheResultsOfOthersWhereAskedWhenOneFails() {
        Task<Integer> failing = task("n1", () -> {
            throw new IllegalStateException("out of order");
        });

        var outcome = scatter.some(List.of(failing, task("n2", () -> 2)), null);

        assertThat(outcome.results()).containsExactly(Map.entry("n2", 2));
        assertThat(outcome.failures()).containsOnlyKeys("n1");
    }

    @Test
    void tellsOfAnInterruptWhenTheCallersOwnPartIsDone() {
        var cancelled = new CountDownLatch(1);
        var own = task("n1", () -> {
            Thread.currentThread().interrupt();
            return 1;
        });
        var waiting = new Task<>("n2", () -> await(cancelled), cancelled::countDown);

        assertThatThrownBy(() -> scatter.all(List.of(own, waiting), null))
                .hasMessage("The thread was interrupted while it waited for nodes [n1, n2]; their statements have been"
                        + " cancelled.");
        assertThat(Thread.interrupted()).isTrue();
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
        var limit = Duration.ofMillis(100);
        var outcome = someWithASlowOne(limit);
        while (outcome.results().isEmpty() && limit.toSeconds() < 30) { // the other one needs longer here, too
            limit = limit.multipliedBy(2);
            outcome = someWithASlowOne(limit);
        }

        assertThat(outcome.results()).containsOnlyKeys("n2");
        assertThat(outcome.failures().get("n1"))
                .hasMessage("Node n1 has not answered within " + limit + "; its statement has been cancelled.");
    }

    private Scatter.Outcome<Integer> someWithASlowOne(Duration limit) {
        var cancelled = new CountDownLatch(1);
        var slow = new Task<>("n1", () -> await(cancelled), cancelled::countDown);
        return scatter.some(List.of(slow, task("n2", () -> 2)), limit);
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
