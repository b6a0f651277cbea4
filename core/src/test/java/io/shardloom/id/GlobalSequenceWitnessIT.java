package io.shardloom.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.config.Configuration;
import io.shardloom.ddl.SequenceDdl;
import io.shardloom.failure.ServerUnavailableException;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.ConnectionSource;
import io.shardloom.server.NodePools;
import io.shardloom.testing.Await;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.EmbeddedNode;
import io.shardloom.testing.EmbeddedServer;
import io.shardloom.testing.WithCluster;
import io.shardloom.topology.Node;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The replica of the sequence node was cut off long before it is promoted; the other node knows what it does not. */
@WithCluster(nodes = 2, replicas = 1, shared = false)
class GlobalSequenceWitnessIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String STATE = "select next_value from shardloom.global_sequence";

    private static EmbeddedCluster cluster;

    private EmbeddedNode n1;
    private EmbeddedServer old;
    private EmbeddedServer heir;
    private EmbeddedServer witness;

    @BeforeEach
    void prepare() throws SQLException {
        n1 = cluster.node("n1");
        old = n1.primary();
        heir = n1.replica(0);
        witness = cluster.node("n2").primary();
        old.execute(SequenceDdl.createAll().toArray(String[]::new));
        old.execute("truncate shardloom.global_sequence", SequenceDdl.createSequence("invoice"));
        witness.execute(SequenceDdl.createWitness().toArray(String[]::new));
        witness.execute(SequenceDdl.dropSequence("invoice"));
        n1.awaitReplicas();
    }

    @AfterEach
    void mend() {
        for (EmbeddedNode node : cluster.nodes()) {
            for (EmbeddedServer server : node.servers()) {
                if (server.isPaused()) {
                    server.resume();
                }
                server.start();
            }
        }
        if (n1.primary() != old) {
            n1.rejoin(old);
        }
    }

    @Test
    void repeatsNoNumberThoughThePromotedReplicaWasCutOffLongBefore() throws Exception {
        try (NodePools pools = open();
                NodePools others = open()) {
            GlobalSequence sequence = sequence(1, pools);
            GlobalSequence other = sequence(7, others);
            List<Long> numbers = new ArrayList<>(take(sequence, 10));
            n1.awaitReplicas();
            heir.stop();
            for (int i = 0; i < 250; i++) {
                numbers.addAll(take(sequence, 10));
                numbers.addAll(take(other, 10));
            }
            long highest = Long.parseLong(old.value(STATE)) - 1;

            promoteFromItsOldCopy();
            awaitHeir(pools);
            awaitHeir(others);
            assertThat(Long.parseLong(heir.value(STATE)))
                    .as("what the replica knows, with two reservations of 1,000")
                    .isLessThan(highest - 2_000);
            assertThatThrownBy(() -> heir.value("select shardloom.next_value('invoice')"))
                    .hasMessageContaining(
                            "global sequence 'invoice' was handed out by a server before this one, and only"
                                    + " the other nodes know how far");
            long first = firstOf(sequence);
            numbers.add(first);
            numbers.addAll(take(other, 2_000));
            numbers.addAll(take(sequence, 2_000));
            numbers.add(Long.parseLong(heir.value("select shardloom.next_value('invoice')")));

            assertThat(first).isGreaterThan(highest).isLessThan(highest + 3_000);
            assertThat(numbers).doesNotHaveDuplicates();
        }
    }

    @Test
    void handsOutNothingAfterAPromotionUntilTheOtherNodeAnswers() throws Exception {
        try (NodePools pools = open()) {
            GlobalSequence sequence = sequence(1, pools);
            List<Long> numbers = new ArrayList<>(take(sequence, 10));
            n1.awaitReplicas();
            heir.stop();
            numbers.addAll(take(sequence, 2_000));
            promoteFromItsOldCopy();
            awaitHeir(pools);
            witness.stop();

            assertThatThrownBy(sequence::next)
                    .isInstanceOf(ServerUnavailableException.class)
                    .hasMessageStartingWith(
                            "No numbers for global sequence 'invoice': the primary of node n1 hands it out"
                                    + " for the first time, and how far another one went before is known by nodes that"
                                    + " do not say it: {n2=");

            witness.start();
            numbers.addAll(take(sequence, 100));
            assertThat(numbers).doesNotHaveDuplicates();
        }
    }

    @Test
    void goesOnWithoutTheOtherNodeWhileAllStandbysStream() throws Exception {
        try (NodePools pools = open()) {
            GlobalSequence sequence = sequence(1, pools);
            List<Long> numbers = new ArrayList<>(take(sequence, 1));
            witness.stop();

            numbers.addAll(take(sequence, 2_500));
            heir.stop();
            assertThatThrownBy(() -> take(sequence, 3_000))
                    .isInstanceOf(ServerUnavailableException.class)
                    .hasMessageContaining(
                            "no other node knows how far global sequence 'invoice' is handed out, and 0 of 1"
                                    + " standbys stream");

            witness.start();
            numbers.addAll(take(sequence, 10));
            assertThat(numbers).doesNotHaveDuplicates();
        }
    }

    @Test
    void takesNothingNewFromAnOldPrimaryOnceANewOneHasBeenAsked() throws Exception {
        try (NodePools pools = open()) {
            ConnectionSource toOld = () -> {
                Connection connection = old.connect();
                connection.setAutoCommit(false);
                return connection;
            };
            GlobalSequence beforePromotion =
                    GlobalSequence.of("invoice", 100, toOld, SequenceWitnesses.of(nodes(), pools));
            List<Long> numbers = new ArrayList<>(take(beforePromotion, 10));
            n1.awaitReplicas();
            String line = old.value("select timeline from shardloom.global_sequence");
            n1.promote(heir);
            awaitHeir(pools);
            numbers.add(firstOf(sequence(1, pools)));

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 30_000; i++) {
                            numbers.add(beforePromotion.next());
                        }
                    })
                    .isInstanceOf(ShardloomException.class)
                    .hasMessageContaining(
                            "node n2 knows of a later primary of node n1 than the one asked, whose timeline" + " is "
                                    + line + ". Try again when the promotion is over.");
            numbers.addAll(take(sequence(1, pools), 3_000));
            assertThat(numbers).doesNotHaveDuplicates();
        }
    }

    @Test
    void tellsTheOtherNodeOnceAStride() throws Exception {
        try (NodePools pools = open()) {
            GlobalSequence sequence = sequence(1, pools);
            take(sequence, 1);
            String bound = "select bound from shardloom.sequence_witness where name = 'invoice'";
            assertThat(witness.value(bound)).isEqualTo("1002");

            take(sequence, 1_000);
            assertThat(witness.value(bound)).isEqualTo("1002");
            take(sequence, 1);
            assertThat(witness.value(bound)).isEqualTo("2002");
        }
    }

    private void promoteFromItsOldCopy() {
        old.kill();
        heir.start();
        n1.promote(heir);
    }

    private void awaitHeir(NodePools pools) {
        Await.until(
                "the pools go to the new primary",
                SOON,
                () -> pools.writeTarget(pools.sequenceNode()).port() == heir.port());
    }

    private static List<Long> take(GlobalSequence sequence, int count) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(sequence.next());
        }
        return numbers;
    }

    /** Takes a number, again and again until the pools have found the new primary. */
    private static long firstOf(GlobalSequence sequence) {
        List<Long> taken = new ArrayList<>();
        Await.until("a number", SOON, () -> {
            try {
                taken.add(sequence.next());
                return true;
            } catch (ServerUnavailableException e) {
                return false;
            }
        });
        return taken.get(0);
    }

    private static GlobalSequence sequence(int block, NodePools pools) {
        return GlobalSequence.of("invoice", block, pools.sequences(), SequenceWitnesses.of(nodes(), pools));
    }

    private static List<Node> nodes() {
        return Configuration.read(properties()).nodes();
    }

    private static NodePools open() {
        return NodePools.open(Configuration.read(properties()));
    }

    private static Map<String, String> properties() {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.health.interval", "100ms");
        properties.put("shardloom.health.timeout", "5s"); // a busy machine is no fault
        return properties;
    }
}
