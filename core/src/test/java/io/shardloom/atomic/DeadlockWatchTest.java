package io.shardloom.atomic;

import io.shardloom.config.Configuration;
import io.shardloom.testing.Await;
import io.shardloom.topology.Node;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DeadlockWatchTest {

    private static final List<Node> NODES = Configuration.read(Map.of(
                    "shardloom.node.n1.primary", "jdbc:postgresql://127.0.0.1:1/app",
                    "shardloom.node.n2.primary", "jdbc:postgresql://127.0.0.1:2/app"))
            .nodes();

    @Test
    void goesOnAfterAFailureOfItsOwn() {
        AtomicInteger asked = new AtomicInteger();
        try (DeadlockWatch watch = new DeadlockWatch(NODES, node -> {
                    asked.incrementAndGet();
                    throw new IllegalStateException("a driver's mistake");
                });
                LockedUnit unit = watch.unit()) {
            NODES.forEach(node -> unit.on(node, 1));

            Await.until("it asks again", Duration.ofSeconds(60), () -> asked.get() > 2);
        }
    }
}
