package io.shardloom.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.config.Configuration;
import io.shardloom.ddl.SequenceDdl;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.NodePools;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.ServerState;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sequence node's primary dies with numbers handed out that its replica has never heard of. */
@WithCluster(nodes = 1, replicas = 1, shared = false)
class GlobalSequenceFailoverIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String STATE = "select next_value from shardloom.global_sequence";
    private static final String LEFT = "select replicated_until - next_value from shardloom.global_sequence";
    /** More than the sockets between the servers hold, so that nothing written after it reaches a paused replica. */
    private static final String FILL_THE_STREAM =
            "select pg_logical_emit_message(false, 'fill', repeat('x', 32000000), true)";

    private static EmbeddedCluster cluster;

    private EmbeddedNode n1;
    private EmbeddedServer old;
    private EmbeddedServer heir;

    @BeforeEach
    void prepare() throws SQLException {
        n1 = cluster.node("n1");
        old = n1.primary();
        heir = n1.replica(0);
        old.execute(SequenceDdl.createAll().toArray(String[]::new));
        old.execute("truncate shardloom.global_sequence", SequenceDdl.createSequence("invoice"));
        n1.awaitReplicas();
    }

    @AfterEach
    void mend() {
        for (EmbeddedServer server : n1.servers()) {
            if (server.isPaused()) {
                server.resume();
            }
            server.start();
        }
        if (n1.primary() != old) {
            n1.rejoin(old);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void repeatsNoNumberThePromotedReplicaHasNotHeardOf(boolean seesStandbys) throws Exception {
        old.executeAsSuperuser(
                (seesStandbys ? "grant pg_read_all_stats to " : "revoke pg_read_all_stats from ") + old.user());
        long seed = Long.getLong("random.seed", 1);
        Random random = new Random(seed);
        try (NodePools pools = open();
                NodePools others = open();
                Clients clients = new Clients()) {
            List<LongSupplier> sequences = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                int block = i == 0 ? 1 : 1 + random.nextInt(40);
                sequences.add(GlobalSequence.of("invoice", block, (i % 2 == 0 ? pools : others).sequences())::next);
            }
            clients.start(sequences);
            clients.awaitNumbers(500);
            clients.stop();
            while (Long.parseLong(old.value(LEFT)) < 500) {
                clients.numbers.add(sequences.get(0).getAsLong());
            }

            heir.pause();
            old.executeAsSuperuser(FILL_THE_STREAM);
            clients.start(sequences);
            Await.until("what was reserved is used up", SOON, () -> waitsForStandbys(old));
            long highest = Long.parseLong(old.value(STATE)) - 1;
            old.kill();
            heir.resume();
            assertThat(Long.parseLong(heir.value(STATE)))
                    .as("what the replica knows of, seed %d", seed)
                    .isLessThan(highest);
            n1.promote(heir);
            long plain = Long.parseLong(heir.value("select shardloom.next_value('invoice')"));
            clients.numbers.add(plain);
            clients.awaitNumbers(2_000);

            clients.stop();
            assertThat(clients.numbers).as("seed %d", seed).doesNotHaveDuplicates();
            assertThat(plain).as("seed %d", seed).isGreaterThan(highest);
        }
    }

    @Test
    void findsThePrimaryThoughTheOldOneIsAReplicaBeforeAnybodyHasLooked() {
        try (NodePools pools = open("1h")) {
            old.stop();
            n1.promote(heir);
            n1.rejoin(old);

            assertThat(GlobalSequence.of("invoice", 1, pools.sequences()).next())
                    .isEqualTo(1);
            assertThat(pools.writeTarget(pools.sequenceNode()).port()).isEqualTo(heir.port());
        }
        old = heir; // and stays the primary
    }

    @Test
    void takesNoNumberFromAnOldPrimaryThatComesBack() throws Exception {
        try (NodePools pools = open();
                Clients clients = new Clients()) {
            clients.start(List.of(
                    GlobalSequence.of("invoice", 1, pools.sequences())::next,
                    GlobalSequence.of("invoice", 7, pools.sequences())::next));
            clients.awaitNumbers(100);
            old.pause();
            n1.promote(heir);
            clients.awaitNumbers(100);

            old.resume();
            Await.until("the old primary is known as such", SOON, () -> pools.status().stream()
                    .anyMatch(status -> status.server().port() == old.port() && status.state() == ServerState.DEPOSED));
            Await.until("what was under way there is over", SOON, () -> old.value(
                            "select count(*) from pg_stat_activity where application_name = 'shardloom' and state <> 'idle'")
                    .equals("0"));
            String there = old.value(STATE);
            clients.awaitNumbers(200);

            clients.stop();
            assertThat(old.value(STATE)).isEqualTo(there);
            assertThat(clients.numbers).doesNotHaveDuplicates();
        }
    }

    @Test
    void handsOutNothingThatAStreamingStandbyMayNotKnow() throws Exception {
        try (NodePools pools = open()) {
            GlobalSequence sequence = GlobalSequence.of("invoice", 1, pools.sequences());
            heir.pause();

            assertThatThrownBy(sequence::next)
                    .isInstanceOf(ServerUnavailableException.class)
                    .hasMessageContaining("No numbers for global sequence 'invoice' from the sequence node")
                    .hasMessageContaining("global sequences wait for standbys that stream and do not write: ")
                    .hasMessageContaining("one that no longer streams is not waited for");

            heir.resume();
            List<Long> taken = new ArrayList<>();
            Await.until("the standby writes in time", SOON, () -> taken.add(sequence.next()));
            assertThat(taken).containsExactly(1L);
        }
    }

    @Test
    void goesOnWithoutStandbys() throws Exception {
        try (NodePools pools = open()) {
            GlobalSequence sequence = GlobalSequence.of("invoice", 1, pools.sequences());
            heir.stop();
            List<Long> numbers = new ArrayList<>();
            for (int i = 0; i < 1_200; i++) {
                numbers.add(sequence.next());
            }

            assertThat(numbers).startsWith(1L, 2L, 3L).endsWith(1_200L).doesNotHaveDuplicates();
        }
    }

    private static boolean waitsForStandbys(EmbeddedServer server) throws SQLException {
        return !server.value("select count(*) from pg_stat_activity where wait_event = 'PgSleep'")
                .equals("0");
    }

    private static NodePools open() {
        return open("100ms");
    }

    private static NodePools open(String interval) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.health.interval", interval);
        properties.put("shardloom.health.timeout", "5s"); // a busy machine is no fault
        return NodePools.open(Configuration.read(properties));
    }

    /** Threads that take numbers all the time, whatever fails. */
    private static final class Clients implements AutoCloseable {

        private final Queue<Long> numbers = new ConcurrentLinkedQueue<>();
        private final List<Thread> threads = new ArrayList<>();
        private volatile boolean stopped;

        void start(List<LongSupplier> sequences) {
            stopped = false;
            for (LongSupplier sequence : sequences) {
                Thread thread = new Thread(() -> take(sequence));
                thread.setDaemon(true);
                threads.add(thread);
                thread.start();
            }
        }

        private void take(LongSupplier sequence) {
            while (!stopped) {
                try {
                    numbers.add(sequence.getAsLong());
                } catch (ShardloomException e) {
                    // Tried again.
                }
            }
        }

        void awaitNumbers(int more) {
            int before = numbers.size();
            Await.until(more + " more numbers", SOON, () -> numbers.size() >= before + more);
        }

        void stop() {
            close();
            Await.until("the clients end", SOON, () -> threads.stream().noneMatch(Thread::isAlive));
        }

        @Override
        public void close() {
            stopped = true;
        }
    }
}
