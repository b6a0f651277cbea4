package io.shardloom.id;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardloom.config.Configuration;
import io.shardloom.ddl.SequenceDdl;
import io.shardloom.failure.ShardloomException;
import io.shardloom.server.NodePools;
import io.shardloom.testing.EmbeddedCluster;
import io.shardloom.testing.WithCluster;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@WithCluster(nodes = 1)
class GlobalSequenceIT {

    @BeforeAll
    static void createTable(EmbeddedCluster cluster) throws SQLException {
        cluster.node("n1").primary().execute(SequenceDdl.createAll().toArray(String[]::new));
        cluster.node("n1").primary().execute(SequenceDdl.createAll().toArray(String[]::new));
    }

    @Test
    void countsFromOneWithBlocksOfOne(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "invoice");
        try (NodePools pools = open(cluster)) {
            GlobalSequence sequence = GlobalSequence.of("invoice", 1, pools.sequences());

            assertThat(List.of(sequence.next(), sequence.next(), sequence.next()))
                    .containsExactly(1L, 2L, 3L);
        }
        assertThat(cluster.node("n1").primary().value("select shardloom.next_value('invoice')"))
                .isEqualTo("4");
    }

    @Test
    void takesWholeBlocks(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "blocks");
        try (NodePools pools = open(cluster)) {
            GlobalSequence one = GlobalSequence.of("blocks", 3, pools.sequences());
            GlobalSequence other = GlobalSequence.of("blocks", 3, pools.sequences());

            assertThat(List.of(one.next(), other.next(), one.next(), one.next(), one.next(), other.next()))
                    .containsExactly(1L, 4L, 2L, 3L, 7L, 5L);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50})
    void givesNoNumberTwiceToEightThreadsOfTwoApplications(int block, EmbeddedCluster cluster) throws Exception {
        String name = "shared " + block;
        create(cluster, name);
        int each = block == 1 ? 100 : 2_000;
        ExecutorService executor = Executors.newFixedThreadPool(16);
        try (NodePools one = open(cluster);
                NodePools other = open(cluster)) {
            List<GlobalSequence> sequences = List.of(
                    GlobalSequence.of(name, block, one.sequences()), GlobalSequence.of(name, block, other.sequences()));
            List<Callable<long[]>> work = IntStream.range(0, 16)
                    .<Callable<long[]>>mapToObj(i -> () -> LongStream.generate(sequences.get(i % 2)::next)
                            .limit(each)
                            .toArray())
                    .collect(Collectors.toList());

            Set<Long> all = new HashSet<>();
            for (Future<long[]> result : executor.invokeAll(work)) {
                LongStream.of(result.get()).forEach(all::add);
            }

            assertThat(all).hasSize(16 * each);
            long highest = all.stream().mapToLong(Long::longValue).max().orElseThrow();
            assertThat(highest).isLessThanOrEqualTo(16L * each + 32L * block);
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void needsNoConnectionOfItsCallersPool(EmbeddedCluster cluster) throws SQLException {
        create(cluster, "busy");
        Configuration configuration = configuration(cluster);
        try (NodePools pools = NodePools.open(configuration);
                Connection only = pools.connection(configuration.nodes().get(0), false)) {
            assertThat(GlobalSequence.of("busy", 1, pools.sequences()).next()).isEqualTo(1);
            only.rollback();
        }
    }

    @Test
    void saysHowToMakeWhatIsMissing(EmbeddedCluster cluster) throws SQLException {
        String cure =
                "Run this on the node that shardloom.sequence.node names, by default the first one: create schema if"
                        + " not exists shardloom; create table if not exists shardloom.global_sequence (name text primary key,"
                        + " next_value bigint not null); insert into shardloom.global_sequence values ('o''clock', 1) on conflict"
                        + " (name) do nothing;";
        try (NodePools pools = open(cluster)) {
            GlobalSequence sequence = GlobalSequence.of("o'clock", 1, pools.sequences());
            assertThatThrownBy(sequence::next)
                    .isInstanceOf(ShardloomException.class)
                    .hasMessage(
                            "Global sequence 'o'clock' cannot be used: the table shardloom.global_sequence has no row for"
                                    + " it. " + cure);

            cluster.node("n1").primary().execute("alter table shardloom.global_sequence rename to away");
            try {
                assertThatThrownBy(sequence::next)
                        .isInstanceOf(ShardloomException.class)
                        .hasMessage("Global sequence 'o'clock' cannot be used: the table shardloom.global_sequence is"
                                + " missing. " + cure);
            } finally {
                cluster.node("n1").primary().execute("alter table shardloom.away rename to global_sequence");
            }
            create(cluster, "o'clock");
            assertThat(sequence.next()).isEqualTo(1);
        }
        assertThatThrownBy(() -> cluster.node("n1").primary().value("select shardloom.next_value('none')"))
                .hasMessageContaining("there is no global sequence 'none'")
                .hasMessageContaining("insert into shardloom.global_sequence values ('none', 1)");
        assertThatThrownBy(() -> GlobalSequence.of("x", 0, () -> {
                    throw new SQLException("not reached");
                }))
                .hasMessage("The block of global sequence 'x' is 0. Give 1 or more.");
    }

    private static void create(EmbeddedCluster cluster, String name) throws SQLException {
        cluster.node("n1").primary().execute(SequenceDdl.createSequence(name), SequenceDdl.createSequence(name));
    }

    private static NodePools open(EmbeddedCluster cluster) {
        return NodePools.open(configuration(cluster));
    }

    private static Configuration configuration(EmbeddedCluster cluster) {
        Map<String, String> properties = new HashMap<>(cluster.shardloomProperties());
        properties.put("shardloom.hikari.maximumPoolSize", "1");
        return Configuration.read(properties);
    }
}
