package io.shardloom.atomic;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardloom.atomic.WaitGraph.Party;
import io.shardloom.atomic.WaitGraph.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitGraphTest {
    private static final Party A = unit(1);
    private static final Party B = unit(2);
    private static final Party C = unit(3);

    @Test
    void aCircleOverTwoNodesIsFound() {
        var first = wait(A, B, "n1", 11);
        var second = wait(B, A, "n2", 22);
        assertThat(new WaitGraph(List.of(wait(C, A, "n1", 13), first, second)).circle())
                .containsExactlyInAnyOrder(first, second);
    }

    @Test
    void aCircleGoesThroughProcessesOfOneNode() {
        var k = new Party("n2", 77);
        var waits = List.of(wait(A, k, "n2", 21), wait(k, B, "n2", 77), wait(B, A, "n1", 12));
        assertThat(new WaitGraph(waits).circle()).containsExactlyInAnyOrderElementsOf(waits);
    }

    @Test
    void whoWaitsWithoutACircleIsLeftAlone() {
        var waits = List.of(wait(A, B, "n1", 11), wait(A, C, "n2", 21), wait(B, C, "n2", 22));
        assertThat(new WaitGraph(waits).circle()).isEmpty();
    }

    @Test
    void aCircleOnOneNodeIsThatServersOwn() {
        assertThat(new WaitGraph(List.of(wait(A, B, "n1", 11), wait(B, A, "n1", 12))).circle())
                .isEmpty();
    }

    @Test
    void waitsThatWereNotThereAtTheSameTimeAreNoCircle() {
        var before = new WaitGraph(List.of(wait(A, B, "n1", 11), new Wait(B, A, "n2", 22, "12:00:01")));
        var now = new WaitGraph(List.of(wait(A, B, "n1", 11), new Wait(B, A, "n2", 22, "12:00:02")));
        assertThat(now.circle()).hasSize(2);
        assertThat(now.agreeing(before).circle()).isEmpty();
        assertThat(now.agreeing(now).circle()).hasSize(2);
    }

    private static Party unit(int number) {
        return new Party("", number);
    }

    private static Wait wait(Party waiter, Party blocker, String node, int process) {
        return new Wait(waiter, blocker, node, process, "12:00:00");
    }
}
